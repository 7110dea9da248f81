#!/bin/sh
# Folds what fuzzing found back into the corpora: of each target, the inputs that
# reach an edge which the corpus does not.
# Usage: fold.sh BUILD FOUND NAME…   Environment: SRCDIR, the tree.
build=$1
found=$2
shift 2
for name in "$@"; do
    corpus=${SRCDIR:-.}/tests/fuzz/corpus/${name%%_*}
    [ -d "$found/$name" ] || continue
    before=$(find "$corpus" -type f | wc -l)
    # Without counters a loop's rounds do not make an input a new one.
    "$build/fuzz-$name" -merge=1 -use_counters=0 -max_len=4096 "$corpus" "$found/$name" >"$found/$name.fold.log" 2>&1 || exit 1
    after=$(find "$corpus" -type f | wc -l)
    printf '%-12s %4d inputs, %3d new, %s\n' "$name" "$after" "$((after - before))" "$(du -sh --apparent-size "$corpus" | cut -f1)"
done
