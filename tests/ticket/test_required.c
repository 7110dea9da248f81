/* CONTRACT: which fields a create needs, and that all that is wrong is said at
 * once under the right path. */
#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define HEAD(type) "'channel':'EMAIL','serviceType':'" type "'"
#define TICKET "'ticket':{'title':'T','description':'D'}"
#define TICKET_META(m) "'ticket':{'title':'T','description':'D','metadata':" m "}"
#define NAME "'customer':{'name':'N'}"
#define CHANNELS "WHATSAPP, EMAIL, CHAT, PHONE, SMS, FACEBOOK, INSTAGRAM, TWITTER, TELEGRAM, WEB_PORTAL"
#define SERVICE_TYPES                                                                                                  \
    "CLAIM, REIMBURSEMENT, DISPUTE, COMPLAINT, INQUIRY, FEEDBACK, TECHNICAL_SUPPORT, ACCOUNT_ISSUE, CARD_ISSUE, "      \
    "ATM_ISSUE, MOBILE_BANKING, INTERNET_BANKING, GENERAL_REQUEST, OTHER"

struct row {
    const char *name, *body, *errors;
};

static void check_rows(const struct row *rows, unsigned n)
{
    static struct sent s;
    for (unsigned i = 0; i < n; i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].name, errors_of(&s.err), rows[i].errors);
        CHECK_INT(rows[i].name, s.status, rows[i].errors[0] ? STATUS_INVALID : STATUS_OK);
        CHECK_STR(rows[i].name, s.err.text, rows[i].errors[0] ? "Validation failed" : "");
        sent_close(&s);
    }
}

static void test_always(void)
{
    static const struct row rows[] = {
        {"nothing", "{}",
         "channel: Channel is required\nserviceType: Service type is required\ncustomer.name: Name is required\n"
         "ticket.title: Title is required\nticket.description: Description is required"},
        {"null is absent",
         "{'channel':null,'serviceType':null,'customer':null,'ticket':null,'attachments':null,'integration':null}",
         "channel: Channel is required\nserviceType: Service type is required\ncustomer.name: Name is required\n"
         "ticket.title: Title is required\nticket.description: Description is required"},
        {"blank is missing",
         "{'channel':' ','serviceType':'','customer':{'name':'\\t\\n '},'ticket':{'title':'\\u00a0','description':' "
         "'}}",
         "channel: Channel is required\nserviceType: Service type is required\ncustomer.name: Name is required\n"
         "ticket.title: Title is required\nticket.description: Description is required"},
        {"empty objects", "{" HEAD("INQUIRY") ",'customer':{},'ticket':{}}",
         "customer.name: Name is required\nticket.title: Title is required\nticket.description: Description is "
         "required"},
        {"no customer", "{" HEAD("INQUIRY") "," TICKET "}", "customer.name: Name is required"},
        {"no ticket", "{" HEAD("INQUIRY") "," NAME "}",
         "ticket.title: Title is required\nticket.description: Description is required"},
        {"all optional ones left out", "{" HEAD("INQUIRY") "," NAME "," TICKET "}", ""},
        {"unknown fields are ignored",
         "{" HEAD("INQUIRY") ",'x':[1],'customer':{'name':'N','zip':5},'ticket':{'title':'T','description':'D','y':{}},"
                             "'integration':{'z':true}}",
         ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_wrong_parents(void)
{
    static const struct row rows[] = {
        {"customer a string", "{" HEAD("CLAIM") ",'customer':'N'," TICKET_META("{'claimType':'X','claimAmount':1}") "}",
         "customer: Customer must be an object"},
        {"ticket a list", "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'},'ticket':[]}",
         "ticket: Ticket must be an object"},
        {"metadata a string", "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META("'{}'") "}",
         "ticket.metadata: Metadata must be an object"},
        {"metadata a list", "{" HEAD("ATM_ISSUE") "," NAME "," TICKET_META("[1]") "}",
         "ticket.metadata: Metadata must be an object"},
        {"integration a number", "{" HEAD("INQUIRY") "," NAME "," TICKET ",'integration':1}",
         "integration: Integration must be an object"},
        {"attachments an object", "{" HEAD("INQUIRY") "," NAME "," TICKET ",'attachments':{}}",
         "attachments: Attachments must be a list"},
        {"customer a string, either contact", "{" HEAD("MOBILE_BANKING") ",'customer':true," TICKET "}",
         "customer: Customer must be an object"},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_claim(void)
{
    static const struct row rows[] = {
        {"nothing but the type", "{'serviceType':'CLAIM'}",
         "channel: Channel is required\ncustomer.name: Name is required\ncustomer.email: Email is required\n"
         "ticket.title: Title is required\nticket.description: Description is required\n"
         "ticket.metadata.claimType: Claim type is required\nticket.metadata.claimAmount: Claim amount is required"},
        {"no metadata", "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET "}",
         "ticket.metadata.claimType: Claim type is required\nticket.metadata.claimAmount: Claim amount is required"},
        {"null metadata", "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META("null") "}",
         "ticket.metadata.claimType: Claim type is required\nticket.metadata.claimAmount: Claim amount is required"},
        {"blank type, null amount",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':' ','claimAmount':null}") "}",
         "ticket.metadata.claimType: Claim type is required\nticket.metadata.claimAmount: Claim amount is required"},
        {"wrong types",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':1,'claimAmount':'1'}") "}",
         "ticket.metadata.claimType: Claim type must be a string\n"
         "ticket.metadata.claimAmount: Claim amount must be a number"},
        {"negative",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':'X','claimAmount':-0.01,'claimCurrency':'idr'}") "}",
         "ticket.metadata.claimAmount: Claim amount must be a number of at least 0\n"
         "ticket.metadata.claimCurrency: Invalid claim currency format"},
        {"minus zero is zero",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':'X','claimAmount':-0.0e5}") "}",
         ""},
        {"optional ones are free",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':'X','claimAmount':0,'claimDate':5,'claimReason':[],'referenceNumber':{}}") "}",
         ""},
        {"the reference's validation error",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'no'}," TICKET_META("{'claimType':'X'}") "}",
         "customer.email: Invalid email format\nticket.metadata.claimAmount: Claim amount is required"},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_other_types(void)
{
    static const struct row rows[] = {
        {"dispute", "{" HEAD("DISPUTE") "," NAME "," TICKET "}",
         "customer.identifier: Identifier is required\nticket.metadata.transactionId: Transaction id is required"},
        {"dispute, full",
         "{" HEAD("DISPUTE") ",'customer':{'name':'N','identifier':'I'}," TICKET_META("{'transactionId':'X'}") "}", ""},
        {"dispute, amount",
         "{" HEAD("DISPUTE") ",'customer':{'name':'N','identifier':'I'}," TICKET_META(
             "{'transactionId':'X','disputeAmount':'5','claimCurrency':'R'}") "}",
         "ticket.metadata.disputeAmount: Dispute amount must be a number\n"
         "ticket.metadata.claimCurrency: Invalid claim currency format"},
        {"ATM", "{" HEAD("ATM_ISSUE") "," NAME "," TICKET_META("{'atmId':''}") "}",
         "ticket.metadata.atmId: Atm id is required"},
        {"ATM, a number", "{" HEAD("ATM_ISSUE") "," NAME "," TICKET_META("{'atmId':17}") "}",
         "ticket.metadata.atmId: Atm id must be a string"},
        {"ATM, full", "{" HEAD("ATM_ISSUE") "," NAME "," TICKET_META("{'atmId':'A'}") "}", ""},
        {"account", "{" HEAD("ACCOUNT_ISSUE") "," NAME "," TICKET "}", "customer.identifier: Identifier is required"},
        {"account, full", "{" HEAD("ACCOUNT_ISSUE") ",'customer':{'name':'N','identifier':'I'}," TICKET "}", ""},
        {"reimbursement needs no amount", "{" HEAD("REIMBURSEMENT") "," NAME "," TICKET "}", ""},
        {"complaint", "{" HEAD("COMPLAINT") "," NAME "," TICKET "}", ""},
        {"feedback", "{" HEAD("FEEDBACK") "," NAME "," TICKET "}", ""},
        {"technical support", "{" HEAD("TECHNICAL_SUPPORT") "," NAME "," TICKET "}", ""},
        {"card", "{" HEAD("CARD_ISSUE") "," NAME "," TICKET "}", ""},
        {"general", "{" HEAD("GENERAL_REQUEST") "," NAME "," TICKET "}", ""},
        {"other", "{" HEAD("OTHER") "," NAME "," TICKET "}", ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_email_or_phone(void)
{
    static const struct row rows[] = {
        {"mobile, neither", "{" HEAD("MOBILE_BANKING") "," NAME "," TICKET "}",
         "customer.email: Email or phone is required"},
        {"internet, neither", "{" HEAD("INTERNET_BANKING") "," NAME "," TICKET "}",
         "customer.email: Email or phone is required"},
        {"no customer at all", "{" HEAD("MOBILE_BANKING") "," TICKET "}",
         "customer.name: Name is required\ncustomer.email: Email or phone is required"},
        {"blank and null", "{" HEAD("MOBILE_BANKING") ",'customer':{'name':'N','email':' ','phone':null}," TICKET "}",
         "customer.email: Email or phone is required"},
        {"email", "{" HEAD("MOBILE_BANKING") ",'customer':{'name':'N','email':'a@b.c'}," TICKET "}", ""},
        {"phone", "{" HEAD("INTERNET_BANKING") ",'customer':{'name':'N','phone':'+62 1'}," TICKET "}", ""},
        {"bad phone alone", "{" HEAD("MOBILE_BANKING") ",'customer':{'name':'N','phone':'x'}," TICKET "}",
         "customer.phone: Invalid phone format"},
        {"phone of a wrong type", "{" HEAD("MOBILE_BANKING") ",'customer':{'name':'N','phone':62}," TICKET "}",
         "customer.phone: Phone must be a string"},
        {"email of a wrong type", "{" HEAD("MOBILE_BANKING") ",'customer':{'name':'N','email':62}," TICKET "}",
         "customer.email: Email must be a string"},
        {"other types need neither", "{" HEAD("TECHNICAL_SUPPORT") "," NAME "," TICKET "}", ""},
    };
    check_rows(rows, SUITE_N(rows));
}

static void test_closed_sets(void)
{
    static const struct row rows[] = {
        {"channel", "{'channel':'email','serviceType':'INQUIRY'," NAME "," TICKET "}",
         "channel: Channel must be one of " CHANNELS},
        {"channel of a wrong type", "{'channel':1,'serviceType':'INQUIRY'," NAME "," TICKET "}",
         "channel: Channel must be a string"},
        {"service type", "{'channel':'SMS','serviceType':'CLAIM '," NAME "," TICKET "}",
         "serviceType: Service type must be one of " SERVICE_TYPES},
        {"priority", "{" HEAD("INQUIRY") "," NAME ",'ticket':{'title':'T','description':'D','priority':'high'}}",
         "ticket.priority: Priority must be one of LOW, MEDIUM, HIGH, URGENT, CRITICAL"},
        {"a bad type hides only what depends on it",
         "{'channel':'FAX','serviceType':'LOAN','customer':{'email':'x','phone':'y'},"
         "'ticket':{'priority':'P1','category':'low','metadata':{'claimAmount':-1}},'attachments':[{}],"
         "'integration':{'webhookUrl':'ftp://x'}}",
         "channel: Channel must be one of " CHANNELS "\nserviceType: Service type must be one of " SERVICE_TYPES
         "\ncustomer.name: Name is required\ncustomer.email: Invalid email format\ncustomer.phone: Invalid phone "
         "format\n"
         "ticket.title: Title is required\nticket.description: Description is required\n"
         "ticket.priority: Priority must be one of LOW, MEDIUM, HIGH, URGENT, CRITICAL\n"
         "ticket.category: Invalid category format\n"
         "integration.webhookUrl: Webhook url must be an absolute https URL\n"
         "attachments[0].filename: Filename is required\nattachments[0].content: Content is required"},
    };
    check_rows(rows, SUITE_N(rows));
}

/* Only the amounts that count for the service type are checked. */
static void test_amounts_that_count(void)
{
    static const struct row rows[] = {
        {"inquiry",
         "{" HEAD("INQUIRY") "," NAME "," TICKET_META("{'claimAmount':'x','amount':-1,'claimCurrency':7}") "}", ""},
        {"claim: amount does not count",
         "{" HEAD("CLAIM") ",'customer':{'name':'N','email':'a@b.c'}," TICKET_META(
             "{'claimType':'X','claimAmount':1,'amount':'x','disputeAmount':-1}") "}",
         ""},
        {"reimbursement: amount first",
         "{" HEAD("REIMBURSEMENT") "," NAME
                                   "," TICKET_META("{'claimAmount':-3,'reimbursementAmount':-2,'amount':-1}") "}",
         "ticket.metadata.amount: Amount must be a number of at least 0"},
        {"reimbursement: then reimbursementAmount",
         "{" HEAD("REIMBURSEMENT") "," NAME
                                   "," TICKET_META("{'claimAmount':-3,'reimbursementAmount':'x','amount':null}") "}",
         "ticket.metadata.reimbursementAmount: Reimbursement amount must be a number"},
        {"reimbursement: then claimAmount",
         "{" HEAD("REIMBURSEMENT") "," NAME "," TICKET_META("{'claimAmount':-3}") "}",
         "ticket.metadata.claimAmount: Claim amount must be a number of at least 0"},
        {"reimbursement: the first is right",
         "{" HEAD("REIMBURSEMENT") "," NAME
                                   "," TICKET_META("{'claimAmount':-3,'reimbursementAmount':'x','amount':1}") "}",
         ""},
        {"reimbursement: currency without an amount",
         "{" HEAD("REIMBURSEMENT") "," NAME "," TICKET_META("{'claimCurrency':5}") "}",
         "ticket.metadata.claimCurrency: Claim currency must be a string"},
        {"blank currency is missing",
         "{" HEAD("REIMBURSEMENT") "," NAME "," TICKET_META("{'amount':1,'claimCurrency':' '}") "}", ""},
    };
    check_rows(rows, SUITE_N(rows));
}

void init_required_tests(void)
{
    static const struct suite_test tests[] = {
        {"always", test_always},
        {"wrong parents", test_wrong_parents},
        {"claim", test_claim},
        {"other types", test_other_types},
        {"email or phone", test_email_or_phone},
        {"closed sets", test_closed_sets},
        {"amounts that count", test_amounts_that_count},
    };
    suite_add("ticket required", NULL, NULL, tests, SUITE_N(tests));
}
