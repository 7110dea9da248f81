#!/bin/sh
# What gcc's and clang's analyzers and cppcheck say: nothing, or this fails.
# Exceptions stand where they are needed: NOLINT in the line, cppcheck.txt here,
# .clang-tidy for what is not asked at all, each with its reason.
# Environment: SRCDIR, the tree; ANALYZE_CPPFLAGS, as for the compiler; ONLY, one
# of gcc clang-tidy cppcheck (default: all); FILES, below src (default: all).
cd "${SRCDIR:-.}" || exit 1
files=${FILES:-$(find src -name '*.c' | LC_ALL=C sort)}
jobs=$(nproc)
failed=0

# A tool that is not there has not found the code good.
wanted() # TOOL
{
    [ -z "$ONLY" ] || [ "$ONLY" = "$1" ] || return 1
    command -v "$1" >/dev/null && return 0
    echo "$1: not installed"
    failed=1
    return 1
}

report() # TOOL TEXT
{
    if [ -z "$2" ]; then
        echo "$1: nothing"
        return
    fi
    printf '%s\n' "$2"
    echo "$1: see above"
    failed=1
}

each() # COMMAND…: once for each file, as {}
{
    # shellcheck disable=SC2086
    printf '%s\n' $files | xargs -P "$jobs" -I '{}' "$@"
}

gcc_says()
{
    # shellcheck disable=SC2086
    each gcc -std=c11 $ANALYZE_CPPFLAGS -O1 -fanalyzer -S -o /dev/null '{}' 2>&1 || echo "gcc failed"
}

# It also counts what it does not say.
tidy_says()
{
    # shellcheck disable=SC2086
    { each clang-tidy --quiet '{}' -- -std=c11 $ANALYZE_CPPFLAGS 2>&1 || echo "clang-tidy failed"; } |
        grep -vE '^[0-9]+ warnings? generated\.$|^$'
}

# Of the system's headers it needs only the one whose macros are syntax.
cppcheck_says()
{
    queue=$(echo '#include <sys/queue.h>' | gcc -E - | sed -n 's/^# 1 "\(.*queue\.h\)".*/\1/p' | head -1)
    # shellcheck disable=SC2086
    printf '%s\n' $files | cppcheck --quiet --enable=warning,performance,portability --inline-suppr --std=c11 \
        -j "$jobs" --library=posix --library=gnu --suppressions-list=tests/analyze/cppcheck.txt --include="$queue" \
        -D_GNU_SOURCE -DPACKAGE_VERSION='"0"' -DSYSCONFDIR='"/etc"' -DPKGDATADIR='"/usr/share"' -Isrc --file-list=- 2>&1 ||
        echo "cppcheck failed"
}

if wanted gcc; then report gcc "$(gcc_says)"; fi
if wanted clang-tidy; then report clang-tidy "$(tidy_says)"; fi
if wanted cppcheck; then report cppcheck "$(cppcheck_says)"; fi
exit "$failed"
