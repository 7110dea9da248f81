# Unit tests of src/store.
UNIT_TESTS += tests/unit-store
tests_unit_store_CPPFLAGS = $(TEST_CPPFLAGS) $(MARIADB_CFLAGS)
tests_unit_store_LDADD = libharness.a libstore.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(STORE_LIBS)
tests_unit_store_SOURCES = \
	tests/store/hooks.c \
	tests/store/hooks.h \
	tests/store/main.c \
	tests/store/plan.c \
	tests/store/plan.h \
	tests/store/suites.h \
	tests/store/support.c \
	tests/store/support.h \
	tests/store/test_attachment.c \
	tests/store/test_catalog.c \
	tests/store/test_connect.c \
	tests/store/test_down.c \
	tests/store/test_exact.c \
	tests/store/test_explain.c \
	tests/store/test_grants.c \
	tests/store/test_health.c \
	tests/store/test_hook_admin.c \
	tests/store/test_hook_claim.c \
	tests/store/test_hook_explain.c \
	tests/store/test_hook_finish.c \
	tests/store/test_hook_history.c \
	tests/store/test_hook_lost.c \
	tests/store/test_list.c \
	tests/store/test_lost.c \
	tests/store/test_memory.c \
	tests/store/test_migrate.c \
	tests/store/test_open.c \
	tests/store/test_partner.c \
	tests/store/test_race.c \
	tests/store/test_read.c \
	tests/store/test_row.c \
	tests/store/test_schema.c \
	tests/store/test_split.c \
	tests/store/test_together.c \
	tests/store/test_update.c
