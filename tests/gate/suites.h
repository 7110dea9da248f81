#ifndef GATE_SUITES_H
#define GATE_SUITES_H

void init_shared_tests(void);
void init_window_tests(void);
void init_kill_tests(void);
void init_race_tests(void);
void init_guess_tests(void);
void init_breaker_tests(void);
void init_gate_tests(void);

#endif
