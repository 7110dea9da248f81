/* Certificates of the tests' own, good and bad. */
#ifndef HARNESS_CERTS_H
#define HARNESS_CERTS_H

#include <stdbool.h>

struct cert {
    const char *name;     /*!< DIR/NAME.crt and DIR/NAME.key are written, PEM */
    const char *signer;   /*!< name of the one made before that signs it, NULL: itself */
    const char *alt;      /*!< "DNS:localhost,IP:127.0.0.1", NULL: no names: an authority */
    long from_s, until_s; /*!< [s] validity, from now; both 0: from yesterday for a month */
};
bool cert_make(const char *dir, const struct cert *c);

#endif
