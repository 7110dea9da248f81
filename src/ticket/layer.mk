# The domain, pure.
noinst_LIBRARIES += libticket.a
libticket_a_SOURCES = \
	src/ticket/change.c \
	src/ticket/change.h \
	src/ticket/draft.c \
	src/ticket/draft.h \
	src/ticket/formats.c \
	src/ticket/formats.h \
	src/ticket/retry.c \
	src/ticket/retry.h \
	src/ticket/rules.c \
	src/ticket/rules.h \
	src/ticket/types.c \
	src/ticket/types.h \
	src/ticket/uploads.c \
	src/ticket/view.c \
	src/ticket/view.h \
	src/ticket/words.c \
	src/ticket/words.h
