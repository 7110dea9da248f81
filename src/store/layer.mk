# The only includer of mysql.h.
noinst_LIBRARIES += libstore.a
libstore_a_CPPFLAGS = $(AM_CPPFLAGS) $(MARIADB_CFLAGS)
libstore_a_SOURCES = \
	src/store/attachment.c \
	src/store/attachment.h \
	src/store/catalog_store.c \
	src/store/catalog_store.h \
	src/store/connect.c \
	src/store/connect.h \
	src/store/health.c \
	src/store/health.h \
	src/store/hook_admin.c \
	src/store/hook_admin.h \
	src/store/hook_admin_sql.h \
	src/store/hook_claim.c \
	src/store/hook_finish.c \
	src/store/hook_history.c \
	src/store/hook_list.c \
	src/store/hook_row.c \
	src/store/hook_row.h \
	src/store/hook_sql.h \
	src/store/hook_store.h \
	src/store/link.c \
	src/store/link.h \
	src/store/migrate.c \
	src/store/migrate.h \
	src/store/partner_store.c \
	src/store/partner_store.h \
	src/store/row.c \
	src/store/row.h \
	src/store/rows.c \
	src/store/rows.h \
	src/store/split.c \
	src/store/split.h \
	src/store/sql.h \
	src/store/statements.c \
	src/store/statements.h \
	src/store/store.c \
	src/store/store.h \
	src/store/ticket_read.c \
	src/store/ticket_row.c \
	src/store/ticket_row.h \
	src/store/ticket_store.h \
	src/store/ticket_write.c
