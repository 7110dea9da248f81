# What a sysadmin installs: migrations, nginx, units, samples.
sqldir = $(pkgdatadir)/sql
dist_sql_DATA = \
	sql/001-schema.sql \
	sql/002-catalogue.sql \
	sql/grants.sql \
	sql/users.sql

nginxconfdir = $(pkgdatadir)/nginx
dist_nginxconf_DATA = \
	nginx/omnichannel-http.conf \
	nginx/omnichannel-server.conf \
	nginx/omnichannel-tls.conf

dist_man_MANS += \
	doc/man/omnichannel-admin.8 \
	doc/man/omnichannel.conf.5 \
	doc/man/omnichannel.fcgi.8
