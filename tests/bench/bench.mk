# `make bench`: how fast it is, and how fast it could be, in one run. No test:
# nothing here is built or run otherwise.
EXTRA_PROGRAMS = tests/bench/ceiling tests/bench/fixed
CLEANFILES += $(EXTRA_PROGRAMS)

tests_bench_ceiling_SOURCES = tests/bench/ceiling.c
tests_bench_ceiling_CPPFLAGS = $(AM_CPPFLAGS) $(MARIADB_CFLAGS)
tests_bench_ceiling_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_ticket_open
tests_bench_ceiling_LDADD = libdesk.a libstore.a libticket.a libwire.a libnet.a libgate.a libcrypto.a libbase.a $(STORE_LIBS)

tests_bench_fixed_SOURCES = tests/bench/fixed.c
tests_bench_fixed_LDADD = $(FCGI_LIBS)

EXTRA_DIST += \
	tests/bench/claim.json \
	tests/bench/create.lua \
	tests/bench/read.lua \
	tests/bench/run.sh

bench: all $(EXTRA_PROGRAMS)
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/run.sh
.PHONY: bench
