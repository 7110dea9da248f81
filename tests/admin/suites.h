/* The topics of this folder. */
#ifndef TESTS_ADMIN_SUITES_H
#define TESTS_ADMIN_SUITES_H

void init_args_tests(void);
void init_value_tests(void);
void init_table_tests(void);
void init_partner_tests(void);
void init_partner_hook_tests(void);
void init_key_tests(void);
void init_ticket_tests(void);
void init_webhook_tests(void);
void init_webhook_receiver_tests(void);
void init_webhook_verify_tests(void);
void init_catalog_tests(void);
void init_upkeep_tests(void);
void init_doctor_tests(void);
void init_doc_tests(void);

#endif
