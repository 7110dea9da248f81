# Who may come in, and how often.
noinst_LIBRARIES += libgate.a
libgate_a_SOURCES = \
	src/gate/breaker.c \
	src/gate/breaker.h \
	src/gate/cache.c \
	src/gate/cache.h \
	src/gate/gate.c \
	src/gate/gate.h \
	src/gate/guess.c \
	src/gate/guess.h \
	src/gate/layout.h \
	src/gate/lock.c \
	src/gate/lock.h \
	src/gate/pool.c \
	src/gate/pool.h \
	src/gate/shared.c \
	src/gate/shared.h \
	src/gate/table.c \
	src/gate/table.h \
	src/gate/window.c \
	src/gate/window.h
