/* The topics of this folder. */
#ifndef TESTS_SEND_SUITES_H
#define TESTS_SEND_SUITES_H

void init_clerk_tests(void);
void init_headers_tests(void);
void init_judge_tests(void);
void init_pool_tests(void);
void init_post_tests(void);
void init_resolve_tests(void);
void init_sample_tests(void);
void init_sender_tests(void);

#endif
