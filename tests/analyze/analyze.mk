# `make analyze`: gcc -fanalyzer, clang-tidy and cppcheck over the sources; fails
# if they say anything. Minutes, so no part of `make check`. Parts of it:
# `make analyze ONLY=cppcheck`, `make analyze FILES=src/wire/json.c`.
ANALYZE_CPPFLAGS = -D_GNU_SOURCE -Isrc -DPACKAGE_VERSION="0" -DSYSCONFDIR="/etc" -DPKGDATADIR="/usr/share" \
	$(MARIADB_CFLAGS) $(JSONC_CFLAGS) $(CURL_CFLAGS)
analyze:
	@SRCDIR='$(srcdir)' ONLY='$(ONLY)' FILES='$(FILES)' ANALYZE_CPPFLAGS='$(ANALYZE_CPPFLAGS)' \
		$(srcdir)/tests/analyze/analyze.sh
EXTRA_DIST += tests/analyze/analyze.sh tests/analyze/cppcheck.txt .clang-tidy src/send/.clang-tidy
.PHONY: analyze
