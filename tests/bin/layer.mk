# Unit tests of src/bin: requests as nginx passes them on.
UNIT_TESTS += tests/unit-bin
tests_unit_bin_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_bin_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=poll -Wl,--wrap=clock_mono_us
tests_unit_bin_LDADD = libharness.a libcrypto.a libbase.a $(CUNIT_LIBS) $(FCGI_LIBS) $(CRYPTO_LIBS) $(INIH_LIBS)
tests_unit_bin_SOURCES = \
	src/bin/fcgi.c \
	src/bin/fcgi.h \
	src/bin/peer.c \
	src/bin/peer.h \
	tests/bin/main.c \
	tests/bin/suites.h \
	tests/bin/test_fcgi.c \
	tests/bin/test_peer.c \
	tests/bin/test_peer_time.c
