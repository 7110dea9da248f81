#!/bin/bash
# How fast webhooks leave, and how soon, in one run on one machine, on a stack of
# its own in a throw-away folder. By `make bench`, or alone by `make bench-hooks`.
#   HOOKS_JOBS   events a turn of the throughput measurement      (20000)
#   HOOKS_DEAD   events queued for the dead partner               (100000)
#   HOOKS_ROWS   delivered while the snapshot stood open          (100000)
#   HOOKS_TURNS  turns of sender and bare libcurl                 (5)
# The ratio to reach is the median over pairs of turns, one right after the other:
# both meet the same machine, and one lucky turn of either side does not decide.
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
JOBS=${HOOKS_JOBS:-20000} DEAD=${HOOKS_DEAD:-100000} ROWS=${HOOKS_ROWS:-100000} TURNS=${HOOKS_TURNS:-5}
AT_A_TIME=32                # webhook_receiver_concurrency's default
RATE=20 LIGHT_SECONDS=20    # events a second, and for how long, when the delay is measured
first_ticket=1000000000
begin_stack
trap end_all EXIT
end_all()
{
    # shellcheck disable=SC2046
    kill $(cat "$T/receivers") 2>/dev/null || true
    end_stack
}

# A receiver of its own: its port. It ends with this script.
receiver() # NAME [RULE]
{
    local name=$1
    shift
    mkfifo "$T/$name.in"
    "$OMNI_BUILD/tests/bench/sink" "$@" <"$T/$name.in" >"$T/$name.out" &
    echo $! >>"$T/receivers" # its job is a subshell's, not ours
    sleep infinity >"$T/$name.in" &
    echo $! >>"$T/receivers"
    until [ -s "$T/$name.out" ]; do sleep 0.1; done
    head -1 "$T/$name.out"
}

# Events of that many tickets, each with the same number of events, as the API
# writes them, a millisecond apart, the last one now.
queue() # PARTNER PORT TICKETS EVENTS-EACH
{
    db "SET @p = (SELECT id FROM partner WHERE code = '$1'), @at = NOW(6);
        SET @r = CONV(LEFT(SHA2(CONCAT(@p, '\n', 'http://127.0.0.1:$2'), 256), 16), 16, 10);
        INSERT INTO webhook_job (webhook_id, partner_id, receiver, ticket_number, seq, event, url, body, next_due, created_at)
        SELECT CONCAT('c', LPAD(CONV(t.seq * 10 + e.seq + $first_ticket * 10, 10, 36), 24, '0')), @p, @r, t.seq + $first_ticket, e.seq,
            'TICKET_CREATED', 'http://127.0.0.1:$2/hook', CONCAT('{\"event\":\"TICKET_CREATED\",\"ticketNumber\":\"', t.seq + $first_ticket,
            '\",\"channelReferenceId\":\"WA-2024-001-XYZ\",\"timestamp\":\"2024-01-15T11:00:00Z\",\"data\":{\"status\":\"OPEN\",',
            '\"priority\":\"HIGH\",\"serviceType\":\"CLAIM\",\"createdAt\":\"2024-01-15T11:00:00Z\"}}'), @at - INTERVAL 1000 * (($3 + 1) * $4 - t.seq * $4 - e.seq) MICROSECOND,
            @at
        FROM seq_1_to_$3 t JOIN seq_1_to_$4 e ORDER BY t.seq, e.seq"
    first_ticket=$((first_ticket + $3))
}
pending() { db "SELECT COUNT(*) FROM webhook_job WHERE url LIKE 'http://127.0.0.1:$1/%'"; }

sender() # OPTION…; its log: errors only
{
    "$OMNI_SENDER" "$@" >>"$T/sender.log" 2>&1
}
# Events a second of one pass over what is queued, from the first outcome on record to the last.
deliver() # PORT
{
    local before
    before=$(db "SELECT COALESCE(MAX(id), 0) FROM webhook_attempt")
    sender --once
    [ "$(pending "$1")" = 0 ] || { echo "bench: the sender left something; $(tail -3 "$T/sender.log")" >&2; exit 1; }
    db "SELECT ROUND(COUNT(*) / TIMESTAMPDIFF(MICROSECOND, MIN(created_at), MAX(created_at)) * 1e6) FROM webhook_attempt WHERE id > $before"
}

# Of two files with a figure a turn.
median_ratio() # FILE BESIDE
{
    paste "$1" "$2" | awk '{ print $1 / $2 }' | sort -n |
        awk '{ r[NR] = $1 } END { printf "%.2f", (r[int((NR + 1) / 2)] + r[int(NR / 2) + 1]) / 2 }'
}

# P50 P99 MAX of a live partner's events, twice: since the answer, since the request.
trips()
{
    "$OMNI_BUILD/tests/bench/trip" "$OMNI_URL" "$KEY" "$RATE" "$LIGHT_SECONDS" | tr '\n' ' '
}
# With a sender living all the while.
light()
{
    local pid out
    "$OMNI_SENDER" --for 600 >>"$T/sender.log" 2>&1 & # a function's process would only be the shell around it
    pid=$!
    sleep 2
    until [ "$(pending "$live")" = 0 ]; do sleep 1; done
    out=$(trips)
    kill "$pid"
    wait "$pid" || true
    echo "$out"
}
delay() { printf '  %-52s p50 %7s ms   p99 %7s ms   longest %7s ms\n' "$1" "$(field 1 "$2")" "$(field 2 "$2")" "$(field 3 "$2")"; }

live=$(receiver live)
hangs=$(receiver hangs /hang)
"$OMNI_ADMIN" partner add DEAD --name 'Dead partner' --quiet >/dev/null
say_machine
echo
echo "webhooks: $JOBS events to one receiver on loopback, $AT_A_TIME at a time, $TURNS turns each:"
queue PARTNER001 "$live" 500 2
db "SELECT body FROM webhook_job" >"$T/bodies"
deliver "$live" >/dev/null # tables and caches are warm
for _ in $(seq "$TURNS"); do
    queue PARTNER001 "$live" "$JOBS" 1
    deliver "$live" >>"$T/sent"
    "$OMNI_BUILD/tests/bench/barepost" "http://127.0.0.1:$live/hook" "$AT_A_TIME" "$T/bodies" "$JOBS" >>"$T/bare"
    queue PARTNER001 "$live" $((JOBS / 2)) 2
    deliver "$live" >>"$T/two"
done
sent=$(best <"$T/sent") two=$(best <"$T/two") bare=$(best <"$T/bare")
printf '  %-52s %9s/s   (%s)\n' 'the sender: claimed, signed, posted, recorded' "$sent" "$(tr '\n' ' ' <"$T/sent")" \
    'the same, two events a ticket, one after the other' "$two" "$(tr '\n' ' ' <"$T/two")" \
    'libcurl alone, the same bodies and headers' "$bare" "$(tr '\n' ' ' <"$T/bare")"

echo; echo "from a ticket's answer to its event's arrival, $RATE events a second:"
calm=$(light)
delay 'nothing else to do' "$calm"

queue DEAD 9 $((DEAD / 2)) 1
queue DEAD "$hangs" $((DEAD / 2)) 1
behind=$(light)
delay "behind $DEAD events of a dead partner" "$behind"

# What an hour would leave that purge may not remove.
mkfifo "$T/old.in"
mariadb --no-defaults -u root -S "$OMNI_DB_SOCKET" "$OMNI_DB_NAME" <"$T/old.in" >/dev/null &
exec 8>"$T/old.in"
echo 'START TRANSACTION WITH CONSISTENT SNAPSHOT; SELECT COUNT(*) FROM webhook_job;' >&8
until [ "$(db "SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_query IS NULL")" -ge 1 ]; do sleep 0.1; done
queue PARTNER001 "$live" $((ROWS / 2)) 2
held=$(light)
delay "… and $ROWS delivered since a snapshot was opened" "$held"
history=$(db "SELECT count FROM information_schema.innodb_metrics WHERE name = 'trx_rseg_history_len'")
echo "  (transactions that purge must keep for that snapshot: $history)"
exec 8>&-

echo; echo "webhook targets:"
against 'deliveries / libcurl alone' "$(median_ratio "$T/sent" "$T/bare")" 0.50 \
    'the same, two events a ticket' "$(median_ratio "$T/two" "$T/bare")" - \
    'deliveries / libcurl alone, best of each' "$(ratio "$sent" "$bare")" - \
    'commit to arrival, p50, ms' "$(field 1 "$calm")" '50 at most' \
    'request to arrival, p50, ms' "$(field 4 "$calm")" - \
    'p99 behind a dead partner, ms' "$(field 2 "$behind")" '1000 at most' \
    'p99 behind it with an old snapshot open, ms' "$(field 2 "$held")" '1000 at most'
