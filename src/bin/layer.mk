# The programs: mains, a screen each. The only includer of fcgiapp.h.
pkglibexec_PROGRAMS += omnichannel.fcgi
omnichannel_fcgi_SOURCES = src/bin/worker.c src/bin/fcgi.c src/bin/fcgi.h src/bin/peer.c src/bin/peer.h
omnichannel_fcgi_LDADD = libapi.a libdesk.a libgate.a libstore.a libticket.a libwire.a libnet.a libcrypto.a libbase.a \
	$(FCGI_LIBS) $(STORE_LIBS)

sbin_PROGRAMS += omnichannel-admin
omnichannel_admin_SOURCES = src/bin/admin.c
omnichannel_admin_LDADD = libadmin.a libsend.a libdesk.a libgate.a libstore.a libticket.a libwire.a libnet.a libcrypto.a \
	libbase.a $(CURL_LIBS) $(STORE_LIBS)

sbin_PROGRAMS += omnichannel-sender
omnichannel_sender_SOURCES = src/bin/sender.c
omnichannel_sender_LDADD = libsend.a libstore.a libticket.a libwire.a libnet.a libcrypto.a libbase.a \
	$(CURL_LIBS) $(STORE_LIBS)
