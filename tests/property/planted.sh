#!/bin/sh
# The checker must be able to fail: it passes a run that kept every promise and
# finds each fault planted into that run's facts or log, under its right name.
# Environment: OMNI_BUILD, where tests/property/check was built.

check=${OMNI_BUILD:?}/tests/property/check
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

note() # WORD NAME
{
    echo "$1: $2" | tee -a "$work/results"
}

# Two partners, three tickets. a1 fails twice and is put right; a2's sender is
# killed before it kept the answer, and a2 comes again a lease later; b1's is
# stopped and sends it once more when it goes on; c2 is released by time.
good_facts()
{
    cat <<'END'
setting settle 2000000
setting again 40000000
setting apart 800000
setting hold 60000000
ticket 1408 ALPHA 4 RESOLVED
ticket 1409 BETA 1 OPEN
ticket 1410 BETA 2 PENDING
event a1 1408 1 TICKET_CREATED delivered
event a2 1408 2 COMMENT_ADDED delivered
event a3 1408 3 STATUS_CHANGED delivered
event a4 1408 4 TICKET_RESOLVED delivered
event b1 1409 1 TICKET_CREATED delivered
event c1 1410 1 TICKET_CREATED delivered
event c2 1410 2 STATUS_CHANGED delivered
call m1 1408 100 200 yes TICKET_CREATED
call m2 1408 300 400 yes COMMENT_ADDED
call m3 1408 500 600 yes STATUS_CHANGED+TICKET_RESOLVED|COMMENT_ADDED
call m4 1409 100 300 maybe TICKET_CREATED
call m5 1409 500 900 maybe COMMENT_ADDED
call m6 1410 100 200 yes TICKET_CREATED
call - 1410 300 400 yes STATUS_CHANGED|none
call m7 1410 500 600 yes none
body a1 m1 - -
body a2 m2 - -
body a3 m3 OPEN RESOLVED
body a4 m3 OPEN RESOLVED
body b1 m4 - -
body c1 m6 - -
body c2 - OPEN PENDING
row 1408 tk1 ALPHA r1 0
row 1409 tk2 BETA r1 300
row 1410 tk3 BETA r2 0
series 1408 comment 3 1 3 3
series 1408 event 5 1 5 5
series 1409 comment 1 1 1 1
series 1410 file 0 0 0 0
END
}
good_log()
{
    cat <<'END'
500 BEGIN
600 CREATE ALPHA r1 0
610 ANSWER ALPHA r1 502 - -
620 ANSWER ALPHA r1 0 - -
630 ANSWER ALPHA r1 200 1408 tk1
640 CREATE BETA r1 300
650 ANSWER BETA r1 200 1409 tk2
660 ANSWER BETA r1 200 1409 tk2
670 CREATE BETA r2 0
680 ANSWER BETA r2 200 1410 tk3
690 CHANGE ALPHA m2 200
700 CHANGE ALPHA m9 400
710 READ ALPHA ALPHA 1408 200 1408
720 READ BETA ALPHA 1408 404 -
730 READ BETA BETA 1409 503 -
740 READ ALPHA BETA 1409 0 -
1000000 503 /ALPHA/hook a1 1 TICKET_CREATED 1408 00000000000000a1 1
2000000 0 /ALPHA/hook a1 1 TICKET_CREATED 1408 00000000000000a1 1
3000000 200 /ALPHA/hook a1 1 TICKET_CREATED 1408 00000000000000a1 2
4000000 204 /ALPHA/hook a2 2 COMMENT_ADDED 1408 00000000000000a2 2
4100000 KILL 77
6000000 503 /BETA/x c1 1 TICKET_CREATED 1410 00000000000000c1 4
7000000 STOP 78
7100000 200 /BETA/x b1 1 TICKET_CREATED 1409 00000000000000b1 3
9000000 CONT 78
9000200 200 /BETA/x b1 1 TICKET_CREATED 1409 00000000000000b1 5
50000000 200 /ALPHA/hook a2 2 COMMENT_ADDED 1408 00000000000000a2 2
51000000 200 /ALPHA/hook a3 3 STATUS_CHANGED 1408 00000000000000a3 2
52000000 200 /ALPHA/hook a4 4 TICKET_RESOLVED 1408 00000000000000a4 2
66000000 200 /BETA/x c2 2 STATUS_CHANGED 1410 00000000000000c2 4
67000000 200 /BETA/x c1 1 TICKET_CREATED 1410 00000000000000c1 4
68000000 END
END
}

# Runs the checker over the good run with an edit of each.
judged() # FACTS-EDIT LOG-EDIT
{
    good_facts | sed "$1" >"$work/facts"
    good_log | sed "$2" >"$work/log"
    "$check" "$work/facts" "$work/log" >"$work/said" 2>&1
}
caught() # NAME PROMISE FACTS-EDIT LOG-EDIT
{
    judged "$3" "$4"
    if [ $? -eq 1 ] && grep -q "^FAILED: $2" "$work/said"; then
        note passed "catches $1"
    else
        note FAILED "catches $1"
        cat "$work/said"
    fi
}
# And nothing but this one promise is broken.
only() # NAME PROMISE FACTS-EDIT LOG-EDIT
{
    caught "$@"
    [ "$(grep -c '^FAILED: ' "$work/said")" -eq 1 ] || note FAILED "$1 passes for more: $(grep '^FAILED: ' "$work/said")"
}
refused() # NAME FACTS-EDIT LOG-EDIT
{
    judged "$2" "$3"
    if [ $? -eq 2 ]; then note passed "refuses $1"; else note FAILED "refuses $1"; fi
}

if judged '' ''; then note passed "a run that kept every promise"; else note FAILED "a good run: $(cat "$work/said")"; fi

lost='every event arrived'
only "a loss" "$lost" '/^body b1/d' '/ b1 /d'
only "an event that was never taken" "$lost" '' '/ a4 /s/ 200 / 503 /'
only "an event without an answer" "$lost" '' '/ a4 /s/ 200 / 0 /'
only "an event taken but still pending" "$lost" '/^event c1/s/delivered/pending/' ''
only "an event given up" "$lost" '/^event c1/s/delivered/dead/' ''

double='what was taken was not sent again'
only "a double" "$double" '' '/ a3 /{p;s/^51/56/}'
only "a double much later" "$double" '' '/END/i 99000000 200 /ALPHA/hook a3 3 STATUS_CHANGED 1408 00000000000000a3 2'
only "a double after a kill, before the lease was over" "$double" '' 's/^50000000/43000000/'
only "a double and a kill that came late" "$double" '' 's/^4100000 KILL/6100000 KILL/'
only "a double and no kill" "$double" '' '/KILL/d'
only "a double of one that was stopped and then killed" "$double" '' 's/^9000000 CONT/9000000 KILL/'
only "a double before it could go on" "$double" '' 's/^9000000 CONT/10000000 CONT/'
only "a double long after it went on" "$double" '' 's/^7000000 STOP/500000 STOP/; s/^9000000 CONT/600000 CONT/'
hurried() # US: an edit of the log
{
    printf '%s' "/ a3 /{p;s/^51000000/51900000/;p;s/.*/$1 HURRY 79/}"
}
if judged '' "$(hurried 51500000)"; then note passed "allows what a hurried sender gave back"; else note FAILED "allows what a hurried sender gave back"; fi
only "a double long after a hurry" "$double" '' "$(hurried 48500000)"
only "a double before a hurry" "$double" '' "$(hurried 51950000)"
only "two attempts at once" 'no event was under way twice' '' 's/^2000000 0/1300000 0/'

if judged '' 's/^3000000 200/2000300 200/'; then note passed "allows a broken connection's next"; else note FAILED "allows a broken connection's next"; fi

order='a ticket.s events came in their order'
only "a swap" "$order" '' 's/^51000000/53000000/'
only "a swap with a failing head" "$order" '' 's/^3000000 200/4500000 200/'
only "a head passed before its time" "$order" '' 's/^66000000/65000000/'
only "an attempt, be it in vain, before its turn" "$order" '' '/ a4 /{p;s/^52000000 200/50500000 503/}'

only "changed bytes" 'every attempt had the same bytes' '' '/^2000000 /s/00a1 /00a7 /'
foreign='nothing arrived that nobody caused'
only "a foreign event" "$foreign" '' '/END/i 69000000 200 /BETA/x z9 1 TICKET_CREATED 1499 00000000000000f9 2'
only "a request without headers" "$foreign" '' '/END/i 69000000 200 / - - - - 00000000000000f9 2'
own='no partner saw'
only "an event at another partner's path" "$own" '' '/ b1 /s/BETA/ALPHA/'
only "an event at a path that only begins alike" "$own" '' '/ b1 /s/BETA/BETAX/'

one='an event has one id'
caught "one event under two ids" "$one" '/^event a3/{p;s/a3/a9/}' '/ a3 /{p;s/ a3/ a9/}'
caught "one id for two events" "$one" '/^event a4/s/a4/a3/' '/ a4 /s/ a4/ a3/'
only "an id with another sequence" "$one" '' '/ a4 /s/ 4 / 5 /'
only "an id with another ticket" "$one" '' '/ c2 /s/ 1410 / 1409 /'
only "an id with another event" "$one" '' '/ c2 /s/STATUS_CHANGED/COMMENT_ADDED/'

hole='sequences have no holes'
caught "a hole" "$hole" '/^event a2/d' '/ a2 /d'
only "a number given out in vain" "$hole" '/^ticket 1409/s/ 1 / 2 /' ''
only "an event beyond the last number" "$hole" '/^ticket 1408/s/ 4 / 3 /' ''

cause='each call caused its events'
only "an event that was acknowledged but never written" "$cause" '/^body c2/a call m8 1408 700 800 yes COMMENT_ADDED' ''
only "an event that nobody asked for" "$cause" '/^call m2/d' ''
only "an unmarked one that nobody asked for" "$cause" '/^call - /d' ''
only "a call with too little" "$cause" '/^call m2/s/COMMENT_ADDED/COMMENT_ADDED+STATUS_CHANGED/' ''
only "events of a call the wrong way round" "$cause" '/^call m3/s/ STATUS.*/ TICKET_RESOLVED+STATUS_CHANGED/' ''
only "calls numbered the wrong way round" "$cause" '/^call m2/s/300 400/700 800/' ''

chain='status changes follow'
only "a lost status change" "$chain" '/^ticket 1410/s/PENDING/CANCELLED/' ''
only "status changes that do not join" "$chain" '/^body c2/s/OPEN/IN_PROGRESS/' ''

kept='every acknowledged ticket is there'
only "a lost ticket" "$kept" '/^row 1410/d' ''
only "a ticket under another number" "$kept" '' '/ANSWER BETA r2/s/1410/1411/'
only "a ticket under another id" "$kept" '' '/ANSWER BETA r2/s/tk3/tk4/'
only "a ticket that lost its file" "$kept" '/^row 1409/s/300/0/' ''
caught "a ticket of another partner" "$kept" '/^row 1410/s/BETA/ALPHA/' ''

once='a requestId made one ticket'
caught "a doubled ticket" "$once" '/^row 1410/{p;s/1410/1411/}' ''
caught "one requestId, two answers" "$once" '' '/^660 /s/1409/1410/'

asked='no ticket is there that nobody asked for'
only "a ticket out of nowhere" "$asked" '/^row 1410/a row 1411 tk4 BETA r3 0' ''
only "an answer out of nowhere" "$asked" '' '/^680/a 681 ANSWER BETA r3 503 - -'

answered='every request was answered in the end'
only "a request without success" "$answered" '' '/^680/s/200 1410 tk3/503 - -/'
only "a request that was refused" "$answered" '' '/^610/s/502/401/'
only "a change that was refused" "$answered" '' '/^690/s/200/404/'
only "a change without an answer" "$answered" '' '/^690/s/200/503/'

reads='partners read their own'
only "a read that loses a ticket" "$reads" '' '/^710/s/200 1408/404 -/'
only "a read that finds another" "$reads" '' '/^710/s/200 1408/200 1409/'
only "a read of another partner's" "$reads" '' '/^720/s/404 -/200 1408/'
only "a failed read that shows another partner's" "$reads" '' '/^740/s/0 -/503 1409/'

only "a hole among comments" "$hole" '/^series 1408 comment/s/3 1 3 3/2 1 3 3/' ''
only "comments that do not begin with 1" "$hole" '/^series 1408 comment/s/3 1 3 3/3 2 4 4/' ''
only "a comment that was counted in vain" "$hole" '/^series 1408 comment/s/3 1 3 3/3 1 3 4/' ''

if judged '' 's/^50000000/20000000/; /^4100000/a 4200000 AGE 30000000'; then note passed "allows what the leases' clock brings"; else note FAILED "allows what the leases' clock brings"; fi
only "a double that the leases' clock does not explain" "$double" '' 's/^50000000/20000000/; /^1000000/i 900000 AGE -30000000'

refused "a torn log" '' 's/END/2/'
refused "facts it does not know" '/^body c2/a ticked 1 2 3' ''
refused "a run in which nothing happened" '/^event/d' ''
refused "a run in which nobody asked for anything" '' '/ CREATE /d'
refused "a run in which nobody read anything" '' '/ READ /d'

passed=$(grep -c '^passed: ' "$work/results")
failed=$(grep -c '^FAILED: ' "$work/results")
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
