# HTTP handlers: no FastCGI, no SQL.
noinst_LIBRARIES += libapi.a
libapi_a_SOURCES = \
	src/api/answer.c \
	src/api/api.c \
	src/api/api.h \
	src/api/attachment.c \
	src/api/body.c \
	src/api/internal.h \
	src/api/list.c \
	src/api/query.c \
	src/api/route.c \
	src/api/status.c \
	src/api/ticket.c \
	src/api/together.c
