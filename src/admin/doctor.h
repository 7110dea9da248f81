/* doctor: looks at all that the stack needs, a line each, and says what to do.
 * Each look is bounded in time. Private to admin/ and its tests. */
#ifndef ADMIN_DOCTOR_H
#define ADMIN_DOCTOR_H

#include "admin/session.h"
#include "store/health.h"

#define DOCTOR_SECONDS_MAX 60 /*!< [s] in all: then the alarm ends the program */
#define DOCTOR_TEXT_MAX 640   /*!< [bytes] of a line, with NUL */

enum doctor_level { DOCTOR_OK, DOCTOR_WARN, DOCTOR_FAIL, DOCTOR_LEVEL__MAX };

/* What is looked at, in this order; the man page lists the same names. */
enum doctor_check {
    DOCTOR_CONFIGURATION,
    DOCTOR_PASSWORD_WORKER,
    DOCTOR_PASSWORD_SENDER,
    DOCTOR_PASSWORD_ADMIN,
    DOCTOR_RUN_DIRECTORY,
    DOCTOR_SENDER_DIRECTORY,
    DOCTOR_USERS,
    DOCTOR_API_SOCKET,
    DOCTOR_POKE_SOCKET,
    DOCTOR_RATE_MEMORY,
    DOCTOR_DATABASE,
    DOCTOR_SCHEMA,
    DOCTOR_GRANTS_WORKER,
    DOCTOR_GRANTS_SENDER,
    DOCTOR_GRANTS_ADMIN,
    DOCTOR_FLUSH_LOG,
    DOCTOR_DOUBLEWRITE,
    DOCTOR_BINARY_LOG,
    DOCTOR_SQL_MODE,
    DOCTOR_CHARSET,
    DOCTOR_CONNECTIONS,
    DOCTOR_DATABASE_CLOCK,
    DOCTOR_WORKERS,
    DOCTOR_SENDER,
    DOCTOR_WEBHOOK_BACKLOG,
    DOCTOR_WEBHOOK_DEAD,
    DOCTOR_WEBHOOK_PAUSED,
    DOCTOR_WEBHOOK_GONE,
    DOCTOR_WEBHOOK_HISTORY,
    DOCTOR_DISK_DATABASE,
    DOCTOR_DISK_RUN,
    DOCTOR_DISK_LOG,
    DOCTOR_CLOCK,
    DOCTOR_CORE_FILES,
    DOCTOR_SOCKET_BACKLOG,
    DOCTOR_CHECK__MAX
};
extern const char *const doctor_check_names[DOCTOR_CHECK__MAX];

struct doctor {
    struct admin *a;
    unsigned n[DOCTOR_LEVEL__MAX];      /*!< lines of each level */
    bool has_password[STORE_ROLE__MAX]; /*!< it can be read, so that we may log in */
    bool has_database, has_schema;
    bool is_local; /*!< the database is on this host, its folder known */
    char data_directory[STORE_HEALTH_TEXT];
    unsigned n_workers, n_senders, n_dump; /*!< processes on this host; those that may write core files */
};

/* One line; what it says ends with what to do, unless all is well. Never a secret. */
void doctor_say(struct doctor *d, enum doctor_check check, enum doctor_level level, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* The session's err, cleared, for the next call. */
struct err *doctor_err(struct doctor *d);
/* A store of this role with a fresh time budget, or NULL: its password cannot be read. The caller frees it. */
struct store *doctor_store(struct doctor *d, enum store_role role);

void doctor_look_at_files(struct doctor *d);
void doctor_look_at_processes(struct doctor *d); /* counts; says nothing */
void doctor_look_at_database(struct doctor *d);
void doctor_look_at_queue(struct doctor *d);
void doctor_look_at_workers(struct doctor *d);
void doctor_look_at_sender(struct doctor *d);
void doctor_look_at_disks(struct doctor *d);
void doctor_look_at_host(struct doctor *d);

/* Judgements of figures alone. */
enum doctor_level doctor_judge_space(uint64_t free_bytes, uint64_t all_bytes);
enum doctor_level doctor_judge_connections(uint64_t max, uint64_t most, uint64_t workers);
enum doctor_level doctor_judge_clocks(int64_t apart_us);
/* [s] "90 s", "15 min", "3 h", "2 d" */
#define DOCTOR_SPAN_SIZE 32
const char *doctor_span(int64_t us, char out[DOCTOR_SPAN_SIZE]);

/* GET /api/omnichannel/health over FastCGI at a unix socket: the answer's HTTP
 * status, or 0 and why_r (static text) when there is none in time. */
int doctor_ask_worker(const char *path, int64_t wait_us, const char **why_r);

#endif
