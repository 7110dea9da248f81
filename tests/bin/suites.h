/* The topics of this folder. */
#ifndef TESTS_BIN_SUITES_H
#define TESTS_BIN_SUITES_H

void init_fcgi_tests(void);
void init_peer_tests(void);
void init_peer_time_tests(void);

#endif
