#!/bin/bash
# Whether creates and reads stay as fast when the tables grow: two stacks of
# their own in throw-away folders, one with many tickets and one with few, which
# take turns. Needs wrk; `make bench-growth`, some ten minutes and 15 GiB of disk.
#   GROWTH_TICKETS   many                         (5000000)
#   GROWTH_FEW       few                          (5000)
#   GROWTH_SECONDS   length of a measurement      (6)
#   GROWTH_TURNS     turns of what is compared    (5)
#   OMNI_DB_MEMORY   each one's buffer pool       (12G: as large as the tables; only used as needed)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
MANY=${GROWTH_TICKETS:-5000000} FEW=${GROWTH_FEW:-5000}
SECONDS_EACH=${GROWTH_SECONDS:-6} TURNS=${GROWTH_TURNS:-5}
OMNI_DB_MEMORY=${OMNI_DB_MEMORY:-12G}
CONNECTIONS=32
BATCH=50000             # tickets a statement
BYTES_EACH=3000         # of disk a ticket takes with all that belongs to it, and the logs: not less
FIRST=1000000           # number of the first ticket that is made
command -v wrk >/dev/null || { echo "bench: wrk is needed: apt-get install wrk" >&2; exit 2; }
room=$(df --output=avail -B1 "${TMPDIR:-/tmp}" | tail -1)
[ "$room" -gt $((MANY * BYTES_EACH)) ] || { echo "bench: $MANY tickets take $((MANY * BYTES_EACH >> 30)) GiB; there are $((room >> 30))" >&2; exit 2; }

# ---- Tickets ----

# A table's columns, those named replaced by expressions: NAME=EXPRESSION…
columns() # TABLE ALIAS [NAME=EXPRESSION]…
{
    local table=$1 alias=$2 name names=() values=() pair value
    shift 2
    for name in $(db "SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = '$table' ORDER BY ordinal_position"); do
        value=$alias.$name
        for pair; do [ "${pair%%=*}" != "$name" ] || value=${pair#*=}; done
        names+=("$name")
        values+=("$value")
    done
    local IFS=,
    echo "INSERT INTO $table (${names[*]}) SELECT ${values[*]}"
}

# The models are a ticket, its comments and events as the API wrote them; what
# differs between tickets differs, ids being as long and as mixed as real ones.
CUID() { echo "CONCAT('c', LPAD(LOWER(CONV(1700000000000 + s.n, 10, 36)), 9, '0'), LEFT(SHA1(CONCAT('$1', s.n)), 15))"; }
make_models()
{
    local number
    number=$(sed "s/BENCH-REQUEST-ID/model-$RANDOM/; s/BENCH-REQUEST-ID/model-$RANDOM/" "$HERE/claim.json" |
        curl -sS --fail --noproxy '*' -H "X-API-Key: $KEY" -H 'Content-Type: application/json' --data-binary @- "$OMNI_URL/tickets" |
        sed -n 's/.*"ticketNumber":"\([0-9]*\)".*/\1/p')
    curl -sS --fail --noproxy '*' -X PATCH -H "X-API-Key: $KEY" -H 'Content-Type: application/json' -o /dev/null \
        --data '{"action":"ADD_COMMENT","comment":"Customer provided additional information about the incident"}' "$OMNI_URL/tickets/$number"
    db "CREATE TABLE bench_ticket AS SELECT * FROM ticket WHERE number = $number;
        CREATE TABLE bench_comment AS SELECT * FROM comment WHERE ticket_number = $number;
        CREATE TABLE bench_event AS SELECT * FROM ticket_event WHERE ticket_number = $number;
        DELETE FROM webhook_job"
    AT="m.created_at - INTERVAL ($1 - s.n) SECOND" # one a second until now
    local ticket=("number=$FIRST + s.n" "id=$(CUID t)" "request_key=CONCAT('RREQ-', s.n, '-', LEFT(SHA1(s.n), 12))" 'body_hash=UNHEX(SHA2(s.n, 256))'
        "channel_reference_id=CONCAT('WA-', s.n, '-', LEFT(SHA1(CONCAT('w', s.n)), 6))" "customer_name=CONCAT('Customer ', s.n)"
        "customer_email=CONCAT('customer.', s.n, '@email.com')" "customer_identifier=CONCAT('CIF', 100000000 + s.n)"
        "assignee=IF(s.n % 4, CONCAT('Agent ', s.n % 40), NULL)" "status=ELT(1 + LEAST(s.n % 20, 4), 'OPEN', 'IN_PROGRESS', 'PENDING', 'RESOLVED', 'CLOSED')"
        "description=RPAD(m.description, 60 + s.n * 7919 % 600, CONCAT(' ', SHA1(s.n)))" "created_at=$AT" "updated_at=$AT")
    TICKET="$(columns ticket m "${ticket[@]}") FROM bench_ticket m"
    COMMENT="$(columns comment m "ticket_number=$FIRST + s.n" "id=$(CUID c)" "created_at=$AT") FROM bench_comment m"
    EVENT="$(columns ticket_event m "ticket_number=$FIRST + s.n" "event_id=$(CUID e)" "created_at=$AT") FROM bench_event m"
}
count_of() { db "SELECT variable_value FROM information_schema.global_status WHERE variable_name = '$1'"; }
# From one ticket to another, by one of two that share the work.
fill_part() # FROM TO STEP
{
    local at to seq
    for ((at = $1; at <= $2; at += $3)); do
        to=$((at + BATCH - 1 < $2 ? at + BATCH - 1 : $2))
        seq="JOIN (SELECT seq AS n FROM seq_${at}_to_$to) s"
        echo "$TICKET $seq ORDER BY s.n; $COMMENT $seq ORDER BY s.n, m.seq; $EVENT $seq ORDER BY s.n, m.seq;"
    done | mariadb --no-defaults -u root -S "$OMNI_DB_SOCKET" --init-command 'SET unique_checks = 0, foreign_key_checks = 0' "$OMNI_DB_NAME"
}
# Durability waits until all is there; then all of it is on disk, and what fits in memory.
fill() # TICKETS
{
    local log first second
    make_models "$1"
    log=$(db 'SELECT @@innodb_log_file_size')
    db "SET GLOBAL innodb_flush_log_at_trx_commit = 0; SET GLOBAL innodb_log_file_size = 2147483648"
    fill_part 1 "$1" $((2 * BATCH)) &
    first=$!
    fill_part $((BATCH + 1)) "$1" $((2 * BATCH)) &
    second=$!
    wait "$first" && wait "$second"
    db "DROP TABLE bench_ticket, bench_comment, bench_event; ANALYZE TABLE ticket, comment, ticket_event" >/dev/null
    db "SET GLOBAL innodb_max_dirty_pages_pct = 0; SET GLOBAL innodb_io_capacity_max = 20000; SET GLOBAL innodb_io_capacity = 10000"
    until [ "$(count_of INNODB_BUFFER_POOL_PAGES_DIRTY)" -lt 100 ]; do sleep 0.5; done
    db "SET GLOBAL innodb_max_dirty_pages_pct = 90; SET GLOBAL innodb_io_capacity = 200; SET GLOBAL innodb_io_capacity_max = 2000;
        SET GLOBAL innodb_log_file_size = $log; SET GLOBAL innodb_flush_log_at_trx_commit = 1"
    [ "$(db "SELECT COUNT(*) FROM ticket WHERE number > $FIRST")" = "$1" ] || { echo 'bench: not all tickets were made' >&2; exit 1; }
    db 'SELECT SUM(LENGTH(description)) FROM ticket; SELECT SUM(LENGTH(content)) FROM comment; SELECT COUNT(request_key) FROM ticket FORCE INDEX (ticket_request);
        SELECT COUNT(channel_reference_id) FROM ticket FORCE INDEX (ticket_reference); SELECT COUNT(id) FROM ticket FORCE INDEX (ticket_id)' >/dev/null
}
size() { db "SELECT CONCAT(ROUND(SUM(data_length + index_length) / 1048576), ' MiB of tables') FROM information_schema.tables WHERE table_schema = DATABASE()"; }

# ---- Measuring ----

# shellcheck disable=SC2034 # for load_…
in_few() { use_stack "${STACKS[0]}"; LOW=$((FIRST + 1)) HIGH=$((FIRST + FEW)); }
# shellcheck disable=SC2034
in_many() { use_stack "${STACKS[1]}"; LOW=$((FIRST + 1)) HIGH=$((FIRST + MANY)); }
few_details() { in_few; load_details "$OMNI_URL" >>"$OUT/few-details"; }
many_details() { in_many; load_details "$OMNI_URL" >>"$OUT/many-details"; }
few_status() { in_few; load_status "$OMNI_URL" >>"$OUT/few-status"; }
many_status() { in_many; load_status "$OMNI_URL" >>"$OUT/many-status"; }
few_creates() { in_few; load_creates "$OMNI_URL" >>"$OUT/few-creates"; }
many_creates() { in_many; load_creates "$OMNI_URL" >>"$OUT/many-creates"; }

begin_stack
OUT=$T
fill "$FEW"
begin_stack
begin=$SECONDS
fill "$MANY"
took=$((SECONDS - begin))
say_machine
echo "$MANY tickets made and warmed in $took s: $(size), $(du -sh "$OMNI_VAR/db" | cut -f1) on disk"
in_few
echo "$FEW tickets beside them: $(size), the same settings"
echo "$CONNECTIONS connections, $TURNS turns of $SECONDS_EACH s, medians; reads spread over all of each"
in_many
before=$(count_of INNODB_BUFFER_POOL_READS)
for n in $(seq "$TURNS"); do in_turn "$n" few_details many_details; done
for n in $(seq "$TURNS"); do in_turn "$n" few_status many_status; done
in_many
echo "pages that reads had to fetch from disk: $(($(count_of INNODB_BUFFER_POOL_READS) - before))"
# Last: they leave tickets behind.
for n in $(seq "$TURNS"); do in_turn "$n" few_creates many_creates; done
echo
for what in details status creates; do
    line "$what with $FEW tickets" "$(medians "$OUT/few-$what")"
    line "$what with $MANY tickets" "$(medians "$OUT/many-$what")"
done
in_few
echo "  (the creates left $(db 'SELECT COUNT(*) FROM ticket') where there were $FEW)"
echo; echo "ratios, $MANY tickets to $FEW:"
for what in details status creates; do against_pairs "$what" "$OUT/many-$what" "$OUT/few-$what" 1 0.90; done
