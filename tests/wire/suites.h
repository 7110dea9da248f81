#ifndef TESTS_WIRE_SUITES_H
#define TESTS_WIRE_SUITES_H

void init_escape_tests(void);
void init_gate_tests(void);
void init_refuse_tests(void);
void init_read_tests(void);
void init_base64_tests(void);
void init_raw_tests(void);
void init_memory_tests(void);
void init_writer_tests(void);

#endif
