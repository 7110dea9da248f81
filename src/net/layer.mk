# Pure: the URL subset, addresses, ranges.
noinst_LIBRARIES += libnet.a
libnet_a_SOURCES = \
	src/net/addr.c \
	src/net/addr.h \
	src/net/retry_after.c \
	src/net/retry_after.h \
	src/net/url.c \
	src/net/url.h
