#include "crypto/fake_openssl.h"

#include <limits.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <stdlib.h>

static unsigned limit = UINT_MAX;
static unsigned asked;

static int granted(void)
{
    return asked++ < limit;
}

static void *ask(size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return granted() ? malloc(n) : NULL;
}

static void *ask_again(void *p, size_t n, const char *file, int line)
{
    (void)file;
    (void)line;
    return granted() ? realloc(p, n) : NULL;
}

static void give_back(void *p, const char *file, int line)
{
    (void)file;
    (void)line;
    free(p);
}

int fake_openssl_memory(void)
{
    return CRYPTO_set_mem_functions(ask, ask_again, give_back) == 1 ? 0 : -1;
}

void fake_openssl_refuse_from(unsigned n)
{
    limit = n;
    asked = 0;
}

void fake_openssl_refuse_none(void)
{
    fake_openssl_refuse_from(UINT_MAX);
}

unsigned fake_openssl_asked(void)
{
    return asked;
}

struct fake_random fake_random = {.works = UINT_MAX};

void fake_random_reset(void)
{
    fake_random = (struct fake_random){.works = UINT_MAX};
}

/* Found by the linker before OpenSSL's. */
int RAND_bytes(unsigned char *buf, int num)
{
    if (fake_random.works == 0)
        return 0;
    if (fake_random.works != UINT_MAX)
        fake_random.works--;
    if (!fake_random.feed)
        return RAND_priv_bytes(buf, num);
    for (int i = 0; i < num; i++)
        buf[i] = fake_random.feed[fake_random.fed++ % fake_random.feed_n];
    return 1;
}
