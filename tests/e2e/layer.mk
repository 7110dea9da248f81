# The whole stack, started by quickstart with the programs just built.
tests_end_to_end_test_CPPFLAGS = $(TEST_CPPFLAGS) $(JSONC_CFLAGS) $(MARIADB_CFLAGS) $(CURL_CFLAGS) \
	$(SSL_CFLAGS) $(CRYPTO_CFLAGS)
tests_end_to_end_test_LDADD = libharness.a $(CUNIT_LIBS) $(CURL_LIBS) $(JSONC_LIBS) $(MARIADB_LIBS) \
	$(SSL_LIBS) $(CRYPTO_LIBS)
tests_end_to_end_test_SOURCES = \
	tests/e2e/attachment.c \
	tests/e2e/body.c \
	tests/e2e/create.c \
	tests/e2e/doctor.c \
	tests/e2e/fault.c \
	tests/e2e/gate.c \
	tests/e2e/hostile.h \
	tests/e2e/hostile_clients.c \
	tests/e2e/hostile_fcgi.c \
	tests/e2e/hostile_http.c \
	tests/e2e/hostile_load.c \
	tests/e2e/http.c \
	tests/e2e/http.h \
	tests/e2e/idempotency.c \
	tests/e2e/main.c \
	tests/e2e/nginx.c \
	tests/e2e/operate.c \
	tests/e2e/read.c \
	tests/e2e/send_basic.c \
	tests/e2e/send_cron.c \
	tests/e2e/send_fault.c \
	tests/e2e/send_guard.c \
	tests/e2e/send_hostile.c \
	tests/e2e/sending.c \
	tests/e2e/sending.h \
	tests/e2e/stack.c \
	tests/e2e/stack.h \
	tests/e2e/suites.h \
	tests/e2e/tickets.c \
	tests/e2e/together.c \
	tests/e2e/trips.c \
	tests/e2e/update.c \
	tests/e2e/webhook.c
# Compiled by the test that needs it.
EXTRA_DIST += tests/e2e/shim/wallclock.c

# The hostile suites, longer and larger: some minutes, by hand.
bench-hostile: all tests/end-to-end.test
	OMNI_BUILD='$(abs_top_builddir)' OMNI_HOSTILE=heavy tests/end-to-end.test 'e2e hostile'
.PHONY: bench-hostile
