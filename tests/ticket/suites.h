#ifndef TESTS_TICKET_SUITES_H
#define TESTS_TICKET_SUITES_H

void init_types_tests(void);
void init_rules_tests(void);
void init_formats_tests(void);
void init_required_tests(void);
void init_fields_tests(void);
void init_priority_tests(void);
void init_uploads_tests(void);
void init_change_tests(void);
void init_judge_tests(void);
void init_view_tests(void);
void init_event_tests(void);
void init_examples_tests(void);
void init_memory_tests(void);
void init_retry_tests(void);

#endif
