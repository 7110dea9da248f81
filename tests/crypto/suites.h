/* The topics of this folder. */
#ifndef TESTS_CRYPTO_SUITES_H
#define TESTS_CRYPTO_SUITES_H

void init_hash_tests(void);
void init_id_tests(void);
void init_sign_tests(void);

#endif
