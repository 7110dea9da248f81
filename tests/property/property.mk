# What must hold whatever happens: random changes by many clients, receivers that
# fail at random, senders killed and stopped at random, and a checker that shares
# no code with any of it. PROPERTY_SECONDS: how long it stirs; PROPERTY_SEED: what happens.
check_PROGRAMS += tests/property/check tests/property/random.test

tests_property_check_SOURCES = tests/property/check.c

tests_property_random_test_CPPFLAGS = $(TEST_CPPFLAGS) $(JSONC_CFLAGS) $(MARIADB_CFLAGS) $(CURL_CFLAGS)
tests_property_random_test_LDADD = libharness.a $(CUNIT_LIBS) $(CURL_LIBS) $(JSONC_LIBS) $(MARIADB_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)
tests_property_random_test_SOURCES = \
	tests/e2e/http.c \
	tests/e2e/http.h \
	tests/e2e/stack.c \
	tests/e2e/stack.h \
	tests/property/callers.c \
	tests/property/common.c \
	tests/property/facts.c \
	tests/property/main.c \
	tests/property/run.h \
	tests/property/senders.c

PROPERTY_TESTS = tests/property/planted.sh tests/property/random.test
EXTRA_DIST += tests/property/planted.sh

# The machine to itself, as the one before it.
tests/property/random.log: tests/end-to-end.log
