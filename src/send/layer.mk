# Claim → deliver → record. The only includer of curl.h.
noinst_LIBRARIES += libsend.a
libsend_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
libsend_a_SOURCES = \
	src/send/headers.c \
	src/send/headers.h \
	src/send/judge.c \
	src/send/judge.h \
	src/send/pool.c \
	src/send/pool.h \
	src/send/post.h \
	src/send/resolve.h \
	src/send/send.h \
	src/send/sender.c
