# What a sysadmin installs besides the programs: migrations, nginx's parts,
# units, and samples to copy and edit.
sqldir = $(pkgdatadir)/sql
dist_sql_DATA = \
	sql/001-schema.sql \
	sql/002-catalogue.sql \
	sql/003-webhooks.sql \
	sql/grants.sql \
	sql/users.sql

nginxconfdir = $(pkgdatadir)/nginx
dist_nginxconf_DATA = \
	nginx/omnichannel-http.conf \
	nginx/omnichannel-server.conf \
	nginx/omnichannel-tls.conf

examplesdir = $(pkgdatadir)/examples
dist_examples_DATA = \
	etc/omnichannel.conf \
	etc/omnichannel.logrotate \
	etc/systemd/omnichannel-workers-network.conf
nodist_examples_DATA = \
	etc/omnichannel.cron \
	etc/omnichannel.init \
	nginx/site.conf

systemdunitdir = $(prefix)/lib/systemd/system
nodist_systemdunit_DATA = \
	etc/systemd/omnichannel-sender.service \
	etc/systemd/omnichannel-workers.service
crontab = $(DESTDIR)$(sysconfdir)/cron.d/omnichannel
# The cron file is the sysadmin's once it is there.
install-data-hook:
	$(MKDIR_P) '$(DESTDIR)$(prefix)/lib/sysusers.d' '$(DESTDIR)$(prefix)/lib/tmpfiles.d' '$(DESTDIR)$(sysconfdir)/cron.d'
	test -e '$(crontab)' || $(INSTALL_DATA) etc/omnichannel.cron '$(crontab)'
	$(INSTALL_DATA) $(srcdir)/etc/systemd/omnichannel.sysusers '$(DESTDIR)$(prefix)/lib/sysusers.d/omnichannel.conf'
	$(INSTALL_DATA) $(srcdir)/etc/systemd/omnichannel.tmpfiles '$(DESTDIR)$(prefix)/lib/tmpfiles.d/omnichannel.conf'
uninstall-hook:
	! cmp -s etc/omnichannel.cron '$(crontab)' || rm '$(crontab)'
	rm -f '$(DESTDIR)$(prefix)/lib/sysusers.d/omnichannel.conf' '$(DESTDIR)$(prefix)/lib/tmpfiles.d/omnichannel.conf'

dist_doc_DATA = README ChangeLog COPYING doc/api.md doc/performance.md doc/reliability.md doc/webhooks.md

dist_man_MANS += \
	doc/man/omnichannel-admin.8 \
	doc/man/omnichannel-sender.8 \
	doc/man/omnichannel.conf.5 \
	doc/man/omnichannel.fcgi.8

GENERATED_FROM_IN = $(nodist_examples_DATA) $(nodist_systemdunit_DATA)
CLEANFILES += $(GENERATED_FROM_IN)
EXTRA_DIST += $(GENERATED_FROM_IN:=.in) \
	etc/systemd/omnichannel.sysusers \
	etc/systemd/omnichannel.tmpfiles \
	etc/quickstart/step.sh \
	etc/quickstart/state.sh \
	etc/quickstart/build.sh \
	etc/quickstart/process.sh \
	etc/quickstart/database.sh \
	etc/quickstart/serve.sh \
	etc/quickstart/cron.sh \
	etc/quickstart/ticker \
	.ci/run .gitignore bootstrap quickstart

# Folders are known to make only, not to configure.
$(GENERATED_FROM_IN): Makefile
	$(AM_V_GEN)$(MKDIR_P) $(@D) && sed \
		-e 's|@pkgdatadir[@]|$(pkgdatadir)|g' \
		-e 's|@pkglibexecdir[@]|$(pkglibexecdir)|g' \
		-e 's|@sbindir[@]|$(sbindir)|g' \
		-e 's|@sysconfdir[@]|$(sysconfdir)|g' \
		$(srcdir)/$@.in > $@
etc/omnichannel.cron: $(srcdir)/etc/omnichannel.cron.in
etc/omnichannel.init: $(srcdir)/etc/omnichannel.init.in
nginx/site.conf: $(srcdir)/nginx/site.conf.in
etc/systemd/omnichannel-sender.service: $(srcdir)/etc/systemd/omnichannel-sender.service.in
etc/systemd/omnichannel-workers.service: $(srcdir)/etc/systemd/omnichannel-workers.service.in
