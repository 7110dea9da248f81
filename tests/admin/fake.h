/* Link-time fakes of store, gate and desk: they answer from a few rows and
 * write down what they were asked, one line a call. */
#ifndef TESTS_ADMIN_FAKE_H
#define TESTS_ADMIN_FAKE_H

#include <stdbool.h>
#include "base/buf.h"
#include "base/status.h"
#include "crypto/hash.h"

struct fake {
    struct buf calls;               /*!< "partner_add CODE …\n" */
    enum status status;             /*!< what the next calls answer, when not OK */
    const char *text;               /*!< and their err text; NULL: none */
    const char *field, *field_text; /*!< a field error with it */
    enum status shared;             /*!< how opening the pool's memory ends */
    unsigned bumps;
    unsigned n_prunes;                      /*!< calls that still find something */
    unsigned char hash[CRYPTO_SHA256_SIZE]; /*!< of the last key added */
    char secret[64];                        /*!< of the last partner added */
    bool empty;                             /*!< no rows anywhere */
    unsigned budgets;                       /*!< store_begin calls */
};

extern struct fake fake;

void fake_reset(void);
void fake_free(void);
const char *fake_calls(void);

#endif
