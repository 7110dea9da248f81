/* Rows → tickets, in the column order of sql.h. Private to store/. */
#ifndef STORE_TICKET_ROW_H
#define STORE_TICKET_ROW_H

#include "store/row.h"
#include "ticket/types.h"

#define TICKET_ROW_HEAD 30  /*!< columns of SQL_HEAD, SQL_LAST, SQL_REST */
#define TICKET_ROW_STATE 11 /*!< of SQL_STATE, and what SQL_SHOWN has of the ticket besides */
#define TICKET_ROW_SHOWN 7
#define TICKET_ROW_SAID 3
#define TICKET_ROW_LAST 5
#define TICKET_ROW_REST 10

/* Each reads its group beginning at column `at`; errors stick in row->status. */
void ticket_row_head(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r);
void ticket_row_state(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r);
void ticket_row_shown(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r);
void ticket_row_last(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r);
void ticket_row_rest(struct row_out *row, unsigned at, struct arena *a, struct ticket *out_r);
/* SQL_LAST's columns as a comment; and a comment's content, author and time alone. */
void ticket_row_comment(struct row_out *row, unsigned at, struct arena *a, struct ticket_comment *out_r);
void ticket_row_said(struct row_out *row, unsigned at, struct arena *a, struct ticket_comment *out_r);

/* Nothing known yet: texts absent, times CLOCK_NONE. */
void ticket_row_clear(struct ticket *t);
/* A row of SQL_FULL; no body hash: zeros. */
enum status ticket_row_full(struct row_out *row, struct arena *a, struct ticket *out_r,
                            unsigned char body_hash_r[CRYPTO_SHA256_SIZE]) MUST_USE;

#endif
