/* The end-to-end suites and the keys they share. */
#ifndef E2E_SUITES_H
#define E2E_SUITES_H

struct keys {
    char all[128];   /*!< PARTNER001: create, read, update; unlimited */
    char agent[128]; /*!< PARTNER001's desk key; unlimited */
    char other[128]; /*!< another partner's; unlimited */
};
extern struct keys keys;

/* Opens a minimal ticket with `all` and returns its number (static ring). */
const char *open_ticket(void);
/* The same with members added: text inside the top object, e.g. ",\"x\":1". */
const char *open_ticket_with(const char *key, const char *more);

void init_create_tests(void);
void init_body_tests(void);
void init_attachment_tests(void);
void init_idempotency_tests(void);
void init_read_tests(void);
void init_trips_tests(void);
void init_together_tests(void);
void init_update_tests(void);
void init_desk_tests(void);
void init_gate_tests(void);
void init_webhook_tests(void);
void init_nginx_tests(void);
void init_hostile_fcgi_tests(void);
void init_hostile_http_tests(void);
void init_hostile_load_tests(void);
void init_admin_tests(void);
void init_quickstart_tests(void);
void init_fault_tests(void);
void init_send_basic_tests(void);
void init_send_guard_tests(void);
void init_send_hostile_tests(void);
void init_send_fault_tests(void);
void init_send_cron_tests(void);
void init_doctor_tests(void);

#endif
