/* The topics of this folder. */
#ifndef TESTS_DESK_SUITES_H
#define TESTS_DESK_SUITES_H

void init_open_tests(void);
void init_update_tests(void);
void init_moves_tests(void);
void init_read_tests(void);
void init_catalog_tests(void);
void init_breaker_tests(void);
void init_job_tests(void);
void init_memory_tests(void);
void init_poke_tests(void);
void init_together_tests(void);

#endif
