#!/bin/bash
# How fast the stack is, and how fast its parts could be, in one run on one
# machine: only the ratios mean anything elsewhere. Starts a stack of its own in
# a throw-away folder and ends it. Needs wrk. BENCH_SECONDS: length of a measurement.
set -euo pipefail
cd "$(dirname "$0")"
HERE=$PWD
TREE=$(cd ../.. && pwd)
SECONDS_EACH=${BENCH_SECONDS:-6}
CONNECTIONS=32
command -v wrk >/dev/null || { echo "bench: wrk is needed: apt-get install wrk" >&2; exit 2; }
[ -x "${OMNI_BUILD:?set by make bench}/tests/bench/ceiling" ] || { echo "bench: run it by 'make bench'" >&2; exit 2; }

OMNI_VAR=$(mktemp -d /tmp/omni-bench-XXXXXX)
export OMNI_VAR OMNI_HTTP_PORT=${OMNI_HTTP_PORT:-3902} OMNI_HTTPS_PORT=${OMNI_HTTPS_PORT:-3943} OMNI_DB_MEMORY=${OMNI_DB_MEMORY:-1G}
end() { "$TREE/quickstart" down >/dev/null 2>&1 || true; rm -rf "$OMNI_VAR"; }
trap end EXIT
"$TREE/quickstart" up >"$OMNI_VAR.log" 2>&1 || { cat "$OMNI_VAR.log" >&2; exit 1; }
rm -f "$OMNI_VAR.log"
eval "$("$TREE/quickstart" env)"
CONF=$OMNI_VAR/etc/omnichannel.conf

db() { mariadb --no-defaults -u root -S "$OMNI_DB_SOCKET" -N -B "$OMNI_DB_NAME" -e "$1"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
# TITLE and a result: PER_SECOND P50 P99, for ceilings also the connections
line() { printf '  %-46s %9s/s   p50 %7s ms   p99 %7s ms   %s\n' "$1" "$(field 1 "$2")" "$(field 2 "$2")" "$(field 3 "$2")" "${3:+at $(field 4 "$2") connections}"; }
field() { cut -d' ' -f"$1" <<<"$2"; }

# PER_SECOND P50 P99 of wrk's RESULT line; answers that are no 2xx fail the run.
load() # URL SCRIPT ARG…
{
    local url=$1 script=$2 out
    shift 2
    out=$(wrk -t 2 -c "$CONNECTIONS" -d "${SECONDS_EACH}s" --timeout 10s -s "$HERE/$script" "$url" -- "$@" | sed -n 's/^RESULT //p')
    [ "$(field 4 "$out")" = 0 ] || { echo "bench: $(field 4 "$out") answers of $script were errors" >&2; exit 1; }
    echo "$out"
}
ceiling() # MODE CONNECTIONS: PER_SECOND P50 P99 CONNECTIONS
{
    echo "$("$OMNI_BUILD/tests/bench/ceiling" "$CONF" "$1" "$2" "$SECONDS_EACH" "$HERE/claim.json" "$LOW" "$HIGH") $2"
}
best() { sort -rn | head -1; }

# Other work on the machine comes and goes: what is compared takes turns, the best of each counts.
turns() # OUT-HTTP OUT-RAW MODE LOAD…
{
    local http=$1 raw=$2 mode=$3 n
    shift 3
    for n in 8 16 32; do
        load "$@" >>"$http"
        ceiling "$mode" "$n" >>"$raw"
    done
    load "$@" >>"$http"
}
rss() { for p in $(pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")"); do awk '/^VmRSS/{print $2}' "/proc/$p/status"; done | sort -n | tail -1; }

KEY=$("$OMNI_ADMIN" key create --partner PARTNER001 --limit unlimited --quiet | tail -1)
db 'CREATE TABLE bench_bare (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARBINARY(200) NOT NULL)'

echo "machine: $(nproc) cores, $(awk '/MemTotal/{printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg) before"
db "SELECT CONCAT('MariaDB ', VERSION(), ': buffer pool ', @@innodb_buffer_pool_size DIV 1048576, ' MiB, flush_log_at_trx_commit ', @@innodb_flush_log_at_trx_commit, ', doublewrite ', @@innodb_doublewrite, ', log file ', @@innodb_log_file_size DIV 1048576, ' MiB')"
echo "$CONNECTIONS connections, ${OMNI_WORKERS:-8} workers, $SECONDS_EACH s each; the load generator runs on the same cores"
idle=$(rss)

LOW=$(db 'SELECT MIN(number) FROM ticket') HIGH=$LOW
echo; echo "creates (the reference's claim, a requestId of its own each, one webhook job):"
T=$OMNI_VAR/tmp
creates() { load "$OMNI_URL/tickets" create.lua "$HERE/claim.json" "$KEY" "bench-$RANDOM$RANDOM"; }
for n in 8 16 32; do
    creates >>"$T/create"
    ceiling create "$n" >>"$T/create-raw"
    ceiling bare "$n" >>"$T/bare"
done
creates >>"$T/create"
create_http=$(best <"$T/create")
create_raw=$(best <"$T/create-raw")
bare=$(best <"$T/bare")
line 'through nginx and the workers' "$create_http"
line 'the same statements on the same rows, raw' "$create_raw" best
line 'a bare one-row INSERT a transaction' "$bare" best

LOW=$(db 'SELECT MIN(number) FROM ticket WHERE status = "OPEN"') HIGH=$(db 'SELECT MAX(number) FROM ticket')
echo; echo "reads (spread over tickets $LOW to $HIGH):"
turns "$T/details" "$T/details-raw" details "$OMNI_URL" read.lua /api/omnichannel/tickets/ "$LOW" "$HIGH" "$KEY"
turns "$T/status" "$T/status-raw" status "$OMNI_URL" read.lua '/api/omnichannel/tickets?ticketNumber=' "$LOW" "$HIGH" "$KEY"

# The same bytes from the same nginx and libfcgi, without a database: the pool's
# socket is given to a responder that knows one answer.
pool=$(cat "$OMNI_VAR/run/workers.pid")
fixed() # URL-PATH: PER_SECOND P50 P99
{
    local socket=$OMNI_VAR/run/api.sock out pid
    curl -sf --noproxy '*' -H "X-API-Key: $KEY" "$OMNI_URL$1" -o "$OMNI_VAR/tmp/fixed.json"
    mv "$socket" "$socket.kept"
    BENCH_BODY=$OMNI_VAR/tmp/fixed.json spawn-fcgi -n -s "$socket" -M 0600 -b 1024 -- "$(command -v multiwatch)" -f 8 -s TERM -- "$OMNI_BUILD/tests/bench/fixed" >/dev/null 2>&1 &
    pid=$!
    while [ ! -S "$socket" ]; do sleep 0.1; done
    out=$(load "$OMNI_URL" read.lua /api/omnichannel/tickets/ "$LOW" "$HIGH" "$KEY")
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    mv "$socket.kept" "$socket"
    echo "$out"
}
for _ in 1 2; do
    fixed "/tickets/$HIGH" >>"$T/details-fixed"
    fixed "/tickets?ticketNumber=$HIGH" >>"$T/status-fixed"
    load "$OMNI_URL" read.lua /api/omnichannel/tickets/ "$LOW" "$HIGH" "$KEY" >>"$T/details"
    load "$OMNI_URL" read.lua '/api/omnichannel/tickets?ticketNumber=' "$LOW" "$HIGH" "$KEY" >>"$T/status"
done
details=$(best <"$T/details") details_raw=$(best <"$T/details-raw") details_fixed=$(best <"$T/details-fixed")
status=$(best <"$T/status") status_raw=$(best <"$T/status-raw") status_fixed=$(best <"$T/status-fixed")
kill -0 "$pool"
line 'details through nginx and the workers' "$details"
line 'details, raw' "$details_raw" best
line 'nginx and libfcgi, the same bytes, no database' "$details_fixed"
line 'status through nginx and the workers' "$status"
line 'status, raw' "$status_raw" best
line 'nginx and libfcgi, the same bytes, no database' "$status_fixed"

echo; echo "ratios:"
printf '  %-60s %6s   to reach %s\n' \
    'creates / the same statements raw' "$(ratio "$(field 1 "$create_http")" "$(field 1 "$create_raw")")" 0.40 \
    'creates / bare INSERT' "$(ratio "$(field 1 "$create_http")" "$(field 1 "$bare")")" - \
    'details / nginx and libfcgi with the same bytes' "$(ratio "$(field 1 "$details")" "$(field 1 "$details_fixed")")" 0.35 \
    'status / nginx and libfcgi with the same bytes' "$(ratio "$(field 1 "$status")" "$(field 1 "$status_fixed")")" - \
    'create p99 / raw p99' "$(ratio "$(field 3 "$create_http")" "$(field 3 "$create_raw")")" -
printf '  %-60s %6s   to reach %s\n' 'worker RSS idle, MiB' "$(awk -v k="$idle" 'BEGIN { printf "%.1f", k / 1024 }')" '12 at most' \
    'worker RSS after the load, MiB' "$(awk -v k="$(rss)" 'BEGIN { printf "%.1f", k / 1024 }')" -
