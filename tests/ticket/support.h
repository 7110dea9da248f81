/* What the ticket tests share: bodies read as drafts and changes, the shipped
 * rules, the reference's examples. Aborts when it cannot do its own work. */
#ifndef TESTS_TICKET_SUPPORT_H
#define TESTS_TICKET_SUPPORT_H

#include "ticket/change.h"
#include "ticket/draft.h"
#include "ticket/rules.h"

/* The shipped defaults, with USD 15600 and JPY 0.5e2. */
const struct ticket_rules *shipped_rules(void);

/* One body on its way. */
struct sent {
    struct arena *arena;
    char *body;
    struct wire_doc *doc;
    struct err err;
    enum status status; /*!< of reading */
    struct ticket_draft draft;
    struct ticket_change change;
};
void sent_open(struct sent *s, const char *body, size_t n); /* parsed only; must be JSON */
/* Rows are written with ' for ". */
void send_create(struct sent *s, const char *quoted);
void send_change(struct sent *s, const char *quoted, bool agent);
void sent_close(struct sent *s);

/* "path: text" of every field error in order, parted by newlines; "" for none. */
const char *errors_of(const struct err *err);
/* A view as a string of its own, NULL when absent; lives until the eighth call after. */
const char *text_of(struct sv s);
/* ' becomes " in a copy the caller frees. */
char *quote(const char *quoted);
/* `part` n times, the caller frees. */
char *repeat(const char *part, size_t n);
/* %s in `format` replaced by `fill`; the caller frees. */
char *filled(const char *format, const char *fill);

/* tests/fixtures/NAME.json: verbatim, and compact. The caller frees. */
char *fixture(const char *name);
char *fixture_compact(const char *name);
int64_t iso(const char *text); /* [us] */

/* Refuses the nth allocation of base/ from now and all after it. */
void refuse_from(unsigned n);
void refuse_off(void);
bool refused(void); /* whether it came to that */

#endif
