# `make check`: a CUnit program a layer, fuzz targets over their corpora, style
# checks, and the whole stack end to end. `make totals` sums up what they said.
TEST_CPPFLAGS = $(AM_CPPFLAGS) $(CUNIT_CFLAGS) -I$(srcdir)/tests \
	-DTESTS_DIR='"$(abs_top_srcdir)/tests"' -DSRC_TOP='"$(abs_top_srcdir)"'

check_LIBRARIES += libharness.a
libharness_a_CPPFLAGS = $(TEST_CPPFLAGS)
libharness_a_SOURCES = \
	tests/harness/certs.c \
	tests/harness/certs.h \
	tests/harness/cutproxy.c \
	tests/harness/cutproxy.h \
	tests/harness/mariadb.c \
	tests/harness/mariadb.h \
	tests/harness/receiver.c \
	tests/harness/receiver.h \
	tests/harness/receiver_rules.c \
	tests/harness/receiver_rules.h \
	tests/harness/suite.c \
	tests/harness/suite.h

UNIT_TESTS =
include tests/base/layer.mk
include tests/crypto/layer.mk
include tests/net/layer.mk
include tests/wire/layer.mk
include tests/ticket/layer.mk
include tests/store/layer.mk
include tests/gate/layer.mk
include tests/desk/layer.mk
include tests/api/layer.mk
include tests/send/layer.mk
include tests/admin/layer.mk
include tests/bin/layer.mk
include tests/e2e/layer.mk
include tests/property/property.mk
include tests/security/layer.mk
include tests/fault/fault.mk
include tests/fuzz/fuzz.mk
include tests/docs/docs.mk
include tests/style/style.mk
include tests/bench/bench.mk
include tests/analyze/analyze.mk
include tests/soak/soak.mk

check_PROGRAMS += $(UNIT_TESTS) $(FUZZ_TARGETS) tests/end-to-end.test
TESTS += $(UNIT_TESTS) tests/fuzz/replay.sh $(STYLE_TESTS) $(DOC_TESTS) $(PROPERTY_TESTS) $(FAULT_TESTS) tests/end-to-end.test
EXTRA_DIST += tests/totals.sh tests/coverage.sh tests/fixtures

AM_TESTS_ENVIRONMENT = \
	PATH="$$PATH:/usr/sbin:/sbin"; export PATH; \
	CC='$(CC)'; export CC; \
	HEADERS_CFLAGS='$(MARIADB_CFLAGS) $(JSONC_CFLAGS) $(CRYPTO_CFLAGS)'; export HEADERS_CFLAGS; \
	FUZZ_TARGETS='$(FUZZ_TARGETS)'; export FUZZ_TARGETS; \
	SRCDIR='$(abs_top_srcdir)'; export SRCDIR; \
	OMNI_BUILD='$(abs_top_builddir)'; export OMNI_BUILD;
# A test that hangs is ended, and thereby fails.
LOG_COMPILER = timeout -k 10 1200
TEST_LOG_COMPILER = $(LOG_COMPILER)

# Measures time: alone, after the others.
tests/end-to-end.log: $(UNIT_TESTS:=.log) tests/fuzz/replay.sh.log $(STYLE_TESTS:=.log) $(DOC_TESTS:=.log)

programs: all $(check_PROGRAMS)
totals:
	@$(srcdir)/tests/totals.sh $(TEST_LOGS)
check-local: check-TESTS
	@$(MAKE) -s totals

# For a build configured with --enable-coverage.
coverage: programs
	@$(MAKE) -s check-TESTS TESTS='$(UNIT_TESTS)'
	@$(srcdir)/tests/coverage.sh

.PHONY: programs totals coverage
