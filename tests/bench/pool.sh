#!/bin/bash
# How many workers, which nginx settings: creates and status reads with each, on a
# stack of its own in a throw-away folder, in turns. Needs wrk; `make bench-pool`.
#   POOL_WORKERS  numbers of workers       (2 4 8 16 32)
#   POOL_SECONDS  length of a measurement  (4)
#   POOL_TURNS    turns of each            (3)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
WORKERS=${POOL_WORKERS:-2 4 8 16 32} SECONDS_EACH=${POOL_SECONDS:-4} TURNS=${POOL_TURNS:-3}
BURST=256 # connections when the backlog is tried
command -v wrk >/dev/null || { echo "bench: wrk is needed: apt-get install wrk" >&2; exit 2; }
begin_stack

# quickstart restarts what is older than its configuration.
set_workers() { OMNI_WORKERS=$1 OMNI_SENDER=off "$TREE/quickstart" up >"$T/up.log" 2>&1 || { cat "$T/up.log" >&2; exit 1; }; }
set_processes() # NUMBER: of nginx's
{
    local before
    before=$(pgrep -P "$(cat "$OMNI_VAR/run/nginx.pid")" | sort)
    sed -i "s/^worker_processes .*/worker_processes $1;/" "$OMNI_VAR/etc/nginx.conf"
    kill -HUP "$(cat "$OMNI_VAR/run/nginx.pid")"
    until [ "$(pgrep -P "$(cat "$OMNI_VAR/run/nginx.pid")" | wc -l)" = "$1" ] && [ "$(pgrep -P "$(cat "$OMNI_VAR/run/nginx.pid")" | sort)" != "$before" ]; do sleep 0.2; done
}
# The same pool with another backlog, on the same socket.
set_backlog() # NUMBER
{
    local pid
    pid=$(cat "$OMNI_VAR/run/workers.pid")
    kill -TERM "$pid"
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    rm -f "$OMNI_VAR/run/api.sock"
    sed "s/ -b [0-9]* / -b $1 /" "$OMNI_VAR/bin/pool" >"$T/pool"
    (cd "$OMNI_VAR/run" && exec setsid sh "$T/pool") </dev/null >>"$OMNI_VAR/log/workers.log" 2>&1 &
    echo $! >"$OMNI_VAR/run/workers.pid"
    until [ -S "$OMNI_VAR/run/api.sock" ] && curl -sf --noproxy '*' -o /dev/null "$OMNI_URL/health"; do sleep 0.1; done
}
# Of all workers together, what is theirs alone and their part of what is shared.
memory() { for p in $(pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")"); do awk '/^Pss:/{print $2}' "/proc/$p/smaps_rollup"; done | awk '{ s += $1 } END { printf "%.0f", s / 1024 }'; }

# Forth and back, so that no setting always comes first.
try_workers() # TURN
{
    local n order=$WORKERS
    (($1 % 2)) || order=$(tr ' ' '\n' <<<"$WORKERS" | tac | tr '\n' ' ')
    for n in $order; do
        set_workers "$n"
        load_creates "$OMNI_URL" >>"$T/creates-$n"
        load_status "$OMNI_URL" >>"$T/status-$n"
        memory >"$T/memory-$n"
    done
}
try_nginx()
{
    local n
    for n in 1 2 4; do
        set_processes "$n"
        load_status "$OMNI_URL" >>"$T/processes-$n"
    done
    set_processes "$(nproc)"
    load_status "$OMNI_URL" >>"$T/kept"
    HEADER='Connection: close' load_status "$OMNI_URL" >>"$T/closed"
    load_status "$OMNI_TLS_URL" >>"$T/kept-tls"
    HEADER='Connection: close' load_status "$OMNI_TLS_URL" >>"$T/closed-tls"
}

LOW=$(db 'SELECT MIN(number) FROM ticket') HIGH=$LOW
load_creates "$OMNI_URL" >/dev/null # tables and caches are warm, and there is something to read
find_range
say_machine
echo "32 connections, $TURNS turns of $SECONDS_EACH s, medians; the load generator runs on the same cores"
for turn in $(seq "$TURNS"); do try_workers "$turn"; done
set_workers $((4 * $(nproc)))
for turn in $(seq "$TURNS"); do try_nginx; done
echo; echo "workers ($(nproc) cores; memory of all of them):"
for n in $WORKERS; do
    line "creates, $n workers ($(cat "$T/memory-$n") MiB)" "$(medians "$T/creates-$n")"
    line "status, $n workers" "$(medians "$T/status-$n")"
done
echo; echo "nginx, status, $((4 * $(nproc))) workers:"
for n in 1 2 4; do line "worker_processes $n" "$(medians "$T/processes-$n")"; done
line 'clients keep their connections' "$(medians "$T/kept")"
line 'clients connect for each request' "$(medians "$T/closed")"
line 'clients keep their connections, TLS' "$(medians "$T/kept-tls")"
line 'clients connect for each request, TLS' "$(medians "$T/closed-tls")"

echo; echo "backlog, status, $BURST connections:"
# shellcheck disable=SC2034
CONNECTIONS=$BURST ERRORS_COUNT=yes
for n in 16 128 1024; do
    set_backlog "$n"
    out=$(load_status "$OMNI_URL")
    printf '  spawn-fcgi -b %-5d %9d/s answered, of them errors (502): %d in all\n' "$n" "$(field 1 "$out")" "$(field 4 "$out")"
done
