#!/bin/bash
# What large attachments cost, in time and in memory, in one run on one machine,
# on a stack of its own in a throw-away folder: `make bench-attachments`.
#   ATTACHMENT_TURNS  turns of uploads and what they cannot cost less than (9)
set -euo pipefail
# shellcheck source=lib.sh
. "$(dirname "$0")/lib.sh"
TURNS=${ATTACHMENT_TURNS:-9}
FILE_MIB=10 # a file's largest size; a body's is 32 MiB
begin_stack

# A claim with one file each of that many bytes.
make_body() # BODY-FILE BYTES-FILE FILES
{
    local i
    {
        printf '{"channel":"EMAIL","serviceType":"INQUIRY","customer":{"name":"J"},"ticket":{"title":"t","description":"d"},"attachments":['
        for i in $(seq "$3"); do
            [ "$i" = 1 ] || printf ,
            printf '{"filename":"f%d.bin","mimeType":"application/octet-stream","content":"' "$i"
            base64 -w 0 "$2"
            printf '"}'
        done
        printf ']}'
    } >"$1"
}
workers() { pgrep -P "$(cat "$OMNI_VAR/run/workers.pid")"; }
forget_peaks() { for p in $(workers); do echo 5 >"/proc/$p/clear_refs"; done; }
# The most that a worker had since, and the most that one has now: KiB
peak() { for p in $(workers); do awk '/^VmHWM/{print $2}' "/proc/$p/status"; done | sort -n | tail -1; }
resident() { for p in $(workers); do awk '/^VmRSS/{print $2}' "/proc/$p/status"; done | sort -n | tail -1; }
mib() { awk -v n="$1" -v by="${2:-1}" 'BEGIN { printf "%.1f", n / by }'; }

upload() # BODY-FILE: milliseconds; the answer is in $T/answer
{
    curl -sS --fail-with-body --noproxy '*' -H "X-API-Key: $KEY" -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$1" \
        -o "$T/answer" -w '%{time_total}\n' "$OMNI_URL/tickets" | awk '{ print $1 * 1000 }'
}
download() # PATH: milliseconds
{
    curl -sS --fail --noproxy '*' -H "X-API-Key: $KEY" -o "$T/download" -w '%{time_total}\n' "$OMNI_URL$1" | awk '{ print $1 * 1000 }'
}
file_of_answer()
{
    local number id
    number=$(sed -n 's/.*"ticketNumber":"\([0-9]*\)".*/\1/p' "$T/answer")
    id=$(db "SELECT a.id FROM attachment a JOIN ticket t ON t.id = a.ticket_id WHERE t.number = $number ORDER BY a.seq LIMIT 1")
    echo "/tickets/$number/attachments/$id"
}

head -c $((FILE_MIB << 20)) /dev/urandom >"$T/bytes"
# Three files that fill the largest body but for a little.
head -c $(((32 << 20) / 4 - 4096)) /dev/urandom >"$T/third"
make_body "$T/one" "$T/bytes" 1
make_body "$T/most" "$T/third" 3
say_machine
for _ in 1 2 3; do upload "$T/one" >/dev/null; done # caches and tables are warm
settled=$(resident)

measure_upload()
{
    forget_peaks
    upload "$T/one" >>"$T/upload"
    peak >>"$T/upload-peak"
    path=$(file_of_answer)
    forget_peaks
    resident >>"$T/before"
    download "$path" >>"$T/download-ms"
    cmp -s "$T/bytes" "$T/download" || { echo 'bench: what came back is not what was sent' >&2; exit 1; }
    peak >>"$T/download-peak"
}
measure_floor() { "$OMNI_BUILD/tests/bench/upload" "$CONF" "$T/one" "$T/bytes" >>"$T/parts"; }
for n in $(seq "$TURNS"); do in_turn "$n" measure_upload measure_floor; done
awk '{ print $3 + $2 }' "$T/parts" >"$T/floor"
awk '{ print $1 + $2 }' "$T/parts" >"$T/own-floor"
for _ in 1 2 3; do
    forget_peaks
    upload "$T/most" >>"$T/most-ms"
    peak >>"$T/most-peak"
done

one=$(stat -c %s "$T/one") most=$(stat -c %s "$T/most")
most_of() { sort -n "$1" | tail -1; }
echo
echo "attachments: a file of $FILE_MIB MiB, body $(mib "$one" 1048576) MiB; $TURNS turns, medians:"
printf '  %-52s %9.1f ms\n' 'upload, from the first byte to the answer' "$(median "$T/upload" 1)" \
    "the body's JSON parsed by json-c alone" "$(median "$T/parts" 3)" 'its bytes inserted raw, in the same rows' "$(median "$T/parts" 2)" \
    '(the JSON parsed as a worker does)' "$(median "$T/parts" 1)" 'download' "$(median "$T/download-ms" 1)" \
    "upload of the largest body, $(mib "$most" 1048576) MiB" "$(median "$T/most-ms" 1)"
printf '  %-52s %9.1f MiB\n' 'worker resident when warm' "$(mib "$settled" 1024)" 'peak during the upload' "$(mib "$(most_of "$T/upload-peak")" 1024)" \
    'peak during the largest upload' "$(mib "$(most_of "$T/most-peak")" 1024)" 'peak during the download' "$(mib "$(most_of "$T/download-peak")" 1024)"
echo; echo "ratios:"
against_pairs "upload / json-c's parse and raw insert" "$T/upload" "$T/floor" 1 '1.5 at most'
against_pairs "upload / the worker's own parse and raw insert" "$T/upload" "$T/own-floor" 1 '1.5 at most'
against 'peak memory / body' "$(ratio $(($(most_of "$T/upload-peak") * 1024)) "$one")" '4 at most' \
    'the same, largest body' "$(ratio $(($(most_of "$T/most-peak") * 1024)) "$most")" '4 at most' \
    'a download adds to a worker, MiB' "$(mib "$(paste -d' ' "$T/download-peak" "$T/before" | awk '{ print $1 - $2 }' | sort -n | tail -1)" 1024)" '1 at most'
