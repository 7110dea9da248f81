# The admin program's command rows.
noinst_LIBRARIES += libadmin.a
libadmin_a_SOURCES = \
	src/admin/admin.c \
	src/admin/admin.h \
	src/admin/args.c \
	src/admin/args.h \
	src/admin/branch.c \
	src/admin/command.c \
	src/admin/command.h \
	src/admin/config.c \
	src/admin/doctor.c \
	src/admin/doctor.h \
	src/admin/doctor_database.c \
	src/admin/doctor_files.c \
	src/admin/doctor_host.c \
	src/admin/doctor_worker.c \
	src/admin/help.c \
	src/admin/help.h \
	src/admin/key.c \
	src/admin/list.c \
	src/admin/list.h \
	src/admin/partner.c \
	src/admin/partner.h \
	src/admin/partner_secret.c \
	src/admin/partner_set.c \
	src/admin/put.c \
	src/admin/put.h \
	src/admin/service.c \
	src/admin/session.c \
	src/admin/session.h \
	src/admin/table.c \
	src/admin/table.h \
	src/admin/ticket.c \
	src/admin/ticket_desk.c \
	src/admin/ticket_desk.h \
	src/admin/upkeep.c \
	src/admin/value.c \
	src/admin/value.h \
	src/admin/webhook.c \
	src/admin/webhook.h \
	src/admin/webhook_act.c \
	src/admin/webhook_list.c \
	src/admin/webhook_receiver.c \
	src/admin/webhook_test.c \
	src/admin/webhook_verify.c
