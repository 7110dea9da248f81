#ifndef STORE_SUITES_H
#define STORE_SUITES_H

void init_row_tests(void);
void init_split_tests(void);
void init_schema_tests(void);
void init_migrate_tests(void);
void init_connect_tests(void);
void init_grants_tests(void);
void init_partner_tests(void);
void init_catalog_tests(void);
void init_hook_admin_tests(void);
void init_hook_claim_tests(void);
void init_hook_explain_tests(void);
void init_health_tests(void);
void init_hook_finish_tests(void);
void init_hook_history_tests(void);
void init_hook_lost_tests(void);
void init_open_tests(void);
void init_update_tests(void);
void init_read_tests(void);
void init_list_tests(void);
void init_attachment_tests(void);
void init_exact_tests(void);
void init_memory_tests(void);
void init_race_tests(void);
void init_together_tests(void);
void init_lost_tests(void);
void init_down_tests(void);
void init_explain_tests(void);

#endif
