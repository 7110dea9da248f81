#!/bin/sh
# Sums up what the test programs' logs say: CUnit's summaries, and the last lines
# of scripts. A log that is missing, says nothing, or belongs to a program that
# ended badly counts as a failure.
# Usage: totals.sh LOG…
passed=0
failed=0

# "passed failed" of a log; a failed suite, and an inactive test, are failures.
counts()
{
    awk '
        /^ *suites +[0-9]+ +[0-9]+ +n\/a +[0-9]+ +[0-9]+/ { failed += $5 + $6 }
        /^ *tests +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+ +[0-9]+/ { passed += $4; failed += $5 + $6 }
        /^[0-9]+ passed, [0-9]+ failed$/ { passed += $1; failed += $3 }
        END { print passed + 0, failed + 0 }
    ' "$1" 2>/dev/null || echo 0 0
}

well()
{
    grep -q '^:test-result: PASS' "${1%.log}.trs" 2>/dev/null
}

for log; do
    # shellcheck disable=SC2046
    set -- $(counts "$log")
    if [ "$2" -eq 0 ] && { [ "$1" -eq 0 ] || ! well "$log"; }; then
        set -- "$1" 1
    fi
    if [ "$2" -ne 0 ]; then
        echo "---- $log: $1 passed, $2 failed; what failed, and its last lines:"
        grep -s -A 6 -e FAILED -e '^  broken: ' "$log" | head -n 100
        tail -n 12 "$log"
    fi
    passed=$((passed + $1))
    failed=$((failed + $2))
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
