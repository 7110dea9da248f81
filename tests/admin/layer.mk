# Unit tests of src/admin.
UNIT_TESTS += tests/unit-admin
tests_unit_admin_CPPFLAGS = $(TEST_CPPFLAGS)
tests_unit_admin_LDADD = libharness.a libadmin.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(CUNIT_LIBS) $(WIRE_LIBS)
tests_unit_admin_SOURCES = \
	tests/admin/fake.c \
	tests/admin/fake.h \
	tests/admin/fake_desk.c \
	tests/admin/fake_health.c \
	tests/admin/fake_hook.c \
	tests/admin/fake_store.c \
	tests/admin/main.c \
	tests/admin/run.c \
	tests/admin/run.h \
	tests/admin/suites.h \
	tests/admin/test_args.c \
	tests/admin/test_catalog.c \
	tests/admin/test_doc.c \
	tests/admin/test_doctor.c \
	tests/admin/test_key.c \
	tests/admin/test_partner.c \
	tests/admin/test_partner_hook.c \
	tests/admin/test_table.c \
	tests/admin/test_ticket.c \
	tests/admin/test_upkeep.c \
	tests/admin/test_value.c \
	tests/admin/test_webhook.c \
	tests/admin/test_webhook_receiver.c \
	tests/admin/test_webhook_verify.c
