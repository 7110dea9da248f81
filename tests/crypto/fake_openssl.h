/* Makes OpenSSL fail on purpose. */
#ifndef TESTS_CRYPTO_FAKE_OPENSSL_H
#define TESTS_CRYPTO_FAKE_OPENSSL_H

/* Puts our allocator into OpenSSL; before anything else of it. 0 on success. */
int fake_openssl_memory(void);
/* The nth allocation from now (0: the next) and all after it fail. */
void fake_openssl_refuse_from(unsigned n);
void fake_openssl_refuse_none(void);
unsigned fake_openssl_asked(void); /* allocations since the last of the two */

/* RAND_bytes: how many calls still work, and what it then fills in. */
struct fake_random {
    unsigned works;            /*!< calls that succeed; UINT_MAX: all */
    const unsigned char *feed; /*!< bytes to give instead of random ones, or NULL */
    unsigned feed_n;           /*!< [bytes] repeated from the start when used up */
    unsigned fed;              /*!< [bytes] given so far */
};
extern struct fake_random fake_random;
void fake_random_reset(void);

#endif
