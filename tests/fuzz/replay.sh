#!/bin/sh
# Runs each replay program, named by FUZZ_TARGETS, over its corpus: the folder
# of its name up to the first `_`.
passed=0
failed=0
for program in $FUZZ_TARGETS; do
    name=${program##*/replay-}
    if "./$program" "${SRCDIR:-.}/tests/fuzz/corpus/${name%%_*}"; then
        passed=$((passed + 1))
    else
        echo "FAILED: $name"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
