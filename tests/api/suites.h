/* The topics of this folder. */
#ifndef TESTS_API_SUITES_H
#define TESTS_API_SUITES_H

void init_route_tests(void);
void init_order_tests(void);
void init_enter_tests(void);
void init_body_tests(void);
void init_write_tests(void);
void init_read_tests(void);
void init_query_tests(void);
void init_list_tests(void);
void init_attachment_tests(void);
void init_memory_tests(void);
void init_together_tests(void);

#endif
