/* CONTRACT §2: types, limits, formats and exactness of a create's fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/suite.h"
#include "ticket/suites.h"
#include "ticket/support.h"

#define BODY(customer, ticket, rest)                                                                                   \
    "{'channel':'EMAIL','serviceType':'CARD_ISSUE','customer':{'name':'N'" customer                                    \
    "},'ticket':{'title':'T','description':'D'" ticket "}" rest "}"

/* A value of the wrong JSON type is said under its path. */
static void test_types(void)
{
    static const struct {
        const char *body, *errors;
    } rows[] = {
        {BODY("", "", ",'channelReferenceId':1"), "channelReferenceId: Channel reference id must be a string"},
        {"{'channel':'EMAIL','serviceType':'OTHER','customer':{'name':[]},'ticket':{'title':{},'description':false}}",
         "customer.name: Name must be a string\nticket.title: Title must be a string\n"
         "ticket.description: Description must be a string"},
        {BODY(",'email':1", "", ""), "customer.email: Email must be a string"},
        {BODY(",'phone':62", "", ""), "customer.phone: Phone must be a string"},
        {BODY(",'identifier':1", "", ""), "customer.identifier: Identifier must be a string"},
        {BODY(",'branchCode':1", "", ""), "customer.branchCode: Branch code must be a string"},
        {BODY(",'department':1", "", ""), "customer.department: Department must be a string"},
        {BODY(",'preferredLanguage':1", "", ""), "customer.preferredLanguage: Preferred language must be a string"},
        {BODY("", ",'priority':1", ""), "ticket.priority: Priority must be a string"},
        {BODY("", ",'category':true", ""), "ticket.category: Category must be a string"},
        {BODY("", "", ",'integration':{'webhookUrl':1,'apiVersion':1.0,'partnerId':7,'requestId':9}"),
         "integration.webhookUrl: Webhook url must be a string\nintegration.apiVersion: Api version must be a string\n"
         "integration.partnerId: Partner id must be a string\nintegration.requestId: Request id must be a string"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].body, errors_of(&s.err), rows[i].errors);
        sent_close(&s);
    }
}

/* `max` characters pass, one more does not; a character may be four bytes. */
static void check_limit(const char *format, const char *error, const char *part, size_t max)
{
    static struct sent s;
    for (size_t n = max; n <= max + 1; n++) {
        char *fill = repeat(part, n), *body = filled(format, fill);
        send_create(&s, body);
        CHECK_STR(format, errors_of(&s.err), n <= max ? "" : error);
        sent_close(&s);
        free(body);
        free(fill);
    }
}

static void test_limits(void)
{
    static const struct {
        const char *format, *error;
        size_t max;
    } rows[] = {
        {BODY("", "", ",'channelReferenceId':'%s'"),
         "channelReferenceId: Channel reference id must be at most 128 characters", 128},
        {"{'channel':'EMAIL','serviceType':'OTHER','customer':{'name':'%s'},'ticket':{'title':'T','description':'D'}}",
         "customer.name: Name must be at most 200 characters", 200},
        {BODY(",'identifier':'%s'", "", ""), "customer.identifier: Identifier must be at most 128 characters", 128},
        {BODY(",'branchCode':'%s'", "", ""), "customer.branchCode: Branch code must be at most 128 characters", 128},
        {BODY(",'department':'%s'", "", ""), "customer.department: Department must be at most 100 characters", 100},
        {BODY(",'preferredLanguage':'%s'", "", ""),
         "customer.preferredLanguage: Preferred language must be at most 128 characters", 128},
        {"{'channel':'EMAIL','serviceType':'OTHER','customer':{'name':'N'},'ticket':{'title':'%s','description':'D'}}",
         "ticket.title: Title must be at most 200 characters", 200},
        {"{'channel':'EMAIL','serviceType':'OTHER','customer':{'name':'N'},'ticket':{'title':'T','description':'%s'}}",
         "ticket.description: Description must be at most 10000 characters", 10000},
        {BODY("", "", ",'integration':{'apiVersion':'%s'}"),
         "integration.apiVersion: Api version must be at most 128 characters", 128},
        {BODY("", "", ",'integration':{'partnerId':'%s'}"),
         "integration.partnerId: Partner id must be at most 128 characters", 128},
        {BODY("", "", ",'integration':{'requestId':'%s'}"),
         "integration.requestId: Request id must be at most 128 characters", 128},
    };
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        check_limit(rows[i].format, rows[i].error, "x", rows[i].max);
        check_limit(rows[i].format, rows[i].error, "\xf0\x9f\x92\xb3", rows[i].max);
        check_limit(rows[i].format, rows[i].error, "\\u00e9", rows[i].max);
    }
    check_limit(BODY(",'email':'%s@b.c'", "", ""), "customer.email: Email must be at most 254 characters", "x", 250);
    check_limit(BODY(",'phone':'%s'", "", ""), "customer.phone: Phone must be at most 32 characters", "1", 32);
    check_limit(BODY("", ",'category':'%s'", ""), "ticket.category: Invalid category format", "A", 64);
    check_limit(BODY("", "", ",'integration':{'webhookUrl':'https://a.example/%s'}"),
                "integration.webhookUrl: Webhook url must be at most 2048 characters", "x", 2048 - 18);
    check_limit("{'channel':'EMAIL','serviceType':'CLAIM','customer':{'name':'N','email':'a@b.c'},"
                "'ticket':{'title':'T','description':'D','metadata':{'claimType':'%s','claimAmount':1}}}",
                "ticket.metadata.claimType: Claim type must be at most 128 characters", "x", 128);
}

static void test_formats(void)
{
    static const struct {
        const char *body, *errors;
    } rows[] = {
        {BODY(",'email':'a@b'", "", ""), "customer.email: Invalid email format"},
        {BODY(",'email':'a\\u0007@b.c'", "", ""), "customer.email: Invalid email format"},
        {BODY(",'phone':'+62 (431) 85-12.3/4'", "", ""), ""},
        {BODY(",'phone':'1+2'", "", ""), "customer.phone: Invalid phone format"},
        {BODY("", ",'category':'SERVICE_QUALITY'", ""), ""},
        {BODY("", ",'category':'service'", ""), "ticket.category: Invalid category format"},
        {BODY("", "", ",'integration':{'webhookUrl':'https://user@a.example/'}"),
         "integration.webhookUrl: Webhook url has user info"},
        {BODY("", "", ",'integration':{'webhookUrl':'http://a.example/'}"),
         "integration.webhookUrl: Webhook url must be an absolute https URL"},
        {BODY("", "", ",'integration':{'webhookUrl':'/hook'}"),
         "integration.webhookUrl: Webhook url must be an absolute https URL"},
        {BODY("", "", ",'integration':{'webhookUrl':'https://10.0.0.1/'}"),
         "integration.webhookUrl: Webhook url has an address that is not allowed"},
        {BODY("", "", ",'integration':{'webhookUrl':'https://[::1]/'}"),
         "integration.webhookUrl: Webhook url has an address that is not allowed"},
        {BODY("", "", ",'integration':{'webhookUrl':'https://no-such-host.example/x?y=1'}"), ""},
        {BODY("", "", ",'integration':{'webhookUrl':'  '}"), ""},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        send_create(&s, rows[i].body);
        CHECK_STR(rows[i].body, errors_of(&s.err), rows[i].errors);
        sent_close(&s);
    }
}

/* Case, accents, spaces and escaped controls stay as they are. */
static void test_unaltered(void)
{
    static struct sent s;
    send_create(&s,
                "{'channel':'WHATSAPP','channelReferenceId':' wa-É ','serviceType':'CARD_ISSUE','customer':{"
                "'name':' N ','email':'A@b.C','phone':'+1','identifier':'id ','branchCode':'001 ','department':'d ',"
                "'preferredLanguage':'id'},'ticket':{'title':' T\\u0001\\n','description':'\\ud83d\\ude00 ',"
                "'category':'C_1','priority':'LOW','metadata':{'issueType':' LOST '}},'integration':{"
                "'webhookUrl':'https://a.example/','apiVersion':'1.0 ','partnerId':' P','requestId':'R \\u0007'}}");
    const struct ticket_draft *d = &s.draft;
    CHECK_INT("status", s.status, STATUS_OK);
    CHECK_INT("channel", d->channel, TICKET_WHATSAPP);
    CHECK_INT("type", d->service_type, TICKET_CARD_ISSUE);
    CHECK_INT("priority", d->priority, TICKET_LOW);
    CHECK_STR("reference", text_of(d->channel_reference_id), " wa-É ");
    CHECK_STR("name", text_of(d->customer_name), " N ");
    CHECK_STR("email", text_of(d->customer_email), "A@b.C");
    CHECK_STR("phone", text_of(d->customer_phone), "+1");
    CHECK_STR("identifier", text_of(d->customer_identifier), "id ");
    CHECK_STR("branch", text_of(d->branch_code), "001 ");
    CHECK_STR("department", text_of(d->customer_department), "d ");
    CHECK_STR("language", text_of(d->customer_language), "id");
    CHECK_STR("title", text_of(d->title), " T\x01\n");
    CHECK_STR("description", text_of(d->description), "\xf0\x9f\x98\x80 ");
    CHECK_STR("category", text_of(d->category), "C_1");
    CHECK_STR("sub type", text_of(d->sub_type), " LOST ");
    CHECK_STR("url", text_of(d->webhook_url), "https://a.example/");
    CHECK_STR("version", text_of(d->api_version), "1.0 ");
    CHECK_STR("partner", text_of(d->partner_id), " P");
    CHECK_STR("request", text_of(d->request_id), "R \x07");
    sent_close(&s);
}

static void test_absent(void)
{
    static struct sent s;
    send_create(&s,
                BODY(",'email':' ','branchCode':null", ",'metadata':null,'category':' '", ",'channelReferenceId':''"));
    const struct ticket_draft *d = &s.draft;
    CHECK_INT("status", s.status, STATUS_OK);
    CHECK("all absent", !d->channel_reference_id.p && !d->customer_email.p && !d->customer_phone.p &&
                            !d->customer_identifier.p && !d->customer_department.p && !d->customer_language.p &&
                            !d->branch_code.p && !d->metadata.p && !d->sub_type.p && !d->webhook_url.p &&
                            !d->api_version.p && !d->partner_id.p && !d->request_id.p);
    CHECK_INT("no attachments", d->n_attachments, 0);
    CHECK_STR("category by service type", text_of(d->category), "SERVICE_REQUEST");
    sent_close(&s);
}

/* --- metadata ---------------------------------------------------------- */

static void test_metadata_exact(void)
{
    static const struct {
        const char *sent, *kept; /* NULL: none */
    } rows[] = {
        {"{}", "{}"},
        {"null", NULL},
        {"{ 'z' : 1 , 'a' : [ 1 , { } ] }", "{'z':1,'a':[1,{}]}"},
        {"{'n':[500000.10,123456789012345678901234567890,1E+2,-0,0.0,1e400]}",
         "{'n':[500000.10,123456789012345678901234567890,1E+2,-0,0.0,1e400]}"},
        {"{'s':' a \\u0041\\/\\n '}", "{'s':' a \\u0041\\/\\n '}"},
        {"{'null':null,'t':true}", "{'null':null,'t':true}"},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char *body = filled(BODY("", ",'metadata':%s", ""), rows[i].sent);
        char *kept = rows[i].kept ? quote(rows[i].kept) : NULL;
        send_create(&s, body);
        CHECK_INT(rows[i].sent, s.status, STATUS_OK);
        CHECK_STR(rows[i].sent, text_of(s.draft.metadata), kept);
        sent_close(&s);
        free(kept);
        free(body);
    }
}

/* 64 KiB without insignificant white space. */
static void test_metadata_size(void)
{
    static struct sent s;
    for (size_t n = TICKET_METADATA_MAX; n <= TICKET_METADATA_MAX + 1; n++) {
        char *fill = repeat("x", n - strlen("{'x':''}"));
        char *metadata = filled(",'metadata': { 'x' :\n '%s' } ", fill);
        char *body = filled(BODY("", "%s", ""), metadata);
        send_create(&s, body);
        bool fits = n <= TICKET_METADATA_MAX;
        CHECK_STR("size", errors_of(&s.err),
                  fits ? "" : "ticket.metadata: Metadata must be at most 65536 bytes without white space");
        if (fits)
            CHECK_INT("kept", s.draft.metadata.n, TICKET_METADATA_MAX);
        sent_close(&s);
        free(body);
        free(metadata);
        free(fill);
    }
}

static void test_sub_types(void)
{
    static const struct {
        const char *type, *metadata, *sub_type;
    } rows[] = {
        {"CLAIM", "{'claimType':'A','claimAmount':1,'issueType':'B'}", "A"},
        {"COMPLAINT", "{'complaintType':'A','claimType':'B'}", "A"},
        {"REIMBURSEMENT", "{'reimbursementType':'A'}", "A"},
        {"DISPUTE", "{'disputeType':'A','transactionId':'T'}", "A"},
        {"ATM_ISSUE", "{'issueType':'A','atmId':'T'}", "A"},
        {"CARD_ISSUE", "{'issueType':'A'}", "A"},
        {"INQUIRY", "{'issueType':'A','claimType':'A'}", NULL},
        {"MOBILE_BANKING", "{'issueType':'A'}", NULL},
        {"COMPLAINT", "{'complaintType':5}", NULL},
        {"COMPLAINT", "{'complaintType':' '}", NULL},
        {"COMPLAINT", "{}", NULL},
        {"CARD_ISSUE",
         "{'issueType':'0123456789012345678901234567890123456789012345678901234567890123456789"
         "0123456789012345678901234567890123456789012345678901234567890123'}",
         NULL},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        char body[2048];
        snprintf(body, sizeof body,
                 "{'channel':'SMS','serviceType':'%s','customer':{'name':'N','email':'a@b.c','identifier':'I'},"
                 "'ticket':{'title':'T','description':'D','metadata':%s}}",
                 rows[i].type, rows[i].metadata);
        send_create(&s, body);
        CHECK_STR(rows[i].metadata, errors_of(&s.err), "");
        CHECK_STR(rows[i].metadata, text_of(s.draft.sub_type), rows[i].sub_type);
        sent_close(&s);
    }
}

/* --- ids before fields ------------------------------------------------- */

static void test_ids(void)
{
    static const struct {
        const char *body, *partner, *request;
    } rows[] = {
        {"{'integration':{'partnerId':'P','requestId':'R '}}", "P", "R "},
        {"{'integration':{'partnerId':'P'},'channel':7}", "P", NULL},
        {"{'integration':{'partnerId':5,'requestId':'R'}}", NULL, "R"},
        {"{'integration':{'partnerId':'','requestId':null}}", NULL, NULL},
        {"{'integration':[]}", NULL, NULL},
        {"{}", NULL, NULL},
    };
    static struct sent s;
    for (unsigned i = 0; i < SUITE_N(rows); i++) {
        struct sv partner, request;
        char *body = quote(rows[i].body);
        sent_open(&s, body, strlen(body));
        ticket_draft_ids(s.doc, &partner, &request);
        CHECK_STR(rows[i].body, text_of(partner), rows[i].partner);
        CHECK_STR(rows[i].body, text_of(request), rows[i].request);
        sent_close(&s);
        free(body);
    }
    char *id = repeat("x", TICKET_ID_MAX + 1);
    char *quoted = filled("{'integration':{'requestId':'%s'}}", id), *body = quote(quoted);
    struct sv partner, request;
    sent_open(&s, body, strlen(body));
    ticket_draft_ids(s.doc, &partner, &request);
    CHECK("too long", !request.p);
    sent_close(&s);
    free(body);
    free(quoted);
    free(id);
}

void init_fields_tests(void)
{
    static const struct suite_test tests[] = {
        {"types", test_types},
        {"limits", test_limits},
        {"formats", test_formats},
        {"unaltered", test_unaltered},
        {"absent", test_absent},
        {"metadata, exact", test_metadata_exact},
        {"metadata, size", test_metadata_size},
        {"sub types", test_sub_types},
        {"ids", test_ids},
    };
    suite_add("ticket fields", NULL, NULL, tests, SUITE_N(tests));
}
