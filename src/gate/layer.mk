# Who may come in, and how often.
noinst_LIBRARIES += libgate.a
libgate_a_SOURCES = \
	src/gate/breaker.h \
	src/gate/gate.h \
	src/gate/guess.h \
	src/gate/layout.h \
	src/gate/lock.c \
	src/gate/lock.h \
	src/gate/pool.c \
	src/gate/pool.h \
	src/gate/shared.h \
	src/gate/window.h
