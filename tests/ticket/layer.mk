# Unit tests of src/ticket.
UNIT_TESTS += tests/unit-ticket
tests_unit_ticket_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_ticket_LDADD = libharness.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(WIRE_LIBS)
tests_unit_ticket_SOURCES = \
	tests/ticket/main.c \
	tests/ticket/suites.h \
	tests/ticket/support.c \
	tests/ticket/support.h \
	tests/ticket/test_change.c \
	tests/ticket/test_event.c \
	tests/ticket/test_examples.c \
	tests/ticket/test_fields.c \
	tests/ticket/test_formats.c \
	tests/ticket/test_judge.c \
	tests/ticket/test_memory.c \
	tests/ticket/test_priority.c \
	tests/ticket/test_required.c \
	tests/ticket/test_retry.c \
	tests/ticket/test_rules.c \
	tests/ticket/test_types.c \
	tests/ticket/test_uploads.c \
	tests/ticket/test_view.c
