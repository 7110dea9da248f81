#include "harness/certs.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 512, DAY = 86400 };

static FILE *file_of(const char *dir, const char *name, const char *end, const char *mode)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s.%s", dir, name, end);
    return fopen(path, mode);
}

static bool extend(X509 *x, X509 *issuer, int nid, const char *value)
{
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, issuer, x, NULL, NULL, 0);
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
    bool ok = e && X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
    return ok;
}

static bool set_up(X509 *x, const struct cert *c, EVP_PKEY *key, X509 *issuer)
{
    static long serial = 1000;
    bool given = c->from_s || c->until_s;
    X509_NAME *name = X509_get_subject_name(x);
    return X509_set_version(x, 2) && ASN1_INTEGER_set(X509_get_serialNumber(x), ++serial) &&
           X509_gmtime_adj(X509_getm_notBefore(x), given ? c->from_s : -DAY) &&
           X509_gmtime_adj(X509_getm_notAfter(x), given ? c->until_s : 30 * DAY) && X509_set_pubkey(x, key) &&
           X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)c->name, -1, -1, 0) &&
           X509_set_issuer_name(x, X509_get_subject_name(issuer)) &&
           extend(x, issuer, NID_basic_constraints, c->alt ? "critical,CA:FALSE" : "critical,CA:TRUE") &&
           (!c->alt || extend(x, issuer, NID_subject_alt_name, c->alt));
}

static bool write_pair(const char *dir, const char *name, X509 *x, EVP_PKEY *key)
{
    FILE *crt = file_of(dir, name, "crt", "w"), *secret = file_of(dir, name, "key", "w");
    bool ok = crt && secret && PEM_write_X509(crt, x) && PEM_write_PrivateKey(secret, key, NULL, NULL, 0, NULL, NULL);
    if (crt && fclose(crt) != 0)
        ok = false;
    if (secret && fclose(secret) != 0)
        ok = false;
    return ok;
}

static void read_pair(const char *dir, const char *name, X509 **x, EVP_PKEY **key)
{
    FILE *crt = file_of(dir, name, "crt", "r"), *secret = file_of(dir, name, "key", "r");
    *x = crt ? PEM_read_X509(crt, NULL, NULL, NULL) : NULL;
    *key = secret ? PEM_read_PrivateKey(secret, NULL, NULL, NULL) : NULL;
    if (crt)
        fclose(crt);
    if (secret)
        fclose(secret);
}

bool cert_make(const char *dir, const struct cert *c)
{
    X509 *x = X509_new(), *issuer = x;
    EVP_PKEY *key = EVP_EC_gen("P-256"), *signer = key;
    if (c->signer)
        read_pair(dir, c->signer, &issuer, &signer);
    bool ok = x && key && issuer && signer && set_up(x, c, key, issuer) && X509_sign(x, signer, EVP_sha256()) &&
              write_pair(dir, c->name, x, key);
    if (c->signer) {
        X509_free(issuer);
        EVP_PKEY_free(signer);
    }
    X509_free(x);
    EVP_PKEY_free(key);
    return ok;
}
