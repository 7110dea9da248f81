#include "ticket/words.h"

#define LABEL_MAX 64 /* [bytes] with NUL */

bool ticket_words_find(const struct ticket_words *w, struct sv s, unsigned *i_r)
{
    for (unsigned i = 0; i < w->n; i++)
        if (sv_is(s, w->word[i])) {
            *i_r = i;
            return true;
        }
    return false;
}

static void append(char out[ERR_FIELD_TEXT_MAX], size_t *n, const char *s)
{
    for (; *s && *n < ERR_FIELD_TEXT_MAX - 1; s++)
        out[(*n)++] = *s;
    out[*n] = '\0';
}

void ticket_words_list(const struct ticket_words *w, unsigned set, char out[ERR_FIELD_TEXT_MAX])
{
    size_t n = 0;
    out[0] = '\0';
    for (unsigned i = 0; i < w->n; i++)
        if (set & TICKET_WORD(i)) {
            append(out, &n, n > 0 ? ", " : "");
            append(out, &n, w->word[i]);
        }
}

void ticket_words_fail(const struct ticket_words *w, unsigned set, const struct wire_node *at, const char *name,
                       struct err *err)
{
    char label[LABEL_MAX], list[ERR_FIELD_TEXT_MAX];
    wire_label(name, label, sizeof label);
    ticket_words_list(w, set, list);
    wire_fail(at, name, err, "%s must be one of %s", label, list);
}
