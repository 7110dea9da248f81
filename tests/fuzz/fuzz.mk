# Every fuzz target, linked with replay.c instead of libFuzzer, is given its
# corpus: what the fuzzer once found stays a test for good.
FUZZ_TARGETS = \
	tests/fuzz/replay-base64 \
	tests/fuzz/replay-conf \
	tests/fuzz/replay-event \
	tests/fuzz/replay-fcgi \
	tests/fuzz/replay-hosts \
	tests/fuzz/replay-json \
	tests/fuzz/replay-peer \
	tests/fuzz/replay-query \
	tests/fuzz/replay-request \
	tests/fuzz/replay-retries \
	tests/fuzz/replay-retryafter \
	tests/fuzz/replay-signature \
	tests/fuzz/replay-url \
	tests/fuzz/replay-url_curl \
	tests/fuzz/replay-verdict
EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/run.sh tests/fuzz/fold.sh tests/fuzz/build.mk tests/fuzz/corpus tests/fuzz/dict
# An api on fakes; with a client and libfcgi's end of a socket besides.
FUZZ_API_SOURCES = tests/fuzz/replay.c tests/fuzz/target.h tests/fuzz/answer.c tests/fuzz/answer.h \
	tests/api/fake.c tests/api/fake.h
FUZZ_SOCKET_SOURCES = $(FUZZ_API_SOURCES) tests/fuzz/socket.c tests/fuzz/socket.h \
	src/bin/fcgi.c src/bin/fcgi.h src/bin/peer.c src/bin/peer.h
FUZZ_API_LIBS = libapi.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(WIRE_LIBS)

tests_fuzz_replay_base64_SOURCES = tests/fuzz/fuzz_base64.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_base64_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_base64_LDADD = libbase.a

tests_fuzz_replay_conf_SOURCES = tests/fuzz/fuzz_conf.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_conf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_conf_LDADD = libbase.a $(INIH_LIBS)

tests_fuzz_replay_event_SOURCES = tests/fuzz/fuzz_event.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_event_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_event_LDADD = libticket.a libwire.a libnet.a libcrypto.a libbase.a $(WIRE_LIBS)

tests_fuzz_replay_fcgi_SOURCES = tests/fuzz/fuzz_fcgi.c $(FUZZ_SOCKET_SOURCES)
tests_fuzz_replay_fcgi_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_fcgi_LDADD = $(FUZZ_API_LIBS) $(FCGI_LIBS)

tests_fuzz_replay_hosts_SOURCES = tests/fuzz/fuzz_hosts.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_hosts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_hosts_LDADD = libnet.a libbase.a

tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_json_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_json_LDADD = libwire.a libcrypto.a libbase.a $(WIRE_LIBS)

tests_fuzz_replay_peer_SOURCES = tests/fuzz/fuzz_peer.c $(FUZZ_SOCKET_SOURCES)
tests_fuzz_replay_peer_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_peer_LDADD = $(FUZZ_API_LIBS) $(FCGI_LIBS)

tests_fuzz_replay_query_SOURCES = tests/fuzz/fuzz_query.c $(FUZZ_API_SOURCES)
tests_fuzz_replay_query_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_query_LDADD = $(FUZZ_API_LIBS)

tests_fuzz_replay_request_SOURCES = tests/fuzz/fuzz_request.c $(FUZZ_API_SOURCES)
tests_fuzz_replay_request_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_request_LDADD = $(FUZZ_API_LIBS)

tests_fuzz_replay_retries_SOURCES = tests/fuzz/fuzz_retries.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_retries_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_retries_LDADD = libticket.a libbase.a $(INIH_LIBS)

tests_fuzz_replay_retryafter_SOURCES = tests/fuzz/fuzz_retryafter.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_retryafter_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_retryafter_LDADD = libnet.a libbase.a

tests_fuzz_replay_signature_SOURCES = tests/fuzz/fuzz_signature.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_signature_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_signature_LDADD = libcrypto.a libbase.a $(CRYPTO_LIBS)

tests_fuzz_replay_url_SOURCES = tests/fuzz/fuzz_url.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_url_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_url_LDADD = libnet.a libbase.a

tests_fuzz_replay_url_curl_SOURCES = tests/fuzz/fuzz_url_curl.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_url_curl_CPPFLAGS = $(TEST_CPPFLAGS) $(CURL_CFLAGS)
tests_fuzz_replay_url_curl_LDADD = libnet.a libbase.a $(CURL_LIBS)

tests_fuzz_replay_verdict_SOURCES = tests/fuzz/fuzz_verdict.c tests/fuzz/replay.c tests/fuzz/target.h \
	src/send/judge.c src/send/judge.h
tests_fuzz_replay_verdict_CPPFLAGS = $(TEST_CPPFLAGS) $(CURL_CFLAGS)
tests_fuzz_replay_verdict_LDADD = libticket.a libnet.a libbase.a $(INIH_LIBS)

# `make fuzz FUZZ_TIME=480`: every target for so many seconds, one after another;
# `make fuzz TARGET=json` one of them, ARGS='-seed=7' libFuzzer's options. It needs
# clang and libclang-rt-14-dev, and builds by itself, whatever this build is
# configured for. What it keeps is in tests/fuzz/found: of a crash, mend the
# cause, add a unit test, and move the input to tests/fuzz/corpus/TARGET.
# `make fuzz-corpus` folds what was found back into the corpus.
fuzz fuzz-corpus:
	@$(MAKE) -f $(srcdir)/tests/fuzz/build.mk SRC='$(abs_srcdir)' $@
.PHONY: fuzz fuzz-corpus
