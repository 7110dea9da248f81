# Every fuzz target, linked with replay.c instead of libFuzzer, is given its
# corpus: what the fuzzer once found stays a test for good.
FUZZ_TARGETS = \
	tests/fuzz/replay-base64 \
	tests/fuzz/replay-conf \
	tests/fuzz/replay-event \
	tests/fuzz/replay-hosts \
	tests/fuzz/replay-json \
	tests/fuzz/replay-request \
	tests/fuzz/replay-retries \
	tests/fuzz/replay-retryafter \
	tests/fuzz/replay-signature \
	tests/fuzz/replay-url \
	tests/fuzz/replay-url_curl
EXTRA_DIST += tests/fuzz/replay.sh tests/fuzz/corpus

tests_fuzz_replay_base64_SOURCES = tests/fuzz/fuzz_base64.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_base64_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_base64_LDADD = libbase.a

tests_fuzz_replay_conf_SOURCES = tests/fuzz/fuzz_conf.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_conf_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_conf_LDADD = libbase.a $(INIH_LIBS)

tests_fuzz_replay_event_SOURCES = tests/fuzz/fuzz_event.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_event_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_event_LDADD = libticket.a libwire.a libnet.a libcrypto.a libbase.a $(WIRE_LIBS)

tests_fuzz_replay_hosts_SOURCES = tests/fuzz/fuzz_hosts.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_hosts_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_hosts_LDADD = libnet.a libbase.a

tests_fuzz_replay_json_SOURCES = tests/fuzz/fuzz_json.c tests/fuzz/replay.c tests/fuzz/target.h
tests_fuzz_replay_json_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_json_LDADD = libwire.a libcrypto.a libbase.a $(WIRE_LIBS)

tests_fuzz_replay_request_SOURCES = tests/fuzz/fuzz_request.c tests/fuzz/replay.c tests/fuzz/target.h tests/api/fake.c tests/api/fake.h
tests_fuzz_replay_request_CPPFLAGS = $(TEST_CPPFLAGS)
tests_fuzz_replay_request_LDADD = libapi.a libticket.a libwire.a libnet.a libcrypto.a libbase.a $(WIRE_LIBS)

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

# `make fuzz TARGET=json ARGS=-max_total_time=600`, in a build configured with
#   CC=clang --with-sanitizer=fuzzer-no-link,address,undefined
fuzz: tests/fuzz/replay-$(TARGET)
	objects=`ls tests/*/*replay_$(TARGET)-*.o | grep -v -e '-replay[.]o'` && \
	$(CCLD) $(AM_CFLAGS) $(CFLAGS) $(AM_LDFLAGS) -fsanitize=fuzzer -o tests/fuzz/fuzz-$(TARGET) $$objects \
		$(tests_fuzz_replay_request_LDADD) $(CURL_LIBS)
	$(MKDIR_P) tests/fuzz/found
	tests/fuzz/fuzz-$(TARGET) -artifact_prefix=tests/fuzz/found/ $(ARGS) tests/fuzz/found \
		$(srcdir)/tests/fuzz/corpus/`echo $(TARGET) | sed 's/_.*//'`
.PHONY: fuzz
