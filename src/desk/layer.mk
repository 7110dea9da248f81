# The use cases that api and admin share.
noinst_LIBRARIES += libdesk.a
libdesk_a_SOURCES = \
	src/desk/catalog.c \
	src/desk/desk.c \
	src/desk/desk.h \
	src/desk/internal.h \
	src/desk/job.c \
	src/desk/open.c \
	src/desk/read.c \
	src/desk/update.c
