# Unit tests of src/send.
UNIT_TESTS += tests/unit-send
tests_unit_send_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_send_LDADD = libharness.a libsend.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) \
	$(CURL_LIBS) $(SSL_LIBS) $(WIRE_LIBS)
tests_unit_send_SOURCES = \
	tests/send/fake_dns.c \
	tests/send/fake_dns.h \
	tests/send/fake_store.c \
	tests/send/fake_store.h \
	tests/send/main.c \
	tests/send/suites.h \
	tests/send/test_clerk.c \
	tests/send/test_headers.c \
	tests/send/test_judge.c \
	tests/send/test_pool.c \
	tests/send/test_post.c \
	tests/send/test_resolve.c \
	tests/send/test_sample.c \
	tests/send/test_sender.c
