# `make bench`: how fast it is, and how fast it could be, in one run. No test:
# nothing here is built or run otherwise.
EXTRA_PROGRAMS = tests/bench/barepost tests/bench/ceiling tests/bench/fixed tests/bench/history tests/bench/sink tests/bench/trip \
	tests/bench/upload
CLEANFILES += $(EXTRA_PROGRAMS)

tests_bench_barepost_SOURCES = tests/bench/barepost.c
tests_bench_barepost_CPPFLAGS = $(AM_CPPFLAGS) $(CURL_CFLAGS)
tests_bench_barepost_LDADD = $(CURL_LIBS)

tests_bench_ceiling_SOURCES = tests/bench/ceiling.c
tests_bench_ceiling_CPPFLAGS = $(AM_CPPFLAGS) $(MARIADB_CFLAGS)
tests_bench_ceiling_LDFLAGS = $(AM_LDFLAGS) -Wl,--wrap=store_ticket_open
tests_bench_ceiling_LDADD = libdesk.a libstore.a libticket.a libwire.a libnet.a libgate.a libcrypto.a libbase.a $(STORE_LIBS)

tests_bench_fixed_SOURCES = tests/bench/fixed.c
tests_bench_fixed_LDADD = $(FCGI_LIBS)

tests_bench_history_SOURCES = tests/bench/history.c
tests_bench_history_CPPFLAGS = $(TEST_CPPFLAGS) $(MARIADB_CFLAGS)
tests_bench_history_LDADD = libharness.a libstore.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(STORE_LIBS)

tests_bench_sink_SOURCES = tests/bench/sink.c
tests_bench_sink_CPPFLAGS = $(TEST_CPPFLAGS)
tests_bench_sink_LDADD = libharness.a $(SSL_LIBS) $(CRYPTO_LIBS)

tests_bench_trip_SOURCES = tests/bench/trip.c
tests_bench_trip_CPPFLAGS = $(TEST_CPPFLAGS) $(CURL_CFLAGS)
tests_bench_trip_LDADD = libharness.a $(CURL_LIBS) $(SSL_LIBS) $(CRYPTO_LIBS)

tests_bench_upload_SOURCES = tests/bench/upload.c
tests_bench_upload_CPPFLAGS = $(AM_CPPFLAGS) $(MARIADB_CFLAGS) $(JSONC_CFLAGS)
tests_bench_upload_LDADD = libstore.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(STORE_LIBS)

EXTRA_DIST += \
	tests/bench/attachments.sh \
	tests/bench/claim.json \
	tests/bench/create.lua \
	tests/bench/growth.sh \
	tests/bench/hooks.sh \
	tests/bench/lib.sh \
	tests/bench/pool.sh \
	tests/bench/read.lua \
	tests/bench/run.sh

bench: all libharness.a $(EXTRA_PROGRAMS)
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/run.sh
bench-attachments: all tests/bench/ceiling tests/bench/upload
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/attachments.sh
bench-growth: all tests/bench/ceiling
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/growth.sh
bench-pool: all tests/bench/ceiling
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/pool.sh
bench-hooks: all libharness.a $(EXTRA_PROGRAMS)
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/bench/hooks.sh
# Ten million delivered events behind a claim: some minutes, by hand.
bench-history: libharness.a tests/bench/history
	tests/bench/history
.PHONY: bench bench-attachments bench-growth bench-history bench-hooks bench-pool
