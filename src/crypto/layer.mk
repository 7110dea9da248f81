# The only includer of openssl.
noinst_LIBRARIES += libcrypto.a
libcrypto_a_SOURCES = \
	src/crypto/context.c \
	src/crypto/context.h \
	src/crypto/hash.c \
	src/crypto/hash.h \
	src/crypto/id.c \
	src/crypto/id.h \
	src/crypto/sign.c \
	src/crypto/sign.h
