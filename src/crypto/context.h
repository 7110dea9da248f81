/* OpenSSL's contexts, kept by each thread until it ends: to find an algorithm
 * and make a context takes longer than to hash a short text. For this layer only. */
#ifndef CRYPTO_CONTEXT_H
#define CRYPTO_CONTEXT_H

#include <openssl/evp.h>

/* The thread's own, of SHA-256 and of HMAC with it, in whatever state the last
 * use left them: each use begins anew. NULL: OpenSSL has no memory, or lacks them. */
EVP_MD_CTX *context_sha256(void);
EVP_MAC_CTX *context_hmac_sha256(void);

#endif
