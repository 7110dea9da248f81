# Style is tested like everything else; each check also proves that it can fail.
STYLE_TESTS = \
	tests/style/banned.sh \
	tests/style/format.sh \
	tests/style/layers.sh \
	tests/style/length.sh \
	tests/style/linked.sh \
	tests/style/listed.sh \
	tests/style/shell.sh
EXTRA_DIST += $(STYLE_TESTS) tests/style/lib.sh .clang-format
