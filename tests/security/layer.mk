# The OWASP API Security Top 10 against the whole stack, a file each. It knows the
# product's table of routes, to hold it against the documents'.
check_PROGRAMS += tests/security.test
TESTS += tests/security.test
tests_security_test_CPPFLAGS = $(TEST_CPPFLAGS) $(JSONC_CFLAGS) $(MARIADB_CFLAGS) $(CURL_CFLAGS) \
	$(SSL_CFLAGS) $(CRYPTO_CFLAGS)
tests_security_test_LDADD = libharness.a libapi.a libdesk.a libgate.a libstore.a libticket.a libwire.a libnet.a \
	libcrypto.a libbase.a $(CUNIT_LIBS) $(CURL_LIBS) $(STORE_LIBS) $(SSL_LIBS)
tests_security_test_SOURCES = \
	tests/e2e/http.c \
	tests/e2e/http.h \
	tests/e2e/sending.c \
	tests/e2e/sending.h \
	tests/e2e/stack.c \
	tests/e2e/stack.h \
	tests/e2e/suites.h \
	tests/e2e/tickets.c \
	tests/security/api10_consumption.c \
	tests/security/api1_object.c \
	tests/security/api2_authentication.c \
	tests/security/api3_property.c \
	tests/security/api4_resource.c \
	tests/security/api5_function.c \
	tests/security/api6_flow.c \
	tests/security/api7_ssrf.c \
	tests/security/api8_configuration.c \
	tests/security/api9_inventory.c \
	tests/security/main.c \
	tests/security/routes.c \
	tests/security/routes.h \
	tests/security/suites.h \
	tests/security/wire.c \
	tests/security/wire.h

# The machine to itself, as the ones before it.
tests/security.log: tests/property/random.log
