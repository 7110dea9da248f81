# Unit tests of src/crypto.
UNIT_TESTS += tests/unit-crypto
tests_unit_crypto_CPPFLAGS = $(TEST_CPPFLAGS) $(CRYPTO_CFLAGS)
tests_unit_crypto_LDADD = libharness.a libcrypto.a libbase.a $(CUNIT_LIBS) $(CRYPTO_LIBS) $(INIH_LIBS)
tests_unit_crypto_SOURCES = \
	tests/crypto/fake_openssl.c \
	tests/crypto/fake_openssl.h \
	tests/crypto/main.c \
	tests/crypto/suites.h \
	tests/crypto/test_hash.c \
	tests/crypto/test_id.c \
	tests/crypto/test_sign.c
