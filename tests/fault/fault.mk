# `make fault`: the whole stack under load while its servers are killed, stopped,
# cut off, flooded, out of disk space and out of time, and the checker's word on
# it (tests/property/check). FAULT_SECONDS: how long; FAULT_SEED: what happens
# when. `make check` has a short form of it.
check_PROGRAMS += tests/fault/fault.test

tests_fault_fault_test_CPPFLAGS = $(tests_property_random_test_CPPFLAGS)
tests_fault_fault_test_LDADD = $(tests_property_random_test_LDADD)
tests_fault_fault_test_SOURCES = \
	tests/e2e/http.c \
	tests/e2e/http.h \
	tests/e2e/stack.c \
	tests/e2e/stack.h \
	tests/fault/blows.c \
	tests/fault/clocks.c \
	tests/fault/disk.c \
	tests/fault/fault.h \
	tests/fault/flood.c \
	tests/fault/main.c \
	tests/fault/parts.c \
	tests/property/callers.c \
	tests/property/common.c \
	tests/property/facts.c \
	tests/property/run.h \
	tests/property/senders.c

FAULT_TESTS = tests/fault/fault.test
# Compiled by the test where it is needed.
EXTRA_DIST += tests/fault/shim/full.c

# The machine to itself, as the one before it.
tests/fault/fault.log: tests/property/random.log

fault: all tests/fault/fault.test tests/property/check
	PATH="$$PATH:/usr/sbin:/sbin" OMNI_BUILD='$(abs_top_builddir)' CC='$(CC)' \
		FAULT_SECONDS="$${FAULT_SECONDS:-240}" tests/fault/fault.test
.PHONY: fault
