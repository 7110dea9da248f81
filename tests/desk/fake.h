/* A complete fake of store, of gate's breaker and of poking: plays what a test sets up,
 * keeps what it was told. Views stay in the call's arena. */
#ifndef TESTS_DESK_FAKE_H
#define TESTS_DESK_FAKE_H

#include "desk/desk.h"
#include "store/partner_store.h"

#define FAKE_CALLS 64

struct fake {
    /* what is there */
    struct store_service services[4];
    size_t n_services;
    struct sv branch_name; /*!< of 001 */
    struct ticket ticket;  /*!< what reads find */
    struct ticket existing;
    bool same;
    struct store_replay replay;
    struct sv partner_url;
    uint64_t number;                           /*!< given to a new ticket; to several: this and those that follow */
    struct sv branch_codes[DESK_TOGETHER_MAX]; /*!< of the tickets found together */
    size_t n_list;
    bool more;
    unsigned n_chunks;
    bool is_open, due, lost; /*!< the breaker; whether a failure is the server's absence */
    uint64_t generation;
    bool generation_moves; /*!< another change arrives while the rows are read */

    /* how calls end */
    enum status service_list, branch_list, by_request, open, details, statuses, references, list, for_update,
        attachment, chunk, ping, partner, details_together, statuses_together, open_together;
    enum status update[FAKE_CALLS]; /*!< one after the other; then OK */
    const char *text;               /*!< err's, when a call fails */

    /* what was asked */
    char log[1024]; /*!< calls in order, one letter each, see fake.c */
    int64_t begun_us;
    uint32_t partner_id, key_partner;
    uint64_t asked_number;
    struct sv request_key, key;
    bool internal;
    struct store_open opened;
    struct ticket opened_ticket;
    struct store_update updated;
    struct ticket before, after;
    struct ticket_comment comment;
    bool has_comment;
    struct store_job jobs[2];
    struct ticket_attachment uploads[TICKET_ATTACHMENTS_MAX];
    char event_ids[FAKE_CALLS][CRYPTO_CUID_SIZE];
    unsigned n_updates;
    uint64_t numbers[STORE_ASK_MAX];
    struct sv references_asked[STORE_ASK_MAX];
    size_t n_numbers, n_references;
    struct store_list list_asked;
    char partner_asked[64];
    int64_t failed_us; /*!< [us] what the breaker was told */
    uint64_t poked[4]; /*!< receivers, '!' in the log */
    unsigned n_poked;
    const char *poke_directory;
    struct store_asking asked_together[DESK_TOGETHER_MAX];
    struct store_open opened_together[DESK_TOGETHER_MAX];
    struct ticket tickets_together[DESK_TOGETHER_MAX];
    size_t n_together; /*!< of the last such call */
};
extern struct fake fake;

/* A catalogue of four rows, an open ticket 1408 of partner 7, everything OK. */
void fake_reset(void);

#endif
