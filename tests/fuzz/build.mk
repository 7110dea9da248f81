# What `make fuzz` builds, whatever the tree around it is configured for: every
# target by clang with libFuzzer, ASan and UBSan, in $(BUILD). GNU make's.
SRC = .
BUILD = tests/fuzz/build
FOUND = tests/fuzz/found
FUZZ_TIME = 60
TARGET = $(patsubst $(SRC)/tests/fuzz/fuzz_%.c,%,$(wildcard $(SRC)/tests/fuzz/fuzz_*.c))
CLANG = clang
PACKAGES = libmariadb json-c libcrypto libcurl inih fcgi
SANITIZE = -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
FLAGS = -std=c11 -O1 -g -D_GNU_SOURCE -I$(SRC)/src -I$(SRC)/tests \
	-DPACKAGE_VERSION='"fuzz"' -DSYSCONFDIR='"/etc"' -DPKGDATADIR='"/usr/share"' \
	$(SANITIZE) -fsanitize=fuzzer-no-link $(shell pkg-config --cflags $(PACKAGES))

LAYERS = base crypto net wire ticket api send
LIBRARY = $(patsubst $(SRC)/%.c,$(BUILD)/%.o,$(wildcard $(LAYERS:%=$(SRC)/src/%/*.c)))
# What a target is linked with that is in no library.
ANSWER = $(BUILD)/tests/fuzz/answer.o $(BUILD)/tests/api/fake.o
SOCKET = $(BUILD)/tests/fuzz/socket.o $(BUILD)/src/bin/fcgi.o $(BUILD)/src/bin/peer.o $(ANSWER)
WITH_fcgi = $(SOCKET)
WITH_peer = $(SOCKET)
WITH_query = $(ANSWER)
WITH_request = $(ANSWER)

fuzz: $(TARGET:%=$(BUILD)/fuzz-%)
	@SRCDIR=$(SRC) $(SRC)/tests/fuzz/run.sh $(BUILD) $(FOUND) $(FUZZ_TIME) $(TARGET) -- $(ARGS)
# What adds to the coverage of the corpus, small inputs only.
fuzz-corpus: $(TARGET:%=$(BUILD)/fuzz-%)
	@SRCDIR=$(SRC) $(SRC)/tests/fuzz/fold.sh $(BUILD) $(FOUND) $(TARGET)

.SECONDEXPANSION:
$(TARGET:%=$(BUILD)/fuzz-%): $(BUILD)/fuzz-%: $(BUILD)/tests/fuzz/fuzz_%.o $$(WITH_$$*) $(BUILD)/library.a
	@echo "  FUZZ     $@"
	@$(CLANG) $(SANITIZE) -fsanitize=fuzzer -o $@ $^ -Wl,--as-needed $(shell pkg-config --libs $(PACKAGES)) -lpthread

$(BUILD)/library.a: $(LIBRARY)
	@rm -f $@
	@ar cr $@ $^

$(BUILD)/%.o: $(SRC)/%.c
	@mkdir -p $(@D)
	@$(CLANG) $(FLAGS) -MMD -c -o $@ $<

-include $(wildcard $(BUILD)/*/*/*.d)
.PHONY: fuzz fuzz-corpus
.SECONDARY:
