#!/bin/sh
# Lines executed a layer, in a build configured with --enable-coverage, after its
# unit tests have run. The pure layers must have 95 %.
pure='base crypto net wire ticket'
least=95

# "EXECUTED LINES" of a layer's own C files.
lines()
{
    find "src/$1" -name '*.gcno' -exec gcov -n {} + 2>/dev/null | awk -v own="src/$1/[^/]*[.]c'" '
        /^File / { mine = $0 ~ own && !seen[$0]++ }
        /^Lines executed:/ && mine { sub(/.*:/, ""); sub(/%/, ""); done += $1 * $3 / 100; all += $3; mine = 0 }
        END { printf "%.0f %d\n", done, all }'
}

status=0
for layer in base crypto net wire ticket store gate desk api admin; do
    # shellcheck disable=SC2046
    set -- $(lines $layer)
    echo "$layer $1 $2" | awk '{ printf "%-8s %6.1f %% of %d lines\n", $1, $3 ? 100 * $2 / $3 : 0, $3 }'
    case " $pure " in
    *" $layer "*)
        if [ "$2" -eq 0 ] || [ $((100 * $1)) -lt $((least * $2)) ]; then
            echo "  less than $least %"
            status=1
        fi
        ;;
    esac
done
exit $status
