#!/bin/sh
# Runs fuzz targets one after another, and sums up what each reached.
# Usage: run.sh BUILD FOUND SECONDS NAME… [-- LIBFUZZER-OPTION…]
# BUILD holds the programs; below FOUND are what they kept, what made them fall,
# and their logs. Environment: SRCDIR, the tree.
build=$1
found=$2
seconds=$3
shift 3
names=
while [ $# -gt 0 ]; do
    case $1 in
        --)
            shift
            break
            ;;
        *) names="$names $1" ;;
    esac
    shift
done
here=${SRCDIR:-.}/tests/fuzz
# Freed memory is kept from use long enough for one input; more costs most of the time.
export ASAN_OPTIONS="quarantine_size_mb=16${ASAN_OPTIONS:+:$ASAN_OPTIONS}"

# The seeds: a folder of the target's name up to the first `_`.
fuzz() # NAME LIBFUZZER-OPTION…
{
    name=$1
    shift
    mkdir -p "$found/$name"
    dictionary=$here/dict/$name
    [ ! -f "$dictionary" ] || set -- "-dict=$dictionary" "$@"
    "$build/fuzz-$name" -max_total_time="$seconds" -print_final_stats=1 -artifact_prefix="$found/$name-" "$@" \
        "$found/$name" "$here/corpus/${name%%_*}" >"$found/$name.log" 2>&1
}

# libFuzzer's own words, as a row.
sum_up() # NAME EXIT-STATUS
{
    awk -v name="$1" -v status="$2" '
        /inline 8-bit counters/ { for (i = 1; i <= NF; i++) if ($i ~ /^\(/) edges = substr($i, 2) }
        / cov: / { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1) } }
        /^stat::number_of_executed_units/ { runs = $2 }
        /^stat::slowest_unit_time_sec/ { slowest = $2 }
        END { printf "%-12s %12d %8d of %6d %9d %8d s %8s\n", name, runs, cov, edges, ft, slowest,
              status == 0 ? "none" : "SEE LOG" }' "$found/$1.log"
}

mkdir -p "$found" || exit 1
failed=0
printf '%-12s %12s %18s %9s %10s %8s\n' target executions 'edges reached' features 'slowest' crashes
for each in $names; do
    fuzz "$each" "$@"
    status=$?
    sum_up "$each" "$status"
    [ "$status" -eq 0 ] || failed=$((failed + 1))
done
[ "$failed" -eq 0 ] || echo "$failed fell: the input is in $found/NAME-*, the report in $found/NAME.log"
[ "$failed" -eq 0 ]
