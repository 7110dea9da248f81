/* From the database and from what receivers kept in memory: facts for the checker. */
#include <stdlib.h>
#include <string.h>

#include "e2e/stack.h"
#include "property/run.h"

static void ask(FILE *out, const char *query)
{
    char command[4096], line[4096];
    int n = snprintf(command, sizeof command, "mariadb --no-defaults -u root -S '%s' -N -B '%s' -e \"%s\"",
                     stack.socket, stack.db, query);
    FILE *p = n > 0 && (size_t)n < sizeof command ? popen(command, "r") : NULL;
    while (p && fgets(line, sizeof line, p))
        fputs(line, out);
    if (!p || pclose(p) != 0) {
        fprintf(stderr, "property: the database gave no facts\n");
        stack_down();
        exit(1);
    }
}

static void tell_database(FILE *out)
{
    char query[1024];
    snprintf(query, sizeof query,
             "SELECT CONCAT_WS(' ', 'ticket', number, code, hook_seq, status) FROM ticket JOIN partner ON partner.id = "
             "partner_id WHERE number >= %llu",
             (unsigned long long)run_.first);
    ask(out, query);
    /* A late finisher adds to history alone: an event may stand there as delivered twice. */
    ask(out, "SELECT DISTINCT CONCAT_WS(' ', 'event', webhook_id, ticket_number, seq, event, 'delivered') FROM "
             "webhook_attempt WHERE delivered");
    ask(out, "SELECT CONCAT_WS(' ', 'event', webhook_id, ticket_number, seq, event, 'pending') FROM webhook_job");
    ask(out, "SELECT CONCAT_WS(' ', 'event', webhook_id, ticket_number, seq, event, 'dead') FROM webhook_dead");
}

/* Tickets as they are stored, and the sequences that hang on them. */
static void tell_rows(FILE *out)
{
    static const char *const series[][3] = {
        {"comment", "comment x ON x.ticket_number = t.number", "n_comments"},
        {"history", "ticket_event x ON x.ticket_number = t.number", "version"},
        {"file", "attachment x ON x.ticket_id = t.id", "n_attachments"},
    };
    char query[1024];
    unsigned long long first = (unsigned long long)run_.first;
    snprintf(query, sizeof query,
             "SELECT CONCAT_WS(' ', 'row', number, t.id, code, IF(request_key IS NULL, '-', SUBSTR(request_key, 2)), "
             "IFNULL(SUM(LENGTH(bytes)), 0)) FROM ticket t JOIN partner p ON p.id = partner_id LEFT JOIN attachment a "
             "ON a.ticket_id = t.id LEFT JOIN attachment_chunk k ON k.attachment_id = a.id WHERE number >= %llu GROUP "
             "BY number",
             first);
    ask(out, query);
    for (unsigned i = 0; i < sizeof series / sizeof *series; i++) {
        snprintf(query, sizeof query,
                 "SELECT CONCAT_WS(' ', 'series', number, '%s', COUNT(seq), IFNULL(MIN(seq), 0), IFNULL(MAX(seq), 0), "
                 "%s) FROM ticket t LEFT JOIN %s WHERE number >= %llu GROUP BY number",
                 series[i][0], series[i][2], series[i][1], first);
        ask(out, query);
    }
}

/* The text between `before` and the next quote; "-": none. */
static void pick(const char *text, const char *before, char *out, size_t size)
{
    const char *p = text ? strstr(text, before) : NULL;
    snprintf(out, size, "-");
    if (p && *(p += strlen(before)) != '"')
        snprintf(out, size, "%.*s", (int)strcspn(p, "\""), p);
}

static void tell_body(FILE *out, const struct receiver_request *q)
{
    char id[64], event[32], mark[32], old[16], new[16];
    const char *data = strstr(q->body, "\"data\":"), *m = NULL;
    snprintf(id, sizeof id, "%s", receiver_header(q, "webhook-id") ? receiver_header(q, "webhook-id") : "-");
    snprintf(event, sizeof event, "%s",
             receiver_header(q, "X-Webhook-Event") ? receiver_header(q, "X-Webhook-Event") : "-");
    pick(data, "\"oldStatus\":\"", old, sizeof old);
    pick(data, "\"newStatus\":\"", new, sizeof new);
    if (strcmp(event, "TICKET_CREATED") == 0)
        m = strstr(q->body, "\"channelReferenceId\":\"mark-");
    m = m ? strstr(m, "mark-") : data ? strstr(data, "mark-") : NULL;
    snprintf(mark, sizeof mark, "%.*s", m ? (int)strcspn(m, ".") + 1 : 1, m ? m : "-");
    fprintf(out, "body %s %s %s %s\n", id, mark, old, new);
}

void write_facts(void)
{
    char path[320];
    snprintf(path, sizeof path, "%s/facts", run_.folder);
    FILE *out = fopen(path, "w");
    if (!out) {
        perror(path);
        exit(1);
    }
    /* An answer's outcome is kept within seconds, be the machine ever so busy. */
    fprintf(out, "setting settle %d\nsetting again %d\nsetting apart 700000\nsetting hold %d\n", 5 * 1000000,
            (LEASE_S - TIMEOUT_S - 1) * 1000000, 1000 * 1000000);
    tell_database(out);
    tell_rows(out);
    write_calls(out);
    for (unsigned r = 0; r < RECEIVERS; r++) {
        unsigned n = receiver_count(run_.receivers[r], "");
        for (unsigned i = 0; i < n; i++)
            tell_body(out, receiver_get(run_.receivers[r], "", i));
    }
    fclose(out);
}
