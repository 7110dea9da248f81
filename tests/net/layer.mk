# Unit tests of src/net.
UNIT_TESTS += tests/unit-net
tests_unit_net_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_net_LDADD = libharness.a libnet.a libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(INIH_LIBS)
tests_unit_net_SOURCES = \
	tests/net/main.c \
	tests/net/suites.h \
	tests/net/test_addr.c \
	tests/net/test_hosts.c \
	tests/net/test_public.c \
	tests/net/test_retry_after.c \
	tests/net/test_url.c
