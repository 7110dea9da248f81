#!/bin/bash
# How fast the stack is, and how fast its parts could be, in one run on one
# machine: only the ratios mean anything elsewhere. Starts a stack of its own in
# a throw-away folder and ends it; then hooks.sh does the same for webhooks. Needs
# wrk.
#   BENCH_SECONDS  length of a measurement   (4)
#   BENCH_TURNS    turns of what is compared (5)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
SECONDS_EACH=${BENCH_SECONDS:-4} TURNS=${BENCH_TURNS:-5}
CONNECTIONS=32
command -v wrk >/dev/null || { echo "bench: wrk is needed: apt-get install wrk" >&2; exit 2; }
begin_stack
WORKERS=$(pgrep -c -P "$(cat "$OMNI_VAR/run/workers.pid")")

ceiling() # MODE CONNECTIONS: PER_SECOND P50 P99
{
    "$OMNI_BUILD/tests/bench/ceiling" "$CONF" "$1" "$2" "$SECONDS_EACH" "$HERE/claim.json" "$LOW" "$HIGH"
}

# The same bytes from the same nginx and libfcgi, without a database: the pool's
# socket is given to as many responders that know one answer.
fixed() # URL-PATH: PER_SECOND P50 P99
{
    local socket=$OMNI_VAR/run/api.sock out pid
    curl -sf --noproxy '*' -H "X-API-Key: $KEY" "$OMNI_URL$1" -o "$T/fixed.json"
    mv "$socket" "$socket.kept"
    BENCH_BODY=$T/fixed.json spawn-fcgi -n -s "$socket" -M 0600 -b 1024 -- "$(command -v multiwatch)" -f "$WORKERS" -s TERM -- "$OMNI_BUILD/tests/bench/fixed" >/dev/null 2>&1 &
    pid=$!
    while [ ! -S "$socket" ]; do sleep 0.1; done
    out=$(load_details "$OMNI_URL")
    kill "$pid"
    wait "$pid" 2>/dev/null || true
    mv "$socket.kept" "$socket"
    echo "$out"
}
rss() { for p in $(pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")"); do awk '/^VmRSS/{print $2}' "/proc/$p/status"; done | sort -n | tail -1; }

create() { load_creates "$OMNI_URL" >>"$T/create"; }
create_tls() { load_creates "$OMNI_TLS_URL" >>"$T/create-tls"; }
raw_8() { loosely ceiling create 8 >>"$T/raw-8"; }
raw_16() { loosely ceiling create 16 >>"$T/raw-16"; }
raw_32() { loosely ceiling create 32 >>"$T/raw-32"; }
bare() { loosely ceiling bare 16 >>"$T/bare"; }
details() { load_details "$OMNI_URL" >>"$T/details"; }
details_fixed() { loosely fixed "/tickets/$HIGH" >>"$T/details-fixed"; }
details_raw() { loosely ceiling details 16 >>"$T/details-raw"; }
status() { load_status "$OMNI_URL" >>"$T/status"; }
status_tls() { load_status "$OMNI_TLS_URL" >>"$T/status-tls"; }
status_fixed() { loosely fixed "/tickets?ticketNumber=$HIGH" >>"$T/status-fixed"; }
status_raw() { loosely ceiling status 16 >>"$T/status-raw"; }

db 'CREATE TABLE bench_bare (id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, v VARBINARY(200) NOT NULL)'

say_machine
echo "$CONNECTIONS connections, $WORKERS workers, $TURNS turns of $SECONDS_EACH s, medians; the load generator runs on the same cores"
idle=$(rss)
pool=$(cat "$OMNI_VAR/run/workers.pid")
LOW=$(db 'SELECT MIN(number) FROM ticket') HIGH=$LOW
for n in $(seq "$TURNS"); do in_turn "$n" create raw_8 create_tls raw_16 raw_32 bare; done
ceiling=$(for n in 8 16 32; do echo "$(median "$T/raw-$n" 1) $n"; done | sort -rn | head -1 | cut -d' ' -f2)
find_range
for n in $(seq "$TURNS"); do in_turn "$n" details details_fixed details_raw; done
for n in $(seq "$TURNS"); do in_turn "$n" status status_fixed status_tls status_raw; done
kill -0 "$pool"

echo; echo "creates (the reference's claim, a requestId of its own each, one webhook job):"
line 'through nginx and the workers' "$(medians "$T/create")"
line 'the same over TLS with keep-alive' "$(medians "$T/create-tls")"
for n in 8 16 32; do line "the same statements on the same rows, raw, $n conn." "$(medians "$T/raw-$n")"; done
line 'a bare one-row INSERT a transaction, 16 conn.' "$(medians "$T/bare")"
echo; echo "reads (spread over tickets $LOW to $HIGH):"
line 'details through nginx and the workers' "$(medians "$T/details")"
line 'details, raw, 16 connections' "$(medians "$T/details-raw")"
line 'nginx and libfcgi, the same bytes, no database' "$(medians "$T/details-fixed")"
line 'status through nginx and the workers' "$(medians "$T/status")"
line 'the same over TLS with keep-alive' "$(medians "$T/status-tls")"
line 'status, raw, 16 connections' "$(medians "$T/status-raw")"
line 'nginx and libfcgi, the same bytes, no database' "$(medians "$T/status-fixed")"

echo; echo "ratios (medians of the turns' own):"
against_pairs "creates / the same statements raw, $ceiling connections" "$T/create" "$T/raw-$ceiling" 1 0.60
against_pairs "create p99 / raw p99, $CONNECTIONS connections both" "$T/create" "$T/raw-32" 3 '2.0 at most'
against_pairs 'details / nginx and libfcgi with the same bytes' "$T/details" "$T/details-fixed" 1 0.45
against_pairs 'status / nginx and libfcgi with the same bytes' "$T/status" "$T/status-fixed" 1 0.52
against_pairs 'creates over TLS / plain' "$T/create-tls" "$T/create" 1 0.85
against_pairs 'status over TLS / plain' "$T/status-tls" "$T/status" 1 0.85
against_pairs 'creates / bare INSERT' "$T/create" "$T/bare" 1 -
against 'worker RSS idle, MiB' "$(awk -v k="$idle" 'BEGIN { printf "%.1f", k / 1024 }')" '12 at most' \
    'worker RSS after the load, MiB' "$(awk -v k="$(rss)" 'BEGIN { printf "%.1f", k / 1024 }')" -
end_stack
trap - EXIT

echo
OMNI_HTTP_PORT=$BENCH_HTTP_PORT OMNI_HTTPS_PORT=$BENCH_HTTPS_PORT "$HERE/hooks.sh"
