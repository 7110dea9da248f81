#!/bin/bash
# An hour's worth of mixed traffic and more, compressed, on a stack of its own in
# a throw-away folder: memory and descriptors of every process must not grow once
# all are warm, none may die, and no request may fail. Needs wrk; `make soak`.
#   SOAK_REQUESTS  how many                         (1000000)
#   SOAK_SECONDS   longest time for them            (2400)
set -euo pipefail
# shellcheck source=../bench/lib.sh
. "$(dirname "$0")/../bench/lib.sh"
REQUESTS=${SOAK_REQUESTS:-1000000} LONGEST=${SOAK_SECONDS:-2400}
CONNECTIONS=30 THREADS=5 # a partner each, the last one with a limit
ROUNDS=30                # about; after each, all is looked at while nothing is asked
FILE_KIB=48              # of the attachments
SETTLE=2                 # seconds from a round's end to the look
DELIVERY=180             # seconds for what is queued at the end
# Growth that is allowed, of all processes of a part together: KiB, descriptors.
# The sender keeps connections to receivers, up to 32 each.
declare -A MEMORY=([nginx]=2048 [multiwatch]=512 [workers]=4096 [sender]=2048 [mariadbd]=65536)
declare -A FILES=([nginx]=2 [multiwatch]=0 [workers]=0 [sender]=64 [mariadbd]=32)
PARTS="nginx multiwatch workers sender mariadbd"
command -v wrk >/dev/null || { echo "soak: wrk is needed: apt-get install wrk" >&2; exit 2; }
OMNI_DB_MEMORY=${OMNI_DB_MEMORY:-256M} # its pages are soon all in use
begin_stack

receiver()
{
    mkfifo "$T/sink.in"
    "$OMNI_BUILD/tests/bench/sink" <"$T/sink.in" >"$T/sink.out" &
    sleep infinity >"$T/sink.in" &
    until [ -s "$T/sink.out" ]; do sleep 0.1; done
}
partners()
{
    local n
    keys=("$KEY")
    for n in $(seq 2 "$THREADS"); do
        "$OMNI_ADMIN" partner add "SOAK$n" --name "Soak $n" --quiet >/dev/null
        keys+=("$("$OMNI_ADMIN" key create --partner "SOAK$n" --limit "$([ "$n" = "$THREADS" ] && echo create=60,read=1000000,update=1000000 || echo unlimited)" --quiet | tail -1)")
    done
}

pids() # PART
{
    case $1 in
    nginx) cat "$OMNI_VAR/run/nginx.pid" && pgrep -P "$(cat "$OMNI_VAR/run/nginx.pid")" ;;
    multiwatch) cat "$OMNI_VAR/run/workers.pid" ;;
    workers) pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")" ;;
    sender) echo "$sender" ;;
    mariadbd) cat "$OMNI_VAR/run/mariadb.pid" ;;
    esac
}
all_pids() { for part in $PARTS; do echo "$part" "$(pids "$part" | sort -n | tr '\n' ' ')"; done; }
# MariaDB's buffer pool fills as long as there are new rows: that is no growth.
pool_kib() { db "SELECT (MAX(IF(variable_name LIKE '%TOTAL', variable_value, 0)) - MAX(IF(variable_name LIKE '%FREE', variable_value, 0))) * @@innodb_page_size DIV 1024 FROM information_schema.global_status WHERE variable_name IN ('INNODB_BUFFER_POOL_PAGES_TOTAL', 'INNODB_BUFFER_POOL_PAGES_FREE')"; }
look() # a line to each part's own list: RSS-KIB DESCRIPTORS
{
    local part pid kib files
    for part in $PARTS; do
        kib=0 files=0
        for pid in $(pids "$part"); do
            kib=$((kib + $(awk '/^VmRSS/{print $2}' "/proc/$pid/status")))
            files=$((files + $(find "/proc/$pid/fd" -mindepth 1 | wc -l)))
        done
        [ "$part" != mariadbd ] || kib=$((kib - $(pool_kib)))
        echo "$kib $files" >>"$T/look-$part"
    done
}

# One round; adds to `done_so_far` and to the sums of answers.
one_round() # SECONDS
{
    local out url=$OMNI_URL
    ((round % 4)) || url=$OMNI_TLS_URL
    out=$(wrk -t "$THREADS" -c "$CONNECTIONS" -d "$1s" --timeout 20s -s "$HERE/mixed.lua" "$url" -- "$RANDOM$round" "$(head -1 "$T/sink.out")" "$FILE_KIB" "${keys[@]}" | sed -n 's/^RESULT //p')
    [ -n "$out" ] || { echo 'soak: no result of a round' >&2; exit 1; }
    echo "$out" >>"$T/rounds"
    done_so_far=$((done_so_far + $(field 1 "$out")))
}
total() { awk -v n="$1" '{ s += $n } END { print s + 0 }' "$T/rounds"; }

failed=0
fail() { echo "  FAILED: $*"; failed=1; }
# Medians of the first and the last third of what came after the first quarter.
judge() # PART FIELD ALLOWED WHAT
{
    local from third early late n
    n=$(wc -l <"$T/look-$1")
    from=$((n / 4 + 1)) third=$(((n - n / 4) / 3))
    early=$(tail -n +$from "$T/look-$1" | head -n "$third" | cut -d' ' -f"$2" | spread | cut -d. -f1 | cut -d' ' -f1)
    late=$(tail -n "$third" "$T/look-$1" | cut -d' ' -f"$2" | spread | cut -d. -f1 | cut -d' ' -f1)
    printf '  %-12s %-12s %10d %10d %10d   %s\n' "$1" "$4" "$early" "$late" $((late - early)) "$3 at most"
    [ $((late - early)) -le "$3" ] || fail "$1: $4 grew by $((late - early))"
}

receiver
partners
sender_log=$T/sender.log
"$OMNI_SENDER" --for 86400 >>"$sender_log" 2>&1 &
sender=$!
say_machine
done_so_far=0 round=0 begin=$SECONDS
one_round 3 # how fast it goes
rate=$((done_so_far / 3 + 1)) length=$((REQUESTS / ROUNDS / (done_so_far / 3 + 1)))
length=$((length < 2 ? 2 : length))
echo "soak: $REQUESTS requests, about $rate a second, in rounds of $length s"
all_pids >"$T/pids"
while [ "$done_so_far" -lt "$REQUESTS" ]; do
    round=$((round + 1))
    one_round "$length"
    sleep "$SETTLE"
    look
    [ $((SECONDS - begin)) -le "$LONGEST" ] || { fail "only $done_so_far requests in $LONGEST s"; break; }
done
took=$((SECONDS - begin))
[ "$round" -ge 8 ] || fail "only $round rounds: too few to judge by"
all_pids >"$T/pids-after"
cmp -s "$T/pids" "$T/pids-after" || fail "processes came and went: $(diff "$T/pids" "$T/pids-after" | tr '\n' ' ')"
for _ in $(seq "$DELIVERY"); do
    left=$(db 'SELECT COUNT(*) FROM webhook_job')
    [ "$left" != 0 ] || break
    sleep 1
done

echo
echo "answers to $done_so_far requests in $took s, $round rounds:"
printf '  %-8s %9d\n' 200 "$(total 3)" 400 "$(total 4)" 401 "$(total 5)" 404 "$(total 6)" 409 "$(total 7)" 415 "$(total 8)" 429 "$(total 9)" others "$(total 10)" 5xx "$(total 11)" lost "$(total 2)"
for n in 3 4 5 6 7 8 9; do [ "$(total "$n")" -gt 0 ] || fail "the mix lacks answers of column $n"; done
[ "$(total 10)" = 0 ] || fail 'answers that nothing in the mix should have'
[ "$(total 11)" = 0 ] || fail 'requests failed'
[ "$(total 2)" = 0 ] || fail 'requests without an answer'
sent=$(db "SELECT COUNT(*) FROM webhook_attempt WHERE delivered")
echo "  webhooks delivered: $sent, left: $left"
[[ $sent -gt 0 && $left = 0 ]] || fail "webhooks: $sent delivered, $left left after $DELIVERY s; $(tail -2 "$sender_log")"
echo
printf '  %-12s %-12s %10s %10s %10s\n' part of early late growth
for part in $PARTS; do judge "$part" 1 "${MEMORY[$part]}" 'RSS, KiB'; done
for part in $PARTS; do judge "$part" 2 "${FILES[$part]}" descriptors; done
echo
if [ "$failed" = 0 ]; then echo 'soak: passed'; else echo 'soak: FAILED'; fi
exit "$failed"
