#!/bin/sh
# Every C file stands in a build fragment: what is not listed is neither built
# nor released.
. "$(dirname "$0")/lib.sh"

offences()
{
    (cd "$1" && find . -name '*.mk' -exec cat {} +) >"$work/listed"
    c_files "$1" src tests | while read -r file; do
        grep -qE "(^|[[:space:]])$file([[:space:]]|\$)" "$work/listed" || echo "$file: in no .mk file"
    done
}

caught "a file that no fragment names" src/base/lost.c </dev/null
echo 'libbase_a_SOURCES = src/base/kept.c src/base/kept.h' | plant src/base/layer.mk
allowed "one that is named" src/base/kept.c </dev/null
clean
finish
