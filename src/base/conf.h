/* The one configuration file: `name = value` lines, `#` comments, one typed
 * table of names. The sample file and omnichannel.conf(5) list the same table. */
#ifndef BASE_CONF_H
#define BASE_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include "base/err.h"
#include "base/log.h"
#include "base/sv.h"

#define CONF_LINE_MAX 190           /*!< [bytes] of a line: what inih can hold */
#define CONF_STRING_MAX 190         /*!< [bytes] with NUL */
#define CONF_LIST_MAX 32            /*!< members of a repeated name */
#define CONF_FILE_MAX (256u * 1024) /*!< [bytes] */
#define CONF_DECIMAL_DIGITS 18      /*!< of an amount or a rate */

enum conf_type { CONF_INT, CONF_BOOL, CONF_STRING, CONF_PATH, CONF_DECIMAL, CONF_LIST, CONF_ENUM, CONF_TYPE__MAX };

struct conf_list {
    unsigned n;
    char item[CONF_LIST_MAX][CONF_STRING_MAX];
};

/* Every value in force. Field names are the file's names. Plain memory. */
struct conf {
    /* database */
    char database_socket[CONF_STRING_MAX]; /*!< unix socket; used unless database_host is set */
    char database_host[CONF_STRING_MAX];   /*!< "" = use the socket */
    int64_t database_port;
    char database_tls_ca[CONF_STRING_MAX]; /*!< set: TLS is required and verified */
    char database_name[CONF_STRING_MAX];
    int64_t database_timeout; /*!< [s] 1–2: longest wait for one answer */
    char worker_database_user[CONF_STRING_MAX];
    char worker_database_password_file[CONF_STRING_MAX]; /*!< "" = no password */
    char sender_database_user[CONF_STRING_MAX];
    char sender_database_password_file[CONF_STRING_MAX];
    char admin_database_user[CONF_STRING_MAX];
    char admin_database_password_file[CONF_STRING_MAX];
    /* shared memory */
    char runtime_directory[CONF_STRING_MAX]; /*!< the pool's shared-memory file and sockets */
    char sender_directory[CONF_STRING_MAX];  /*!< where senders listen for workers' pokes */
    int64_t rate_memory;                     /*!< [MiB] for rate-limit windows */
    int64_t requests_together;               /*!< that a worker takes at once */
    /* API */
    char tracking_url_base[CONF_STRING_MAX];
    char priority_high_amount[CONF_STRING_MAX];     /*!< [IDR] decimal */
    char priority_urgent_amount[CONF_STRING_MAX];   /*!< [IDR] decimal */
    char priority_critical_amount[CONF_STRING_MAX]; /*!< [IDR] decimal */
    struct conf_list currency_rate;                 /*!< "USD 15600": IDR for one unit */
    int64_t idempotency_keep;                       /*!< [h] ≥ 24 */
    /* webhooks */
    bool webhook_allow_http;
    struct conf_list webhook_allow_cidr;   /*!< ranges receivers may be in besides public ones */
    char webhook_ports[CONF_STRING_MAX];   /*!< "any" or "443 8443" */
    char webhook_ca_file[CONF_STRING_MAX]; /*!< "" = the system's authorities */
    int64_t webhook_timeout;               /*!< [s] one attempt in all */
    char webhook_retries[CONF_STRING_MAX]; /*!< "5s 5m 30m …": ticket/retry.h reads it */
    int64_t webhook_retry_after_max;       /*!< [h] */
    int64_t webhook_hold;                  /*!< [min] a failing head holds its ticket's later events */
    int64_t webhook_concurrency;           /*!< attempts under way in one sender */
    int64_t webhook_partner_concurrency;   /*!< of these for one partner */
    int64_t webhook_receiver_concurrency;  /*!< of these to one receiver */
    int64_t webhook_pause_max;             /*!< [min] */
    int64_t webhook_keep;                  /*!< [d] history of attempts */
    /* log */
    enum log_level log_level;
    enum log_target log_target;
};

struct conf_row {
    const char *name;
    enum conf_type type;
    size_t offset;            /*!< in struct conf */
    const char *standard;     /*!< default, as the file would say it; lists: "" */
    int64_t min, max;         /*!< CONF_INT: of the value; texts: of their length [bytes] */
    const char *unit;         /*!< "s", "MiB", or "" */
    const char *example;      /*!< CONF_LIST: a member for the sample file; else NULL */
    const char *const *words; /*!< CONF_ENUM: NULL-ended */
    const char *help;         /*!< one or two sentences */
};

extern const struct conf_row conf_table[];
extern const size_t conf_table_n;

void conf_defaults(struct conf *c);
/* What the bounds column says to people: "1 to 2 s", "yes or no", "error, warning …". */
#define CONF_BOUNDS_MAX 128
void conf_bounds(const struct conf_row *row, char out[CONF_BOUNDS_MAX]);
/* Reads a file over the defaults; on error *out_r is untouched and err's text is
 * "FILE:LINE: name: why". Unknown and repeated names (lists excepted), over-long
 * lines, sections, comments after a value and bad values are errors (STATUS_CONFIG);
 * so is a file others may write. */
enum status conf_load(const char *path, struct conf *out_r, struct err *err) MUST_USE;
/* The same from memory, for tests and fuzzing; `name` stands for the path. */
enum status conf_parse(const char *name, struct sv text, struct conf *out_r, struct err *err) MUST_USE;
/* The sample file: every name with help, unit, bounds and default, commented out. */
void conf_print_sample(FILE *out);
/* First line of a password file (without the newline) into out; "" path: "".
 * A file that others can read or write, or an empty first line, is STATUS_CONFIG. */
enum status conf_password(const char *path, char out[CONF_STRING_MAX], struct err *err) MUST_USE;

#endif
