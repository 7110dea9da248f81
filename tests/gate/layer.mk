# Unit tests of src/gate.
UNIT_TESTS += tests/unit-gate
tests_unit_gate_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_gate_LDADD = libharness.a libgate.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(INIH_LIBS)
tests_unit_gate_SOURCES = \
	tests/gate/breaker_test.c \
	tests/gate/fake_store.c \
	tests/gate/fake_store.h \
	tests/gate/gate_test.c \
	tests/gate/guess_test.c \
	tests/gate/kill_test.c \
	tests/gate/main.c \
	tests/gate/race_test.c \
	tests/gate/shared_test.c \
	tests/gate/suites.h \
	tests/gate/support.c \
	tests/gate/support.h \
	tests/gate/window_test.c
