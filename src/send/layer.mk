# Claim → deliver → record. The only includer of curl.h.
noinst_LIBRARIES += libsend.a
libsend_a_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
libsend_a_SOURCES = \
	src/send/attempt.c \
	src/send/clerk.c \
	src/send/clerk.h \
	src/send/clerk_internal.h \
	src/send/clerk_work.c \
	src/send/dry_run.c \
	src/send/flight.c \
	src/send/flight.h \
	src/send/headers.c \
	src/send/headers.h \
	src/send/internal.h \
	src/send/job.c \
	src/send/job.h \
	src/send/judge.c \
	src/send/judge.h \
	src/send/outcome.c \
	src/send/pool.c \
	src/send/pool.h \
	src/send/post.c \
	src/send/post.h \
	src/send/resolve.c \
	src/send/resolve.h \
	src/send/sample.c \
	src/send/send.h \
	src/send/sender.c
