# Unit tests of src/desk.
UNIT_TESTS += tests/unit-desk
tests_unit_desk_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_desk_LDADD = libharness.a libdesk.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(WIRE_LIBS)
tests_unit_desk_SOURCES = \
	tests/desk/fake.c \
	tests/desk/fake.h \
	tests/desk/main.c \
	tests/desk/suites.h \
	tests/desk/support.c \
	tests/desk/support.h \
	tests/desk/test_breaker.c \
	tests/desk/test_catalog.c \
	tests/desk/test_job.c \
	tests/desk/test_memory.c \
	tests/desk/test_moves.c \
	tests/desk/test_open.c \
	tests/desk/test_poke.c \
	tests/desk/test_read.c \
	tests/desk/test_together.c \
	tests/desk/test_update.c
