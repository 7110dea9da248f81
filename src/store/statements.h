/* The one table of named statements. Private to store/ and its tests. */
#ifndef STORE_STATEMENTS_H
#define STORE_STATEMENTS_H

enum store_stmt {
    STORE_TICKET_OPEN,
    STORE_TICKET_OPEN_2, /*!< that many together; up to 8, one after the other */
    STORE_TICKET_OPEN_3,
    STORE_TICKET_OPEN_4,
    STORE_TICKET_OPEN_5,
    STORE_TICKET_OPEN_6,
    STORE_TICKET_OPEN_7,
    STORE_TICKET_OPEN_8,
    STORE_TICKET_NUMBER_BY_ID,
    STORE_TICKET_BY_REQUEST,
    STORE_TICKET_DETAILS,
    STORE_TICKET_SHOWN,
    STORE_TICKET_SHOWN_TOGETHER,
    STORE_TICKET_FILES,
    STORE_TICKET_STATUS,
    STORE_TICKET_STATUS_MANY,
    STORE_TICKET_STATUS_TOGETHER,
    STORE_TICKET_NEWEST,
    STORE_TICKET_NEWEST_OF_ANY,
    STORE_TICKET_LIST,
    STORE_TICKET_LIST_ASSIGNEE,
    STORE_TICKET_LIST_PARTNER,
    STORE_TICKET_LIST_BOTH,
    STORE_TICKET_FOR_UPDATE,
    STORE_TICKET_UPDATE,
    STORE_EVENT_MINE,
    STORE_ATTACHMENT_ADD,
    STORE_CHUNK_ADD,
    STORE_ATTACHMENT_FIND,
    STORE_CHUNK_READ,
    STORE_IDEMPOTENCY_PRUNE,
    STORE_KEY_BY_HASH,
    STORE_KEY_ADD,
    STORE_KEY_REVOKE,
    STORE_KEY_LIST,
    STORE_PARTNER_ADD,
    STORE_PARTNER_FIND,
    STORE_PARTNER_LIST,
    STORE_PARTNER_SUSPEND,
    STORE_PARTNER_SET,
    STORE_SERVICE_LIST,
    STORE_SERVICE_SET,
    STORE_BRANCH_LIST,
    STORE_BRANCH_SET,
    STORE_HOOK_DUE,
    STORE_HOOK_CLAIM,
    STORE_HOOK_FINISH,
    STORE_HOOK_EXPIRE,
    STORE_HOOK_FIND,
    STORE_HOOK_ATTEMPTS,
    STORE_HOOK_PENDING,
    STORE_HOOK_PENDING_OF_TICKET,
    STORE_HOOK_DEAD_ONES,
    STORE_HOOK_DEAD_OF_PARTNER,
    STORE_HOOK_DEAD_OF_TICKET,
    STORE_HOOK_DELIVERED_ONES,
    STORE_HOOK_DELIVERED_OF_PARTNER,
    STORE_HOOK_DELIVERED_OF_TICKET,
    STORE_HOOK_REPLAY_ONE,
    STORE_HOOK_REPLAY,
    STORE_HOOK_CANCEL,
    STORE_HOOK_STATS,
    STORE_HOOK_GONE_LIST,
    STORE_HOOK_GONE_CLEAR,
    STORE_HOOK_RESUME,
    STORE_SECRET_FIND,
    STORE_SECRET_ROTATE,
    STORE_STMT__MAX
};

/* Who prepares it when connecting: bits of enum store_role. */
#define STORE_BY_WORKER 1u
#define STORE_BY_SENDER 2u
#define STORE_BY_ADMIN 4u
#define STORE_LAZY 8u  /*!< by those, but only when first used */
#define STORE_SLOW 16u /*!< for people, who wait: its text sets its own limit, LINK_SLOW_WAIT at most */

/* Letters of parameters and columns: u unsigned integer, s text, b bytes,
 * t time. A compound's result sets are parted by '|'. */
struct store_statement {
    const char *name; /*!< for error texts */
    const char *text;
    const char *params;
    const char *columns; /*!< "" when it gives no rows */
    unsigned roles;
};

extern const struct store_statement store_statements[STORE_STMT__MAX];

#endif
