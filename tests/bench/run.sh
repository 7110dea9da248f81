#!/bin/bash
# How fast the stack is, and how fast its parts could be, in one run on one
# machine: only the ratios mean anything elsewhere. Starts a stack of its own in
# a throw-away folder and ends it; then hooks.sh does the same for webhooks. Needs
# wrk. BENCH_SECONDS: length of a measurement.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
SECONDS_EACH=${BENCH_SECONDS:-6}
CONNECTIONS=32
command -v wrk >/dev/null || { echo "bench: wrk is needed: apt-get install wrk" >&2; exit 2; }
begin_stack

# TITLE and a result: PER_SECOND P50 P99, for ceilings also the connections
line() { printf '  %-46s %9s/s   p50 %7s ms   p99 %7s ms   %s\n' "$1" "$(field 1 "$2")" "$(field 2 "$2")" "$(field 3 "$2")" "${3:+at $(field 4 "$2") connections}"; }

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

# The same bytes from the same nginx and libfcgi, without a database: the pool's
# socket is given to a responder that knows one answer.
fixed() # URL-PATH: PER_SECOND P50 P99
{
    local socket=$OMNI_VAR/run/api.sock out pid
    curl -sf --noproxy '*' -H "X-API-Key: $KEY" "$OMNI_URL$1" -o "$T/fixed.json"
    mv "$socket" "$socket.kept"
    BENCH_BODY=$T/fixed.json spawn-fcgi -n -s "$socket" -M 0600 -b 1024 -- "$(command -v multiwatch)" -f 8 -s TERM -- "$OMNI_BUILD/tests/bench/fixed" >/dev/null 2>&1 &
    pid=$!
    while [ ! -S "$socket" ]; do sleep 0.1; done
    out=$(load "$OMNI_URL" read.lua /api/omnichannel/tickets/ "$LOW" "$HIGH" "$KEY")
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    mv "$socket.kept" "$socket"
    echo "$out"
}

# Other work on the machine comes and goes: what is compared takes turns, as many
# each, and the best of each counts.
turns() # NAME URL-PREFIX
{
    local n
    for n in 8 16 32 16; do
        load "$OMNI_URL" read.lua "/api/omnichannel$2" "$LOW" "$HIGH" "$KEY" >>"$T/$1"
        fixed "$2$HIGH" >>"$T/$1-fixed"
        ceiling "$1" "$n" >>"$T/$1-raw"
    done
}
rss() { for p in $(pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")"); do awk '/^VmRSS/{print $2}' "/proc/$p/status"; done | sort -n | tail -1; }

db 'CREATE TABLE bench_bare (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARBINARY(200) NOT NULL)'

say_machine
echo "$CONNECTIONS connections, ${OMNI_WORKERS:-8} workers, $SECONDS_EACH s each; the load generator runs on the same cores"
idle=$(rss)

LOW=$(db 'SELECT MIN(number) FROM ticket') HIGH=$LOW
echo; echo "creates (the reference's claim, a requestId of its own each, one webhook job):"
creates() { load "$OMNI_URL/tickets" create.lua "$HERE/claim.json" "$KEY" "bench-$RANDOM$RANDOM"; }
for n in 8 16 32 16; do
    creates >>"$T/create"
    ceiling create "$n" >>"$T/create-raw"
    ceiling bare "$n" >>"$T/bare"
done
create_http=$(best <"$T/create")
create_raw=$(best <"$T/create-raw")
bare=$(best <"$T/bare")
line 'through nginx and the workers' "$create_http"
line 'the same statements on the same rows, raw' "$create_raw" best
line 'a bare one-row INSERT a transaction' "$bare" best

LOW=$(db 'SELECT MIN(number) FROM ticket WHERE status = "OPEN"') HIGH=$(db 'SELECT MAX(number) FROM ticket')
echo; echo "reads (spread over tickets $LOW to $HIGH):"
pool=$(cat "$OMNI_VAR/run/workers.pid")
turns details /tickets/
turns status '/tickets?ticketNumber='
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
against 'creates / the same statements raw' "$(ratio "$(field 1 "$create_http")" "$(field 1 "$create_raw")")" 0.40 \
    'creates / bare INSERT' "$(ratio "$(field 1 "$create_http")" "$(field 1 "$bare")")" - \
    'details / nginx and libfcgi with the same bytes' "$(ratio "$(field 1 "$details")" "$(field 1 "$details_fixed")")" 0.35 \
    'status / nginx and libfcgi with the same bytes' "$(ratio "$(field 1 "$status")" "$(field 1 "$status_fixed")")" - \
    'create p99 / raw p99' "$(ratio "$(field 3 "$create_http")" "$(field 3 "$create_raw")")" - \
    'worker RSS idle, MiB' "$(awk -v k="$idle" 'BEGIN { printf "%.1f", k / 1024 }')" '12 at most' \
    'worker RSS after the load, MiB' "$(awk -v k="$(rss)" 'BEGIN { printf "%.1f", k / 1024 }')" -
end_stack
trap - EXIT

echo
"$HERE/hooks.sh"
