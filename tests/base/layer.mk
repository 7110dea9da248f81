# Unit tests of src/base.
UNIT_TESTS += tests/unit-base
tests_unit_base_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_base_LDADD = libharness.a libbase.a $(CUNIT_LIBS) $(INIH_LIBS)
tests_unit_base_SOURCES = \
	tests/base/fake_syslog.c \
	tests/base/fake_syslog.h \
	tests/base/main.c \
	tests/base/refuse.c \
	tests/base/refuse.h \
	tests/base/suites.h \
	tests/base/test_arena.c \
	tests/base/test_base64.c \
	tests/base/test_buf.c \
	tests/base/test_clock.c \
	tests/base/test_conf.c \
	tests/base/test_conf_file.c \
	tests/base/test_err.c \
	tests/base/test_http.c \
	tests/base/test_log.c \
	tests/base/test_num.c \
	tests/base/test_poke.c \
	tests/base/test_status.c \
	tests/base/test_sv.c \
	tests/base/test_utf8.c
