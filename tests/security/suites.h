/* The OWASP API Security Top 10 (2023), a file each, and what the files share. */
#ifndef SECURITY_SUITES_H
#define SECURITY_SUITES_H

#include <stdbool.h>

/* What the documents give a key, as bits: a set of them is an index. */
enum { MAY_CREATE = 1, MAY_READ = 2, MAY_UPDATE = 4, MAY_AGENT = 8, MAY_SETS = 16 };

/* A partner with a ticket, an attachment on it, and keys by their permissions. */
struct tenant {
    char code[64], number[32], attachment[40], reference[64];
    char key[MAY_SETS][128]; /*!< `home` has all but [0], `foreign` MAY_ALL; else "" */
};
extern struct tenant home, foreign;
/* What nobody has: shaped as theirs are. */
extern struct tenant nobody;

#define MAY_ALL (MAY_CREATE | MAY_READ | MAY_UPDATE)
/* "create,read" and so on (static ring). */
const char *permission_words(unsigned set);

/* Everything the database knows of a ticket, its comments, attachments and events,
 * as one number: equal as long as nothing has changed. */
long long fingerprint(const char *number);

#define BODY_OF(more)                                                                                                  \
    "{\"channel\":\"EMAIL\",\"serviceType\":\"INQUIRY\",\"customer\":{\"name\":\"Jane\"},\"ticket\":{\"title\":\"T\"," \
    "\"description\":\"D\"}" more "}"

void init_object_tests(void);
void init_authentication_tests(void);
void init_property_tests(void);
void init_resource_tests(void);
void init_resource_end_tests(void); /* after the others */
void init_function_tests(void);
void init_flow_tests(void);
void init_ssrf_tests(void);
void init_configuration_tests(void);
void init_inventory_tests(void);
void init_consumption_tests(void);

#endif
