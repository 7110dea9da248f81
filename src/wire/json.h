/* JSON in: the strict gate (RFC 8259 to the letter) and typed reading that
 * knows where it is. Wraps json-c; no json-c type leaks from here.
 *
 * The gate compacts the body in place (insignificant white space removed), so
 * its text can be hashed and cut from, and hands json-c a skeleton in which
 * all numbers and all but short strings are replaced by markers that no valid
 * body can contain (they start with U+0000): digits stay exactly as sent, and a
 * 10 MiB attachment is never copied. Members whose name takes more than 128
 * bytes as sent are checked but cannot be read; the API has none. */
#ifndef WIRE_JSON_H
#define WIRE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/err.h"
#include "base/sv.h"

#define WIRE_DEPTH_MAX 24       /*!< CONTRACT §2; the top object is 1 */
#define WIRE_SCOPES_MAX 32768   /*!< objects and lists in one body: as many as 64 KiB of metadata can have, and more */
#define WIRE_VALUES_MAX 100000  /*!< values and member names in one body */
#define WIRE_LONG_STRING 131072 /*!< [bytes] as sent; longer ones are over any limit (> 10,000 code points × 12) */

struct wire_doc; /* owned by the caller: wire_free */

/* Takes body[0..n) over for the document's lifetime and changes it. Refuses
 * what RFC 8259 or the contract refuses: invalid UTF-8, a BOM, U+0000, lone
 * surrogates, raw controls, duplicate names (after unescaping), depth, trailing
 * bytes, anything but an object at the top. Then STATUS_BAD_INPUT, err's text
 * is "Invalid JSON" and its field "body" says what and at which byte offset of
 * the body as sent. Else STATUS_NO_MEMORY; STATUS_TOO_LARGE past 1 GiB;
 * STATUS_INTERNAL when json-c and the gate disagree. Memory beyond the body:
 * usually a few KiB; the bounds above keep the worst under 50 MiB. */
enum status wire_parse(struct arena *a, char *body, size_t n, struct wire_doc **doc_r, struct err *err) MUST_USE;
void wire_free(struct wire_doc **doc); /* nulls; NULL is a no-op. Before the arena is reset. */

/* The compacted text: equal for bodies equal but for insignificant white space.
 * Hash it before the first wire_base64, which overwrites the string it decodes
 * (wire_raw finds its member all the same). */
struct sv wire_text(const struct wire_doc *doc);
/* The compact text of top.outer.inner, exactly as sent but for white space;
 * absent when either is missing, or outer is not an object. `null` is "null". */
struct sv wire_raw(const struct wire_doc *doc, const char *outer, const char *inner);

/* A place in the document. */
enum wire_state { WIRE_ABSENT, WIRE_PRESENT, WIRE_BAD };
struct wire_node {
    const struct wire_doc *doc;
    void *value;             /*!< wire's own */
    enum wire_state state;   /*!< BAD: wrong type, already reported; reads below it are silent */
    char path[ERR_PATH_MAX]; /*!< "" at the top, "customer", "attachments[1]" */
};

struct wire_node wire_top(const struct wire_doc *doc);

/* All readers: a missing member, null, or a parent that is absent gives
 * "absent" (SV_NONE, false, …); a wrong type adds "<Label> must be a string"
 * (… a number, true or false, an object, a list) under the dotted path and gives
 * absent too. Out of memory sets STATUS_NO_MEMORY and gives absent.
 * Views live as long as the document and its arena. */
struct wire_node wire_object(const struct wire_node *at, const char *name, struct err *err);
struct wire_node wire_list(const struct wire_node *at, const char *name, struct err *err);
size_t wire_list_n(const struct wire_node *list);
/* Must be an object; null, or past the end: absent. */
struct wire_node wire_item(const struct wire_node *list, size_t i, struct err *err);

enum wire_need { WIRE_OPTIONAL, WIRE_REQUIRED };
/* A string of at most `max` code points ("<Label> must be at most N characters");
 * `max` itself at most WIRE_LONG_STRING / 12.
 * Blank counts as missing: absent, and when required "<Label> is required". */
struct sv wire_string(const struct wire_node *at, const char *name, enum wire_need need, size_t max, struct err *err);
/* As wire_string, but "" and blanks are values too, given as they were sent. */
struct sv wire_text_value(const struct wire_node *at, const char *name, enum wire_need need, size_t max,
                          struct err *err);
/* A number's text exactly as sent. */
struct sv wire_number(const struct wire_node *at, const char *name, enum wire_need need, struct err *err);
bool wire_bool(const struct wire_node *at, const char *name, bool standard, struct err *err);
/* Decodes base64 or base64url (in place for long strings, into the arena given
 * to wire_parse otherwise): view of the decoded bytes. "" is present and empty.
 * Not base64: "Invalid <label> format". Once for a member: what is decoded in
 * place is no string any more. */
struct sv wire_base64(const struct wire_node *at, const char *name, enum wire_need need, struct err *err);
/* Whether the member is there at all and not null, of whatever type. */
bool wire_has(const struct wire_node *at, const char *name);
bool wire_is_null(const struct wire_node *at, const char *name); /* present and null */

/* Adds a field error under at's path + name ("" for the place itself), unless
 * the place is BAD: that stands reported already. */
void wire_fail(const struct wire_node *at, const char *name, struct err *err, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* "Invalid <label> format" under at's path + name. */
void wire_fail_format(const struct wire_node *at, const char *name, struct err *err);
/* "claimAmount" → "Claim amount". Cuts at the room given. */
void wire_label(const char *name, char *out, size_t size);

#endif
