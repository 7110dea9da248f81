/* Outcome of every fallible function. First error wins; only the api layer
 * maps a status to an HTTP status, only bin/ and admin/ to an exit status. */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

enum status {
    STATUS_OK = 0,
    STATUS_NO_MEMORY,   /*!< an allocation failed, or an arena reached its cap */
    STATUS_TOO_LARGE,   /*!< a named bound was exceeded */
    STATUS_BAD_INPUT,   /*!< malformed as a whole: not JSON, not UTF-8, not base64 */
    STATUS_INVALID,     /*!< well formed, but fields are wrong: see err's fields */
    STATUS_NOT_FOUND,   /*!< no such thing, or another partner's */
    STATUS_EXISTS,      /*!< a unique value is taken */
    STATUS_CONFLICT,    /*!< someone else was first: read again and decide anew */
    STATUS_CLOSED,      /*!< the ticket takes no more changes of this kind */
    STATUS_DENIED,      /*!< not allowed to */
    STATUS_LIMITED,     /*!< over a rate limit */
    STATUS_UNAVAILABLE, /*!< the database cannot be asked now; nothing changed */
    STATUS_UNCERTAIN,   /*!< the outcome of a COMMIT is not known */
    STATUS_IO,          /*!< a system call failed: see err's text */
    STATUS_CONFIG,      /*!< waiting cannot help: configuration, schema, permissions */
    STATUS_INTERNAL,    /*!< a bug or a broken invariant */
    STATUS__MAX
};

/* Stable lower-case word for logs, e.g. "not-found". Never NULL. */
const char *status_name(enum status s);

#define MUST_USE __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

#endif
