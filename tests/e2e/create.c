/* POST /tickets: the reference's examples, its answer, field rules, priority. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "e2e/http.h"
#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"

static time_t iso_time(const char *s)
{
    struct tm tm = {0};
    return s && strptime(s, "%Y-%m-%dT%H:%M:%SZ", &tm) ? timegm(&tm) : 0;
}

static void test_examples_verbatim(void)
{
    static const char *const files[] = {"create_claim.json", "create_inquiry.json", "create_mobile.json",
                                        "create_complaint.json"};
    for (unsigned i = 0; i < SUITE_N(files); i++) {
        char *body = fixture(files[i]);
        struct reply r = post(stack.key, body);
        CHECK_INT(files[i], r.status, 200);
        check_common(files[i], &r);
        CHECK_STR(files[i], at(&r, "success"), "true");
        CHECK_STR(files[i], at(&r, "status"), "OPEN");
        CHECK_STR(files[i], at(&r, "message"), "Ticket created successfully");
        CHECK(files[i], header(&r, "RateLimit-Limit", NULL) != NULL);
        reply_free(&r);
        free(body);
    }
}

static void test_claim_answer(void)
{
    struct reply r =
        post(keys.all,
             "{\"channel\":\"WHATSAPP\",\"serviceType\":\"CLAIM\",\"customer\":{\"name\":\"J\",\"email\":\"j@x.id\"},"
             "\"ticket\":{\"title\":\"t\",\"description\":\"d\",\"metadata\":{\"claimType\":\"ATM_CARD_RETAINED\","
             "\"claimAmount\":500000}}}");
    CHECK_INT("status", r.status, 200);
    const char *number = at(&r, "ticketNumber"), *id = at(&r, "ticketId");
    CHECK("number", number && strtoull(number, NULL, 10) >= 1408);
    CHECK_INT("cuid length", strlen(id), 25);
    CHECK("cuid form", id[0] == 'c' && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789") == 25);
    char want[128];
    snprintf(want, sizeof want, "https://servicedesk.banksulutgo.co.id/tickets/%s", number);
    CHECK_STR("tracking", at(&r, "trackingUrl"), want);
    CHECK_STR("assigned", at(&r, "metadata.assignedTo"), "Support Team");
    CHECK_STR("group", at(&r, "metadata.supportGroup"), "Transaction Claims Support");
    CHECK_STR("sla", at(&r, "metadata.slaHours"), "4");
    time_t created = iso_time(at(&r, "metadata.createdAt"));
    CHECK("now", labs((long)(created - time(NULL))) < 30);
    CHECK_INT("estimate", iso_time(at(&r, "estimatedResolution")) - created, 24 * 3600);
    /* Member order is the reference's. */
    static const char *const order[] = {
        "\"success\"",      "\"ticketNumber\"", "\"ticketId\"", "\"status\"",    "\"estimatedResolution\"",
        "\"trackingUrl\"",  "\"message\"",      "\"metadata\"", "\"createdAt\"", "\"assignedTo\"",
        "\"supportGroup\"", "\"slaHours\""};
    const char *p = r.body;
    for (unsigned i = 0; i < SUITE_N(order) && p; i++) {
        p = strstr(p, order[i]);
        CHECK(order[i], p != NULL);
    }
    reply_free(&r);
}

static const char *const base = "\"channel\":\"EMAIL\",\"customer\":{\"name\":\"J\",\"email\":\"a@b.id\",\"phone\":\"+"
                                "62 811\",\"identifier\":\"C1\"}";

static void test_priorities(void)
{
    static const struct {
        const char *type, *ticket_more, *want;
    } rows[] = {
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":9999999.99}", "MEDIUM"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":10000000}", "HIGH"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":49999999.999999999999999999999}", "HIGH"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":5e7}", "URGENT"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":99999999.9999999999999999999999999999}", "URGENT"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":100000000}", "CRITICAL"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":1e400}", "CRITICAL"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":1e-400}", "MEDIUM"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":1,\"claimCurrency\":\"XTS\"}", "HIGH"},
        {"CLAIM", "\"metadata\":{\"claimType\":\"X\",\"claimAmount\":1e9},\"priority\":\"LOW\"", "LOW"},
        {"REIMBURSEMENT", "\"metadata\":{\"amount\":50000000,\"claimAmount\":1}", "URGENT"},
        {"REIMBURSEMENT", "\"metadata\":{\"reimbursementAmount\":10000000,\"claimAmount\":1}", "HIGH"},
        {"REIMBURSEMENT", "\"metadata\":{\"claimAmount\":100000000}", "CRITICAL"},
        {"REIMBURSEMENT", "\"metadata\":{}", "MEDIUM"},
        {"DISPUTE", "\"metadata\":{\"transactionId\":\"T\",\"disputeAmount\":1}", "HIGH"},
        {"DISPUTE", "\"metadata\":{\"transactionId\":\"T\",\"disputeAmount\":50000000}", "URGENT"},
        {"COMPLAINT", "\"metadata\":{\"claimAmount\":1e12}", "MEDIUM"},
        {"INQUIRY", "\"metadata\":{}", "LOW"},
        {"FEEDBACK", "\"metadata\":{}", "LOW"},
        {"TECHNICAL_SUPPORT", "\"metadata\":{}", "MEDIUM"},
        {"ACCOUNT_ISSUE", "\"metadata\":{}", "HIGH"},
        {"CARD_ISSUE", "\"metadata\":{}", "HIGH"},
        {"ATM_ISSUE", "\"metadata\":{\"atmId\":\"A\"}", "HIGH"},
        {"MOBILE_BANKING", "\"metadata\":{}", "MEDIUM"},
        {"INTERNET_BANKING", "\"metadata\":{}", "MEDIUM"},
        {"GENERAL_REQUEST", "\"metadata\":{}", "MEDIUM"},
        {"OTHER", "\"metadata\":{}", "MEDIUM"},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char body[1024], path[64];
        snprintf(body, sizeof body, "{%s,\"serviceType\":\"%s\",\"ticket\":{\"title\":\"t\",\"description\":\"d\",%s}}",
                 base, rows[i].type, rows[i].ticket_more);
        struct reply r = post(keys.all, body);
        CHECK_INT(body, r.status, 200);
        snprintf(path, sizeof path, "/tickets/%s", at(&r, "ticketNumber"));
        reply_free(&r);
        r = get(path, keys.all);
        CHECK_STR(body, at(&r, "priority"), rows[i].want);
        reply_free(&r);
    }
}

static void test_all_errors_at_once(void)
{
    struct reply r = post(
        keys.all, "{\"serviceType\":\"CLAIM\",\"customer\":{\"email\":\"not an email\"},\"ticket\":{\"title\":\"  \"},"
                  "\"attachments\":[{\"filename\":\"a\",\"content\":\"\"},{\"filename\":\"b\",\"content\":\"!\"}]}");
    check_error("claim", &r, 400, "Validation failed");
    check_field("claim", &r, "channel", "Channel is required");
    check_field("claim", &r, "customer.name", "Name is required");
    check_field("claim", &r, "customer.email", "Invalid email format");
    check_field("claim", &r, "ticket.title", "Title is required");
    check_field("claim", &r, "ticket.description", "Description is required");
    check_field("claim", &r, "ticket.metadata.claimType", "Claim type is required");
    check_field("claim", &r, "ticket.metadata.claimAmount", "Claim amount is required");
    check_field("claim", &r, "attachments[1].content", "Invalid content format");
    CHECK("good member", at(&r, "errors|attachments[0].content") == NULL);
    reply_free(&r);
    r = post(keys.all, "{}");
    check_error("empty", &r, 400, "Validation failed");
    check_field("empty", &r, "serviceType", "Service type is required");
    check_field("empty", &r, "customer.name", "Name is required");
    reply_free(&r);
    r = post(keys.all, "{\"channel\":\"EMAIL\",\"serviceType\":\"MOBILE_BANKING\",\"customer\":{\"name\":\"x\"},"
                       "\"ticket\":{\"title\":\"t\",\"description\":\"d\"}}");
    check_error("mobile", &r, 400, "Validation failed");
    check_field("mobile", &r, "customer.email", NULL);
    reply_free(&r);
}

static void test_nothing_changes_on_refusal(void)
{
    long long before = sql_int("SELECT COUNT(*) FROM ticket");
    struct reply r = post(keys.all, "{\"channel\":\"FAX\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"x\"},"
                                    "\"ticket\":{\"title\":\"t\",\"description\":\"d\"}}");
    check_error("channel", &r, 400, "Validation failed");
    check_field("channel", &r, "channel", NULL);
    reply_free(&r);
    CHECK_INT("tickets", sql_int("SELECT COUNT(*) FROM ticket"), before);
}

static void test_byte_exactness(void)
{
    static const char *const refs[] = {"Ref-\xc3\xa9", "ref-\xc3\xa9", "Ref-e", "Ref-\xc3\xa9 "};
    static const char *const asked[] = {"Ref-%C3%A9", "ref-%c3%a9", "Ref-e", "Ref-%C3%A9%20"};
    char number[4][32], more[256], path[128];
    for (unsigned i = 0; i < 4; i++) {
        snprintf(more, sizeof more, ",\"channelReferenceId\":\"%s\"", refs[i]);
        snprintf(number[i], sizeof number[i], "%s", open_ticket_with(keys.all, more));
    }
    for (unsigned i = 0; i < 4; i++) {
        snprintf(path, sizeof path, "/tickets?channelReferenceId=%s", asked[i]);
        struct reply r = get(path, keys.all);
        CHECK_STR(asked[i], at(&r, "ticketNumber"), number[i]);
        reply_free(&r);
    }
}

static void test_metadata_exact(void)
{
    struct reply r = post(
        keys.all,
        "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"J\"},\"ticket\":{\"title\":\"t\","
        "\"description\":\"d\",\"metadata\": { \"z\" : 500000.10,\"a\":123456789012345678901234567890 ,"
        "\"n\":[1.0E+2, {\"x y\":\"\\u00e9\\/ \"}],\"e\":{} } }}");
    CHECK_INT("post", r.status, 200);
    char path[64];
    snprintf(path, sizeof path, "/tickets/%s", at(&r, "ticketNumber"));
    reply_free(&r);
    r = get(path, keys.all);
    CHECK("kept",
          strstr(r.body, "\"omnichannelData\":{\"z\":500000.10,\"a\":123456789012345678901234567890,\"n\":[1.0E+2,"
                         "{\"x y\":\"\\u00e9\\/ \"}],\"e\":{}}") != NULL);
    reply_free(&r);
}

void init_create_tests(void)
{
    static const struct suite_test tests[] = {
        {"the reference's examples, verbatim", test_examples_verbatim},
        {"the claim's answer as printed", test_claim_answer},
        {"priority of every service type and amount", test_priorities},
        {"all field errors at once", test_all_errors_at_once},
        {"a refusal changes nothing", test_nothing_changes_on_refusal},
        {"references compare byte for byte", test_byte_exactness},
        {"metadata is kept exactly", test_metadata_exact},
    };
    suite_add("e2e create", NULL, NULL, tests, SUITE_N(tests));
}
