/* The topics of this folder. */
#ifndef TESTS_NET_SUITES_H
#define TESTS_NET_SUITES_H

void init_addr_tests(void);
void init_hosts_tests(void);
void init_public_tests(void);
void init_retry_after_tests(void);
void init_url_tests(void);

#endif
