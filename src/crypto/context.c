#include "crypto/context.h"

#include <openssl/core_names.h>
#include <openssl/params.h>
#include <pthread.h>
#include <stdbool.h>

struct contexts {
    EVP_MD_CTX *sha256;
    EVP_MAC_CTX *hmac;
};

static _Thread_local struct contexts kept;
static pthread_key_t thread_end;
static bool has_key;

static void free_contexts(void *c)
{
    struct contexts *contexts = c;
    EVP_MD_CTX_free(contexts->sha256);
    EVP_MAC_CTX_free(contexts->hmac);
    *contexts = (struct contexts){NULL, NULL};
}

static void make_key(void)
{
    has_key = pthread_key_create(&thread_end, free_contexts) == 0;
}

/* They will be freed when the thread ends. */
static bool will_be_freed(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, make_key);
    return has_key && pthread_setspecific(thread_end, &kept) == 0;
}

EVP_MD_CTX *context_sha256(void)
{
    if (kept.sha256)
        return kept.sha256;
    EVP_MD *sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    EVP_MD_CTX *md = sha256 ? EVP_MD_CTX_new() : NULL;
    bool ok = md && EVP_DigestInit_ex2(md, sha256, NULL) == 1 && will_be_freed();
    EVP_MD_free(sha256); /* the context holds on to it */
    if (!ok) {
        EVP_MD_CTX_free(md);
        return NULL;
    }
    return kept.sha256 = md;
}

EVP_MAC_CTX *context_hmac_sha256(void)
{
    char digest[] = "SHA256";
    const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                                 OSSL_PARAM_construct_end()};
    if (kept.hmac)
        return kept.hmac;
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    EVP_MAC_CTX *mac = hmac ? EVP_MAC_CTX_new(hmac) : NULL;
    EVP_MAC_free(hmac); /* as above */
    if (!mac || EVP_MAC_CTX_set_params(mac, params) != 1 || !will_be_freed()) {
        EVP_MAC_CTX_free(mac);
        return NULL;
    }
    return kept.hmac = mac;
}
