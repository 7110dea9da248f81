# shellcheck shell=bash
# What the benchmarks share: a stack of their own in a throw-away folder, ended
# with them; figures and how they are printed.
cd "$(dirname "$0")" || exit
# shellcheck disable=SC2034 # for those that read this file, as others below
HERE=$PWD
TREE=$(cd ../.. && pwd)
[ -x "${OMNI_BUILD:?set by make bench}/tests/bench/ceiling" ] || { echo "bench: run it by 'make bench'" >&2; exit 2; }

# A stack more, which is the one in use then; all end with the script.
STACKS=()
begin_stack()
{
    OMNI_VAR=$(mktemp -d /tmp/omni-bench-XXXXXX)
    export OMNI_VAR OMNI_DB_MEMORY=${OMNI_DB_MEMORY:-1G}
    export OMNI_HTTP_PORT=$((${BENCH_HTTP_PORT:=${OMNI_HTTP_PORT:-3902}} + ${#STACKS[@]}))
    export OMNI_HTTPS_PORT=$((${BENCH_HTTPS_PORT:=${OMNI_HTTPS_PORT:-3943}} + ${#STACKS[@]}))
    STACKS+=("$OMNI_VAR")
    trap end_stack EXIT
    OMNI_SENDER=off "$TREE/quickstart" up >"$OMNI_VAR.log" 2>&1 || { cat "$OMNI_VAR.log" >&2; exit 1; }
    rm -f "$OMNI_VAR.log"
    eval "$("$TREE/quickstart" env)"
    "$OMNI_ADMIN" key create --partner PARTNER001 --limit unlimited --quiet | tail -1 >"$OMNI_VAR/tmp/bench-key"
    use_stack "$OMNI_VAR"
    db 'DELETE FROM webhook_job' # the first claim's
}
use_stack() # STATE-FOLDER
{
    OMNI_VAR=$1
    unset OMNI_HTTP_PORT OMNI_HTTPS_PORT
    eval "$("$TREE/quickstart" env)"
    # shellcheck disable=SC2034
    CONF=$OMNI_VAR/etc/omnichannel.conf T=$OMNI_VAR/tmp KEY=$(cat "$OMNI_VAR/tmp/bench-key")
}
end_stack()
{
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    for OMNI_VAR in "${STACKS[@]}"; do
        OMNI_SENDER=off "$TREE/quickstart" down >/dev/null 2>&1 || true
        rm -rf "$OMNI_VAR" "$OMNI_VAR.log"
    done
}

# What could be is measured as it is fastest: with MariaDB and nginx on all
# processors, also when the stack's keep to some (OMNI_DB_CPUS, OMNI_NGINX_CPUS).
processors() { taskset -cp "$1" | sed 's/.*: //'; } # PID
loosely() # COMMAND…
{
    local nginx pid was=()
    if [ "${OMNI_DB_CPUS:-all} ${OMNI_NGINX_CPUS:-all}" = 'all all' ]; then
        "$@"
        return
    fi
    nginx=$(cat "$OMNI_VAR/run/nginx.pid")
    for pid in "$(cat "$OMNI_VAR/run/mariadb.pid")" "$nginx" $(pgrep -P "$nginx"); do
        was+=("$(processors "$pid") $pid")
        taskset -acp "$(processors $$)" "$pid" >/dev/null || true # a thread may have ended meanwhile
    done
    "$@"
    for pid in "${was[@]}"; do taskset -acp "${pid% *}" "${pid#* }" >/dev/null || true; done
}

# ---- Load ----

# PER_SECOND P50 P99 ERRORS of wrk's RESULT line. ERRORS_COUNT=yes: answers that
# are no 2xx are told; else they fail the run.
load() # URL SCRIPT ARG…
{
    local url=$1 script=$2 out
    shift 2
    out=$(wrk -t 2 -c "${CONNECTIONS:-32}" -d "${SECONDS_EACH:?}s" --timeout 10s ${HEADER:+-H "$HEADER"} -s "$HERE/$script" "$url" -- "$@" |
        sed -n 's/^RESULT //p')
    if [ "$(field 4 "$out")" != 0 ] && [ "${ERRORS_COUNT:-no}" != yes ]; then
        echo "bench: answers of $script were errors: ${out#* * * }" >&2
        grep -v 'status=200' "$OMNI_VAR/log/workers.log" | tail -n 5 >&2
        tail -n 3 "$OMNI_VAR/log/nginx-error.log" >&2
        exit 1
    fi
    echo "$out"
}
# The reference's claim, a requestId of its own each.
load_creates() # URL
{
    load "$1/tickets" create.lua "$HERE/claim.json" "$KEY" "bench-$RANDOM$RANDOM"
}
# The most tickets whose numbers follow each other: what was rolled back leaves a hole.
find_range() # sets LOW and HIGH
{
    read -r LOW HIGH < <(db 'SELECT MIN(number), MAX(number) FROM (SELECT number, number - ROW_NUMBER() OVER (ORDER BY number) AS run
        FROM ticket WHERE number >= (SELECT MIN(number) FROM ticket WHERE status = "OPEN")) t GROUP BY run ORDER BY COUNT(*) DESC LIMIT 1')
}
# Spread over the tickets from LOW to HIGH.
load_details() { load "$1" read.lua /api/omnichannel/tickets/ "$LOW" "$HIGH" "$KEY"; }
load_status() { load "$1" read.lua '/api/omnichannel/tickets?ticketNumber=' "$LOW" "$HIGH" "$KEY"; }

# Other work on the machine comes and goes, and what ran before leaves its traces:
# what is compared takes turns, there and back again, and ratios are of one turn.
in_turn() # TURN MEASURE…: functions; every second time from the last to the first
{
    local n=$1 i list
    shift
    list=("$@")
    for ((i = 0; i < $#; i++)); do
        if ((n % 2)); then "${list[$i]}"; else "${list[$# - 1 - i]}"; fi
    done
}

# ---- Figures ----

db() { mariadb --no-defaults -u root -S "$OMNI_DB_SOCKET" -N -B "$OMNI_DB_NAME" -e "$1"; }
field() { cut -d' ' -f"$1" <<<"$2"; }
best() { sort -rn | head -1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
# Of numbers, one a line: MEDIAN LEAST MOST
spread() { sort -g | awk '{ v[NR] = $1 } END { printf "%s %s %s\n", (NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2), v[1], v[NR] }'; }
median() { cut -d' ' -f"$2" "$1" | spread | cut -d' ' -f1; } # FILE FIELD
# A line as `load` prints it, of the medians of a file's lines
medians() { echo "$(median "$1" 1) $(median "$1" 2) $(median "$1" 3)"; }
# Two files' field, turn by turn: MEDIAN LEAST MOST of the ratios
pairs() { paste -d' ' <(cut -d' ' -f"$3" "$1") <(cut -d' ' -f"$3" "$2") | awk '{ printf "%.3f\n", ($2 > 0 ? $1 / $2 : 0) }' | spread; }
# TITLE and a result: PER_SECOND P50 P99
line() { printf '  %-50s %9.0f/s   p50 %7.2f ms   p99 %7.2f ms\n' "$1" "$(field 1 "$2")" "$(field 2 "$2")" "$(field 3 "$2")"; }
# NAME VALUE TARGET…: ratios and other figures beside what is to be reached
against() { printf '  %-60s %9s   to reach %s\n' "$@"; }
# The same, for a ratio of two files' field, turn by turn
against_pairs() # NAME FILE FILE FIELD TARGET
{
    local p
    p=$(pairs "$2" "$3" "$4")
    printf '  %-60s %9.2f   to reach %-12s (turns: %.2f to %.2f)\n' "$1" "$(field 1 "$p")" "$5" "$(field 2 "$p")" "$(field 3 "$p")"
}
say_machine()
{
    echo "machine: $(nproc) cores, $(awk '/MemTotal/{printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg) before"
    db "SELECT CONCAT('MariaDB ', VERSION(), ': buffer pool ', @@innodb_buffer_pool_size DIV 1048576, ' MiB, flush_log_at_trx_commit ', @@innodb_flush_log_at_trx_commit, ', doublewrite ', @@innodb_doublewrite, ', log file ', @@innodb_log_file_size DIV 1048576, ' MiB')"
}
