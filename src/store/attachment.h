/* Writing attachments ahead of the change they belong to. Private to store/. */
#ifndef STORE_ATTACHMENT_H
#define STORE_ATTACHMENT_H

#include "store/link.h"
#include "ticket/types.h"

/* Opens a transaction, writes records and bytes, and leaves it open for the
 * ticket's own statement to join and commit. seq counts from `first`.
 * LINK_DUPLICATE: they are there already, so an earlier attempt was committed;
 * nothing is open then. */
enum link_result attachment_write(struct store *s, const char *ticket_id, const struct ticket_attachment *files,
                                  unsigned n, uint32_t first) MUST_USE;

#endif
