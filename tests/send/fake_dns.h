/* getaddrinfo() in place of the C library's for the whole program: names below
 * "fake" answer as scripted, others as ever. */
#ifndef TESTS_SEND_FAKE_DNS_H
#define TESTS_SEND_FAKE_DNS_H

/* Names, N a number:
 *   NAME.ok.fake       192.0.2.1, 192.0.2.2
 *   NAME.loopback.fake 127.0.0.1
 *   NAME.both.fake     ::1, 127.0.0.1
 *   NAME.mixed.fake    192.0.2.1, then 127.0.0.1 as the last of ten
 *   NAME.many.fake     twenty addresses, 192.0.2.1 and up
 *   NAME.mapped.fake   ::ffff:127.0.0.1
 *   NAME.twice.fake    192.0.2.1 three times
 *   NAME.unix.fake     what is no IP address
 *   NAME.hang.fake     192.0.2.1 once fake_dns_release() is called
 *   NAME.errN.fake     fails with EAI_… N, sign dropped
 *   NAME.onceN.fake    192.0.2.1 the first time since the reset, then as errN
 * Others below "fake": EAI_NONAME. */
void fake_dns_reset(void);
void fake_dns_release(void);
/* Lookups since the reset of names that end so ("": of all). */
unsigned fake_dns_lookups(const char *ending);
/* Lookups that hang now; the most that did at one time. */
unsigned fake_dns_hanging(void);
unsigned fake_dns_most_hanging(void);
/* Waits until just so many hang. */
int fake_dns_wait_hanging(unsigned n, int ms);
/* Lookups whose hints were not: both families, streams, no flags. */
unsigned fake_dns_bad_hints(void);

#endif
