/* A desk on the fake store, and calls to it. */
#ifndef TESTS_DESK_SUPPORT_H
#define TESTS_DESK_SUPPORT_H

#include "desk/desk.h"
#include "desk/fake.h"
#include "ticket/draft.h"

#define NOW (2000 * INT64_C(1000000)) /*!< [us] wall: 1970-01-01T00:33:20Z */
#define MONO (500 * INT64_C(1000000)) /*!< [us] */

/* One at a time; everything is fresh after desk_up, gone after desk_down. */
struct bench {
    struct desk *desk;
    struct arena *arena;
    struct wire_doc *doc; /*!< the last body: what was written looks into it */
    struct ticket_rules rules;
    struct desk_call call; /*!< partner 7's, without a key */
    struct err err;
    struct buf out;
    bool replayed;
};
extern struct bench bench;

int desk_up(void);
int desk_down(void);
void desk_again(void); /* desk_down, desk_up */
/* The caller is the desk itself: partner 1, agent. */
void desk_as_agent(void);
/* Reads a PATCH body and updates ticket 1408 with it. */
enum status desk_patch(const char *json);
/* A valid INQUIRY. */
struct ticket_draft desk_draft(void);
enum status desk_post(const struct ticket_draft *draft, const char *request_id, enum status draft_status);
/* A view as text, in static memory for the next four calls. */
const char *text(struct sv s);

#endif
