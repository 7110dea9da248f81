/* API3:2023 Broken object property level authorization. Mass assignment: every name
 * that the database or an answer has, sent by a partner at every level, changes
 * nothing but what the documents let it. Exposure: answers have the documents'
 * members and no others. */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "e2e/stack.h"
#include "e2e/suites.h"
#include "harness/suite.h"
#include "security/suites.h"
#include "security/wire.h"

enum { NAMES_MAX = 400 };

static char names[NAMES_MAX][80];
static unsigned n_names;

/* Fields that a partner may send, by the reference, with their object in front. */
static const char *const documented[] = {"channel",
                                         "channelReferenceId",
                                         "serviceType",
                                         "customer",
                                         "ticket",
                                         "attachments",
                                         "integration",
                                         "customer.name",
                                         "customer.email",
                                         "customer.phone",
                                         "customer.identifier",
                                         "customer.branchCode",
                                         "customer.department",
                                         "customer.preferredLanguage",
                                         "ticket.title",
                                         "ticket.description",
                                         "ticket.priority",
                                         "ticket.category",
                                         "ticket.metadata",
                                         "integration.webhookUrl",
                                         "integration.apiVersion",
                                         "integration.partnerId",
                                         "integration.requestId",
                                         "attachments.filename",
                                         "attachments.mimeType",
                                         "attachments.size",
                                         "attachments.content",
                                         "attachments.description",
                                         "update.action",
                                         "update.comment",
                                         "update.status",
                                         "update.attachments"};

static bool is_documented(const char *object, const char *name)
{
    char path[128];
    snprintf(path, sizeof path, "%s%s%s", object, *object ? "." : "", name);
    for (unsigned i = 0; i < SUITE_N(documented); i++)
        if (strcmp(documented[i], path) == 0)
            return true;
    return false;
}

static void learn(const char *name)
{
    for (unsigned i = 0; i < n_names; i++)
        if (strcmp(names[i], name) == 0)
            return;
    if (n_names < NAMES_MAX)
        snprintf(names[n_names++], sizeof names[0], "%s", name);
}

static void learn_camel(const char *snake)
{
    char out[80];
    size_t n = 0;
    for (const char *p = snake; *p && n + 1 < sizeof out; p++) {
        bool up = *p == '_' && p[1];
        p += up;
        out[n++] = (char)(up && *p >= 'a' && *p <= 'z' ? *p - 32 : *p);
    }
    out[n] = 0;
    learn(out);
}

static void learn_members(struct json_object *v)
{
    if (json_object_is_type(v, json_type_array))
        for (size_t i = 0; i < json_object_array_length(v); i++)
            learn_members(json_object_array_get_idx(v, i));
    if (!json_object_is_type(v, json_type_object))
        return;
    json_object_object_foreach(v, name, member)
    {
        learn(name);
        learn_members(member);
    }
}

static void learn_answer(const char *target)
{
    struct reply r = ask(&(struct ask){.target = target, .key = keys.agent});
    struct json_object *top = json_tokener_parse(r.body);
    learn_members(top);
    json_object_put(top);
    reply_free(&r);
}

/* All columns, in both spellings, all members of answers, and what elsewhere gives privileges. */
static void learn_names(void)
{
    static const char *const others[] = {"admin",           "isAdmin",      "role",        "roles",     "agent",
                                         "permissions",     "scope",        "owner",       "ownerId",   "tenant",
                                         "tenantId",        "userId",       "deleted",     "sla",       "priority",
                                         "responseMinutes", "__proto__",    "constructor", "prototype", "$set",
                                         "ticket[status]",  "ticket.status"};
    char column[1024], target[64];
    long long n = sql_int("SELECT COUNT(*) FROM information_schema.columns WHERE table_schema='%s'", stack.db);
    n_names = 0;
    for (long long i = 0; i < n; i++) {
        sql(column,
            "SELECT column_name FROM information_schema.columns WHERE table_schema='%s' ORDER BY table_name, "
            "ordinal_position LIMIT %lld,1",
            stack.db, i);
        learn(column);
        learn_camel(column);
    }
    snprintf(target, sizeof target, API "/tickets/%s", home.number);
    learn_answer(target);
    learn_answer(API "/tickets?limit=1");
    for (unsigned i = 0; i < SUITE_N(others); i++)
        learn(others[i]);
    CHECK("the names of all tables", n > 80 && n_names > 120 && n_names < NAMES_MAX);
}

/* `,"name":value` for every name that is not documented there. */
static char *hostile(const char *object, const char *value)
{
    char *out = NULL;
    size_t n = 0;
    FILE *f = open_memstream(&out, &n);
    for (unsigned i = 0; i < n_names; i++)
        if (!is_documented(object, names[i]))
            fprintf(f, ",\"%s\":%s", names[i], value);
    fclose(f);
    return out;
}

static struct reply create(const char *top, const char *customer, const char *ticket, const char *attachment,
                           const char *integration)
{
    char *body = NULL;
    if (asprintf(&body,
                 "{\"channel\":\"EMAIL\",\"serviceType\":\"CLAIM\",\"customer\":{\"name\":\"Jane\",\"email\":\"j@x.id\""
                 "%s},\"ticket\":{\"title\":\"T\",\"description\":\"D\",\"metadata\":{\"claimType\":\"X\","
                 "\"claimAmount\":1}%s},\"attachments\":[{\"filename\":\"a\",\"content\":\"eA\"%s}],\"integration\":{"
                 "\"apiVersion\":\"1\"%s}%s}",
                 customer, ticket, attachment, integration, top) < 0)
        abort();
    struct reply r = ask(&(struct ask){.method = "POST", .target = API "/tickets", .key = keys.all, .body = body});
    free(body);
    return r;
}

/* Columns that differ from ticket to ticket by themselves: ids, hashes, times. */
#define BY_ITSELF                                                                                                      \
    "'number','id','ticket_id','ticket_number','event_id','body_hash','created_at','updated_at','uploaded_at',"        \
    "'estimated_at','response_deadline','resolution_deadline'"

/* `IF(a.x<=>b.x,NULL,'x')` for all columns of a table that do not differ by themselves. */
static const char *differences(const char *table)
{
    static struct {
        char table[32], text[4000];
    } kept[4];
    char columns[1024], *save = NULL;
    unsigned k = 0;
    while (k < SUITE_N(kept) && kept[k].table[0] && strcmp(kept[k].table, table) != 0)
        k++;
    if (k == SUITE_N(kept))
        abort();
    if (kept[k].table[0])
        return kept[k].text;
    snprintf(kept[k].table, sizeof kept[k].table, "%s", table);
    sql(columns,
        "SELECT GROUP_CONCAT(column_name) FROM information_schema.columns WHERE table_schema='%s' AND table_name='%s' "
        "AND column_name NOT IN (" BY_ITSELF ")",
        stack.db, table);
    CHECK(table, strchr(columns, ',') && strlen(columns) < sizeof columns - 1);
    size_t n = 0;
    for (char *c = strtok_r(columns, ",", &save); c; c = strtok_r(NULL, ",", &save)) {
        bool has_ids = strcmp(c, "detail") == 0; /* of comments: others in each ticket */
        const char *head = has_ids ? "REGEXP_REPLACE(" : "", *tail = has_ids ? ",'c[a-z0-9]{24}','')" : "";
        n += (size_t)snprintf(kept[k].text + n, sizeof kept[k].text - n, "%sIF(%sa.%s%s<=>%sb.%s%s,NULL,'%s')",
                              n ? "," : "", head, c, tail, head, c, tail, c);
        if (n >= sizeof kept[k].text - 1)
            abort();
    }
    return kept[k].text;
}

static void check_rows_equal(const char *row, const char *table, const char *parent, const char *plain,
                             const char *tried)
{
    char out[1024], what[160];
    bool is_ticket = strcmp(table, "ticket") == 0;
    snprintf(what, sizeof what, "%s: columns of %s", row, table);
    sql(out, "SELECT GROUP_CONCAT(CONCAT_WS(' ',%s) SEPARATOR '') FROM %s a JOIN %s b ON %s WHERE a.%s=%s AND b.%s=%s",
        differences(table), table, table, is_ticket ? "TRUE" : "a.seq=b.seq", parent, plain, parent, tried);
    CHECK_STR(what, out, "");
    CHECK_INT(what, sql_int("SELECT COUNT(*) FROM %s WHERE %s=%s", table, parent, tried),
              sql_int("SELECT COUNT(*) FROM %s WHERE %s=%s", table, parent, plain));
}

static void check_stored_alike(const char *row, const char *plain, const char *tried)
{
    char a[96], b[96];
    check_rows_equal(row, "ticket", "number", plain, tried);
    check_rows_equal(row, "comment", "ticket_number", plain, tried);
    check_rows_equal(row, "ticket_event", "ticket_number", plain, tried);
    snprintf(a, sizeof a, "(SELECT id FROM ticket WHERE number=%s)", plain);
    snprintf(b, sizeof b, "(SELECT id FROM ticket WHERE number=%s)", tried);
    check_rows_equal(row, "attachment", "ticket_id", a, b);
    CHECK_INT(row,
              sql_int("SELECT COUNT(*) FROM ticket a JOIN ticket b WHERE a.number=%s AND b.number=%s AND "
                      "TIMESTAMPDIFF(SECOND, a.created_at, a.estimated_at) = TIMESTAMPDIFF(SECOND, b.created_at, "
                      "b.estimated_at) AND TIMESTAMPDIFF(SECOND, a.created_at, a.response_deadline) = "
                      "TIMESTAMPDIFF(SECOND, b.created_at, b.response_deadline) AND TIMESTAMPDIFF(SECOND, "
                      "a.created_at, a.resolution_deadline) = TIMESTAMPDIFF(SECOND, b.created_at, "
                      "b.resolution_deadline) AND b.created_at BETWEEN a.created_at AND UTC_TIMESTAMP(6) AND "
                      "b.updated_at BETWEEN b.created_at AND UTC_TIMESTAMP(6)",
                      plain, tried),
              1);
}

static const char *const values[] = {
    "\"CLOSED\"", "999999", "true", "{\"id\":1}", "[\"CLOSED\"]", "null", "\"2000-01-01T00:00:00Z\""};

static void test_create(void)
{
    learn_names();
    struct reply plain = create("", "", "", "", "");
    CHECK_INT("plain", plain.status, 200);
    for (unsigned i = 0; i < SUITE_N(values); i++) {
        char *top = hostile("", values[i]), *customer = hostile("customer", values[i]);
        char *ticket = hostile("ticket", values[i]), *attachment = hostile("attachments", values[i]);
        char *integration = hostile("integration", values[i]);
        struct reply r = create(top, customer, ticket, attachment, integration);
        CHECK_INT(values[i], r.status, 200);
        if (r.status == 200)
            check_stored_alike(values[i], at(&plain, "ticketNumber"), at(&r, "ticketNumber"));
        reply_free(&r);
        free(top), free(customer), free(ticket), free(attachment), free(integration);
    }
    reply_free(&plain);
}

static struct reply update(const char *number, const char *members)
{
    char target[64], *body = NULL;
    snprintf(target, sizeof target, API "/tickets/%s", number);
    if (asprintf(&body, "{%s}", members) < 0)
        abort();
    struct reply r = ask(&(struct ask){.method = "PATCH", .target = target, .key = keys.all, .body = body});
    free(body);
    return r;
}

/* The three updates, plain on one ticket and with every other name on another. */
static void test_update(void)
{
    static const char *const updates[] = {
        "\"action\":\"ADD_COMMENT\",\"comment\":\"c\"",
        "\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\"",
        "\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"b\",\"content\":\"eA\"",
    };
    learn_names();
    for (unsigned v = 0; v < SUITE_N(values); v++) {
        struct reply a = create("", "", "", "", ""), b = create("", "", "", "", "");
        char plain[32], tried[32];
        snprintf(plain, sizeof plain, "%s", at(&a, "ticketNumber"));
        snprintf(tried, sizeof tried, "%s", at(&b, "ticketNumber"));
        reply_free(&a), reply_free(&b);
        for (unsigned u = 0; u < SUITE_N(updates); u++) {
            char *more = hostile("update", values[v]), *inner = hostile("attachments", values[v]), *members = NULL;
            const char *close = u == 2 ? "}]" : "";
            if (asprintf(&members, "%s%s", updates[u], close) < 0)
                abort();
            a = update(plain, members);
            free(members);
            if (asprintf(&members, "%s%s%s%s", updates[u], u == 2 ? inner : "", close, more) < 0)
                abort();
            b = update(tried, members);
            CHECK_INT(updates[u], a.status, 200);
            CHECK_INT(updates[u], b.status, 200);
            free(members), free(more), free(inner);
            reply_free(&a), reply_free(&b);
        }
        check_stored_alike(values[v], plain, tried);
    }
}

/* What the desk may add to a comment and a move, a partner's key does not. */
static void test_desk_fields(void)
{
    struct reply r = create("", "", "", "", "");
    char number[32], target[64];
    snprintf(number, sizeof number, "%s", at(&r, "ticketNumber"));
    snprintf(target, sizeof target, API "/tickets/%s", number);
    reply_free(&r);
    r = update(number, "\"action\":\"ADD_COMMENT\",\"comment\":\"mine\",\"author\":\"Support Agent\",\"internal\":true,"
                       "\"isFromSupport\":true");
    CHECK_INT("comment", r.status, 200);
    CHECK_STR("author", at(&r, "result.comment.author"), "Customer");
    reply_free(&r);
    r = update(number, "\"action\":\"UPDATE_STATUS\",\"status\":\"PENDING\",\"comment\":\"as the desk\"");
    CHECK_INT("status", r.status, 200);
    reply_free(&r);
    r = ask(&(struct ask){.target = target, .key = keys.all});
    CHECK_STR("shown", at(&r, "lastComment.content"), "[Via Omnichannel] mine");
    CHECK_STR("not the bank's", at(&r, "comments.1.isFromSupport"), "false");
    CHECK("no comment of a move", !strstr(r.body, "as the desk"));
    CHECK_STR("nobody answered in its name", at(&r, "currentAssignee"), "null");
    reply_free(&r);
    CHECK_INT("no first response",
              sql_int("SELECT COUNT(*) FROM ticket WHERE number=%s AND first_response_at IS NOT NULL", number), 0);
}

/* ---- Exposure ---- */

/* Dotted paths of all members, lists as "[]", each once; below omnichannelData and
 * metadata that is the partner's own it does not look. */
static void walk(struct json_object *v, const char *path, const char *const *allowed, const char *row)
{
    if (json_object_is_type(v, json_type_array))
        for (size_t i = 0; i < json_object_array_length(v); i++)
            walk(json_object_array_get_idx(v, i), path, allowed, row);
    if (!json_object_is_type(v, json_type_object))
        return;
    json_object_object_foreach(v, name, member)
    {
        char here[256];
        bool known = false;
        snprintf(here, sizeof here, "%s%s%s", path, *path ? "." : "", name);
        for (const char *const *p = allowed; *p && !known; p++)
            known = strcmp(*p, here) == 0;
        if (!known)
            CHECK_STR(row, here, "a documented member");
        if (strcmp(name, "omnichannelData") != 0)
            walk(member, here, allowed, row);
    }
}

#define STATE(at)                                                                                                      \
    at "ticketNumber", at "status", at "priority", at "createdAt", at "updatedAt", at "resolvedAt", at "closedAt",     \
        at "currentAssignee", at "lastComment", at "lastComment.content", at "lastComment.author",                     \
        at "lastComment.timestamp", at "sla", at "sla.responseDeadline", at "sla.resolutionDeadline",                  \
        at "sla.isBreached"

static const char *const created[] = {"success",
                                      "ticketNumber",
                                      "ticketId",
                                      "status",
                                      "estimatedResolution",
                                      "trackingUrl",
                                      "message",
                                      "metadata",
                                      "metadata.createdAt",
                                      "metadata.assignedTo",
                                      "metadata.supportGroup",
                                      "metadata.slaHours",
                                      NULL};
static const char *const details[] = {STATE(""),
                                      "service",
                                      "service.name",
                                      "service.supportGroup",
                                      "branch",
                                      "branch.name",
                                      "branch.code",
                                      "comments",
                                      "comments.content",
                                      "comments.author",
                                      "comments.timestamp",
                                      "comments.isFromSupport",
                                      "attachments",
                                      "attachments.filename",
                                      "attachments.size",
                                      "attachments.uploadedAt",
                                      "attachments.id",
                                      "attachments.mimeType",
                                      "metadata",
                                      "metadata.omnichannelType",
                                      "metadata.omnichannelData",
                                      NULL};
static const char *const status[] = {"success", STATE(""), "timestamp", NULL};
static const char *const several[] = {
    "success", "tickets", STATE("tickets."), "tickets.channelReferenceId", "notFound", "timestamp", NULL};
static const char *const updated[] = {"success",
                                      "ticketNumber",
                                      "action",
                                      "result",
                                      "result.status",
                                      "result.comment",
                                      "result.comment.id",
                                      "result.comment.content",
                                      "result.comment.author",
                                      "result.comment.timestamp",
                                      "result.attachments",
                                      "result.attachments.filename",
                                      "result.attachments.size",
                                      "message",
                                      NULL};
static const char *const health[] = {"status", "timestamp", NULL};

static void check_members(const char *row, struct reply *r, const char *const *allowed)
{
    struct json_object *top = json_tokener_parse(r->body);
    CHECK_INT(row, r->status, 200);
    CHECK(row, json_object_is_type(top, json_type_object));
    walk(top, "", allowed, row);
    json_object_put(top);
    reply_free(r);
}

static void check_read(const char *row, const char *target, const char *const *allowed)
{
    struct reply r = ask(&(struct ask){.target = target, .key = keys.all});
    check_members(row, &r, allowed);
}

/* After the desk has done all it can do to the ticket. */
static void test_exposure(void)
{
    static const char *const desk[] = {
        "{\"action\":\"ASSIGN\",\"assignee\":\"Jane Tech\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"SHOWN\",\"author\":\"Jane Tech\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"HIDDEN NOTE\",\"author\":\"HIDDEN AUTHOR\",\"internal\":true}",
        "{\"action\":\"UPDATE_STATUS\",\"status\":\"IN_PROGRESS\",\"comment\":\"moved\"}",
        "{\"action\":\"ADD_COMMENT\",\"comment\":\"HIDDEN LAST\",\"internal\":true}",
    };
    char target[256], number[32];
    struct reply r =
        create(",\"channelReferenceId\":\"EXPOSURE\"", ",\"branchCode\":\"001\",\"identifier\":\"CIF1\"", "", "", "");
    snprintf(number, sizeof number, "%s", at(&r, "ticketNumber"));
    check_members("create", &r, created);
    snprintf(target, sizeof target, API "/tickets/%s", number);
    for (unsigned i = 0; i < SUITE_N(desk); i++) {
        r = ask(&(struct ask){.method = "PATCH", .target = target, .key = keys.agent, .body = desk[i]});
        CHECK_INT(desk[i], r.status, 200);
        reply_free(&r);
    }
    check_read("details", target, details);
    r = ask(&(struct ask){.target = target, .key = keys.all});
    CHECK("no internal notes", !strstr(r.body, "HIDDEN"));
    CHECK_STR("nor as the last", at(&r, "lastComment.content"), "moved");
    reply_free(&r);
    snprintf(target, sizeof target, API "/tickets?ticketNumber=%s", number);
    check_read("status", target, status);
    r = ask(&(struct ask){.target = target, .key = keys.all});
    CHECK("no internal notes", !strstr(r.body, "HIDDEN"));
    reply_free(&r);
    check_read("by reference", API "/tickets?channelReferenceId=EXPOSURE", status);
    snprintf(target, sizeof target, API "/tickets?ticketNumber=%s,%s,x", number, foreign.number);
    check_read("several", target, several);
    check_read("health", API "/health", health);
    r = update(number, "\"action\":\"ADD_COMMENT\",\"comment\":\"c\"");
    check_members("comment", &r, updated);
    r = update(number, "\"action\":\"ADD_ATTACHMENT\",\"attachments\":[{\"filename\":\"b\",\"content\":\"eA\"}]");
    check_members("attach", &r, updated);
    r = update(number, "\"action\":\"UPDATE_STATUS\",\"status\":\"CANCELLED\"");
    check_members("cancel", &r, updated);
}

void init_property_tests(void)
{
    static const struct suite_test tests[] = {
        {"every name at every level of a create", test_create},
        {"every name in every update", test_update},
        {"the desk's fields", test_desk_fields},
        {"answers have no other members", test_exposure},
    };
    suite_add("API3 object property level authorization", NULL, NULL, tests, SUITE_N(tests));
}
