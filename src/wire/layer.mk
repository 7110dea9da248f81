# The only includer of json-c.
noinst_LIBRARIES += libwire.a
libwire_a_CPPFLAGS = $(AM_CPPFLAGS) $(JSONC_CFLAGS)
libwire_a_SOURCES = \
	src/wire/escape.c \
	src/wire/escape.h \
	src/wire/json.c \
	src/wire/json.h \
	src/wire/scan.c \
	src/wire/scan.h \
	src/wire/skim.c \
	src/wire/skim.h \
	src/wire/writer.c \
	src/wire/writer.h
