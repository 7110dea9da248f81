/* The topics of this folder. */
#ifndef TESTS_BASE_SUITES_H
#define TESTS_BASE_SUITES_H

void init_status_tests(void);
void init_sv_tests(void);
void init_utf8_tests(void);
void init_num_tests(void);
void init_base64_tests(void);
void init_buf_tests(void);
void init_arena_tests(void);
void init_err_tests(void);
void init_clock_tests(void);
void init_log_tests(void);
void init_conf_tests(void);
void init_conf_file_tests(void);
void init_http_tests(void);
void init_poke_tests(void);

#endif
