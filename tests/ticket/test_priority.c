/* CONTRACT §3: a draft's priority and category, as sent or by the rules. */
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define BODY(type, more)                                                                                               \
    "{'channel':'SMS','serviceType':'" type "','customer':{'name':'N','email':'a@b.c','identifier':'I'},"              \
    "'ticket':{'title':'T','description':'D'" more "}}"
#define META(type, m) BODY(type, ",'metadata':{'claimType':'C','transactionId':'T','atmId':'A'" m "}")

static void test_priority(void)
{
    static const struct {
        const char *name, *body, *priority;
    } rows[] = {
        {"as sent beats the amount", BODY("CLAIM", ",'priority':'LOW','metadata':{'claimType':'C','claimAmount':1e9}"),
         "LOW"},
        {"as sent beats the table", BODY("INQUIRY", ",'priority':'CRITICAL'"), "CRITICAL"},
        {"null priority is computed", BODY("INQUIRY", ",'priority':null"), "LOW"},
        {"claim, small", META("CLAIM", ",'claimAmount':500000"), "MEDIUM"},
        {"claim, high", META("CLAIM", ",'claimAmount':10000000"), "HIGH"},
        {"claim, urgent", META("CLAIM", ",'claimAmount':50000000.0"), "URGENT"},
        {"claim, critical", META("CLAIM", ",'claimAmount':100000000"), "CRITICAL"},
        {"claim, just below", META("CLAIM", ",'claimAmount':99999999.99999999999999999999"), "URGENT"},
        {"claim, past any double", META("CLAIM", ",'claimAmount':1e400"), "CRITICAL"},
        {"claim in USD", META("CLAIM", ",'claimAmount':3300,'claimCurrency':'USD'"), "URGENT"},
        {"claim without a rate", META("CLAIM", ",'claimAmount':1,'claimCurrency':'EUR'"), "HIGH"},
        {"claim in IDR", META("CLAIM", ",'claimAmount':1,'claimCurrency':'IDR'"), "MEDIUM"},
        {"reimbursement, none", META("REIMBURSEMENT", ""), "MEDIUM"},
        {"reimbursement, none in EUR", META("REIMBURSEMENT", ",'claimCurrency':'EUR'"), "MEDIUM"},
        {"reimbursement, amount", META("REIMBURSEMENT", ",'claimAmount':1,'reimbursementAmount':1,'amount':1e8"),
         "CRITICAL"},
        {"reimbursement, reimbursementAmount", META("REIMBURSEMENT", ",'claimAmount':1,'reimbursementAmount':1e7"),
         "HIGH"},
        {"reimbursement, claimAmount", META("REIMBURSEMENT", ",'claimAmount':5e7"), "URGENT"},
        {"reimbursement, currency", META("REIMBURSEMENT", ",'amount':1,'claimCurrency':'EUR'"), "HIGH"},
        {"dispute, none", META("DISPUTE", ""), "HIGH"},
        {"dispute, small", META("DISPUTE", ",'disputeAmount':1"), "HIGH"},
        {"dispute, urgent", META("DISPUTE", ",'disputeAmount':50000000"), "URGENT"},
        {"dispute, critical", META("DISPUTE", ",'disputeAmount':6411,'claimCurrency':'USD'"), "CRITICAL"},
        {"dispute, claimAmount does not count", META("DISPUTE", ",'claimAmount':1e9"), "HIGH"},
        {"complaint", META("COMPLAINT", ",'claimAmount':1e9"), "MEDIUM"},
        {"inquiry", META("INQUIRY", ""), "LOW"},
        {"feedback", META("FEEDBACK", ""), "LOW"},
        {"technical", META("TECHNICAL_SUPPORT", ""), "MEDIUM"},
        {"account", META("ACCOUNT_ISSUE", ""), "HIGH"},
        {"card", META("CARD_ISSUE", ""), "HIGH"},
        {"ATM", META("ATM_ISSUE", ""), "HIGH"},
        {"mobile", META("MOBILE_BANKING", ""), "MEDIUM"},
        {"internet", META("INTERNET_BANKING", ""), "MEDIUM"},
        {"general", META("GENERAL_REQUEST", ""), "MEDIUM"},
        {"other", META("OTHER", ""), "MEDIUM"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].name, errors_of(&s.err), "");
        CHECK_STR(rows[i].name, ticket_priority_name(s.draft.priority), rows[i].priority);
        sent_close(&s);
    }
}

static void test_category(void)
{
    static const struct {
        const char *body, *category;
    } rows[] = {
        {META("CLAIM", ",'claimAmount':1"), "SERVICE_REQUEST"},
        {META("COMPLAINT", ""), "COMPLAINT"},
        {META("INQUIRY", ""), "INFORMATION_REQUEST"},
        {META("ATM_ISSUE", ""), "INCIDENT"},
        {BODY("COMPLAINT", ",'category':'SERVICE_QUALITY'"), "SERVICE_QUALITY"},
        {BODY("INQUIRY", ",'category':'CHANGE_REQUEST'"), "CHANGE_REQUEST"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].body, text_of(s.draft.category), rows[i].category);
        sent_close(&s);
    }
}

void init_priority_tests(void)
{
    static const struct suite_test tests[] = {{"priority", test_priority}, {"category", test_category}};
    suite_add("ticket priority", NULL, NULL, tests, SUITE_N(tests));
}
