/* A store of keys in an array, that can be told to fail. */
#ifndef GATE_FAKE_STORE_H
#define GATE_FAKE_STORE_H

#include "store/partner_store.h"

#define FAKE_KEYS_MAX 2000

struct fake_key {
    unsigned char hash[CRYPTO_SHA256_SIZE];
    struct store_key row;
};

extern struct fake_key fake_keys[FAKE_KEYS_MAX];
extern unsigned fake_n;
extern enum status fake_status;        /* not STATUS_OK: every question is answered so */
extern bool fake_lost;                 /* what store_lost says; true after a reset */
extern unsigned fake_questions;        /* asked so far */
extern int64_t fake_budget_from;       /* what store_begin was told last */
extern void (*fake_while_asked)(void); /* called inside a question, after the row was read */

void fake_reset(void);
struct store_key *fake_add(const char *text); /* a key without bounds, of partner "P1" */

#endif
