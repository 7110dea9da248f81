# `make soak`: a million requests of all kinds; what grows is found. By hand.
EXTRA_DIST += \
	tests/soak/mixed.lua \
	tests/soak/soak.sh

soak: all libharness.a tests/bench/ceiling tests/bench/sink
	OMNI_BUILD='$(abs_top_builddir)' $(srcdir)/tests/soak/soak.sh
.PHONY: soak
