# Unit tests of src/api.
UNIT_TESTS += tests/unit-api
tests_unit_api_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_api_LDADD = libharness.a libapi.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(WIRE_LIBS)
tests_unit_api_SOURCES = \
	tests/api/fake.c \
	tests/api/fake.h \
	tests/api/main.c \
	tests/api/suites.h \
	tests/api/support.c \
	tests/api/support.h \
	tests/api/test_attachment.c \
	tests/api/test_body.c \
	tests/api/test_enter.c \
	tests/api/test_list.c \
	tests/api/test_memory.c \
	tests/api/test_order.c \
	tests/api/test_query.c \
	tests/api/test_read.c \
	tests/api/test_route.c \
	tests/api/test_together.c \
	tests/api/test_write.c
