/* What the promises rest on outside of the tables: the server's settings, a user's
 * rights, the queue's state. For omnichannel-admin doctor. */
#ifndef STORE_HEALTH_H
#define STORE_HEALTH_H

#include "store/store.h"

#define STORE_HEALTH_COUNT_MAX 100000 /*!< rows counted; one more means: more */
#define STORE_HEALTH_TEXT 256         /*!< [bytes] with NUL; what is longer is cut */

struct store_server {
    char version[STORE_HEALTH_TEXT];
    char data_directory[STORE_HEALTH_TEXT];
    char sql_mode[STORE_HEALTH_TEXT]; /*!< the server's own; sessions of ours set theirs */
    char server_charset[STORE_HEALTH_TEXT];
    char database_charset[STORE_HEALTH_TEXT];
    uint64_t flush_log; /*!< innodb_flush_log_at_trx_commit */
    bool doublewrite, log_bin;
    uint64_t sync_binlog;
    uint64_t max_connections;
    uint64_t most_connections; /*!< at a time since the server started */
    int64_t now;               /*!< [us] wall, by the server's clock */
};
enum status store_server_look(struct store *s, struct store_server *out_r, struct err *err) MUST_USE;

/* The rights of the user that this store's role logs in as, beside those that
 * sql/users.sql and sql/grants.sql give: "DELETE on ticket, FILE on *.*", or "". */
struct store_rights {
    char missing[STORE_HEALTH_TEXT]; /*!< as many as there is room for */
    char excess[STORE_HEALTH_TEXT];
};
enum status store_rights_look(struct store *s, struct store_rights *out_r, struct err *err) MUST_USE;

struct store_queue {
    uint64_t pending, dead; /*!< events; STORE_HEALTH_COUNT_MAX + 1: more than that */
    uint64_t paused, gone;  /*!< receivers that are paused, URLs switched off */
    int64_t overdue_us;     /*!< how long the first that may be sent has been due; 0: none is */
    int64_t tried_us;       /*!< since the last attempt on any host; CLOCK_NONE: never */
    int64_t ahead_us;       /*!< how long history's partitions still last; CLOCK_NONE: none was made */
};
/* By the database's clock. */
enum status store_queue_look(struct store *s, struct store_queue *out_r, struct err *err) MUST_USE;

#endif
