# The lowest layer: status, text, memory, numbers, clock, log, configuration.
noinst_LIBRARIES += libbase.a
libbase_a_SOURCES = \
	src/base/arena.c \
	src/base/arena.h \
	src/base/base64.c \
	src/base/base64.h \
	src/base/buf.c \
	src/base/buf.h \
	src/base/clock.c \
	src/base/clock.h \
	src/base/conf.c \
	src/base/conf.h \
	src/base/conf_file.c \
	src/base/conf_sample.c \
	src/base/conf_table.c \
	src/base/err.c \
	src/base/err.h \
	src/base/http.c \
	src/base/http.h \
	src/base/log.c \
	src/base/log.h \
	src/base/num.c \
	src/base/num.h \
	src/base/poke.c \
	src/base/poke.h \
	src/base/status.c \
	src/base/status.h \
	src/base/sv.c \
	src/base/sv.h \
	src/base/utf8.c \
	src/base/utf8.h
