# Unit tests of src/wire.
UNIT_TESTS += tests/unit-wire
tests_unit_wire_CPPFLAGS = $(TEST_CPPFLAGS) $(JSONC_CFLAGS)
tests_unit_wire_LDADD = libharness.a libwire.a libcrypto.a libbase.a $(CUNIT_LIBS) $(WIRE_LIBS)
tests_unit_wire_SOURCES = \
	tests/wire/base64.c \
	tests/wire/escape.c \
	tests/wire/gate.c \
	tests/wire/main.c \
	tests/wire/memory.c \
	tests/wire/opened.c \
	tests/wire/opened.h \
	tests/wire/raw.c \
	tests/wire/read.c \
	tests/wire/refuse.c \
	tests/wire/suites.h \
	tests/wire/writer.c
