/* Complete fakes of gate and desk: they play what a test sets up and keep what
 * they were told, as text that outlives the request. */
#ifndef TESTS_API_FAKE_H
#define TESTS_API_FAKE_H

#include "desk/desk.h"
#include "gate/gate.h"

#define FAKE_TEXT 8192

struct fake {
    /* the gate */
    enum status enter, admit;
    const char *enter_text;
    uint32_t retry_s;
    struct gate_caller caller;
    struct gate_verdict verdict;

    /* the desk */
    enum status desk;  /*!< how every call ends, but for: */
    enum status begin; /*!< how the first step of a good create ends */
    const char *desk_text;
    bool replayed;      /*!< a write is an earlier request's; a create's first step sees it */
    bool replayed_late; /*!< a create's second step sees it */
    struct ticket ticket;
    bool found;                             /*!< whether status questions find something */
    bool is_served[DESK_TOGETHER_MAX];      /*!< which of the callers together are */
    enum status written[DESK_TOGETHER_MAX]; /*!< how a create served so ends */
    size_t n_list;
    uint64_t next;
    struct ticket_attachment attachment;
    const char *bytes; /*!< the attachment's */

    /* what they were told */
    unsigned n_enter, n_admit, n_desk; /*!< a create counts when it is answered */
    unsigned n_begun;                  /*!< creates' first steps */
    char together[FAKE_TEXT];          /*!< "details 7:PARTNER001:1408 8:P2:1409; open 7:PARTNER001:Title; " */
    char key[FAKE_TEXT], addr[64];
    enum store_class class;
    struct gate_times times;
    int64_t admit_us;
    char who[64], partner_code[64], webhook_url[64], idempotency_key[300], request_id[300];
    uint32_t partner_id;
    bool agent;
    int64_t now_us, mono_us;
    unsigned char hash[CRYPTO_SHA256_SIZE];
    enum status read; /*!< how the draft or change was read */
    char title[64], comment[64];
    uint64_t number;
    char attachment_id[64];
    size_t n_asked;
    char asked[FAKE_TEXT]; /*!< "#value" by number, "@value" by reference, each and a space */
    struct store_list list;
    char assignee[300], list_partner[100];
};
extern struct fake fake;

/* Partner 7 "PARTNER001", key 17, every permission but agent, 5 left of 100. */
void fake_reset(void);

#endif
