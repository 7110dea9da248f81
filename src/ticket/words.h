/* Inside this layer only: the closed sets' words and what is said about them. */
#ifndef TICKET_WORDS_H
#define TICKET_WORDS_H

#include <stdbool.h>
#include "base/err.h"
#include "ticket/types.h"
#include "wire/json.h"

struct ticket_words {
    const char *const *word; /*!< by enum value */
    unsigned n;
};
extern const struct ticket_words ticket_channel_words, ticket_service_type_words, ticket_priority_words,
    ticket_status_words, ticket_action_words;

/* Sets of words as bits: 1 << enum value. */
#define TICKET_WORDS_ALL (~0u)
#define TICKET_WORD(v) (1u << (v))

/* Exact spelling only; false leaves *i_r alone. */
bool ticket_words_find(const struct ticket_words *w, struct sv s, unsigned *i_r);
/* "A, B, C": the words of `set`. Cuts at the room given. */
void ticket_words_list(const struct ticket_words *w, unsigned set, char out[ERR_FIELD_TEXT_MAX]);
/* "<Label> must be one of A, B, C" under at's path + name. */
void ticket_words_fail(const struct ticket_words *w, unsigned set, const struct wire_node *at, const char *name,
                       struct err *err);

#endif
