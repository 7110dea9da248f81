#!/bin/bash
# What a sysadmin is given fits together: the cron file obeys cron's rules, and
# quickstart's ticker runs it; doc/webhooks.md knows every line the sender logs
# and every setting it has, and no others.
# Environment: SRCDIR, the tree.
. "$(dirname "$0")/../style/lib.sh"

check() # NAME COMMAND…
{
    local name=$1
    shift
    if "$@" >"$work/said" 2>&1; then
        note passed "$name"
    else
        note FAILED "$name: $(head -n 5 "$work/said")"
    fi
}

# ---- The cron file ----

# What is wrong with a cron.d file, by crontab(5).
faults() # FILE
{
    [ -z "$(tail -c 1 "$1")" ] || echo "no newline at its end"
    awk '
        /^[[:space:]]*(#|$)/ || /^[A-Z]+=/ { next }
        { for (i = 1; i <= 5; i++) if ($i !~ /^(\*|[0-9]+)$/) print "line " NR ": field " i }
        $6 !~ /^[a-z][a-z0-9-]*$/ { print "line " NR ": the user " $6 }
        $7 !~ /^@sbindir@\// { print "line " NR ": the command " $7 }
        /%/ { print "line " NR ": a percent sign, which is a newline" }
    ' "$1"
}

is_good()
{
    ! faults "$1" | grep .
}

is_bad() # TEXT
{
    # shellcheck disable=SC2059
    printf "$1" >"$work/cron"
    faults "$work/cron" | grep .
}

# Users of the file that neither exist everywhere nor are made by sysusers.d.
strangers()
{
    awk '/^[0-9*]/ { print $6 }' "$top/etc/omnichannel.cron.in" | sort -u |
        grep -vxF -e root -f <(awk '$1 == "u" { print $2 }' "$top/etc/systemd/omnichannel.sysusers")
}

check "the cron file" is_good "$top/etc/omnichannel.cron.in"
check "catches a line without its end" is_bad '* * * * *  root  @sbindir@/x'
check "catches a missing user" is_bad '* * * * *  @sbindir@/x y\n'
check "catches a missing field" is_bad '* * * *  root  @sbindir@/x\n'
check "catches a percent sign" is_bad '* * * * *  root  @sbindir@/x +%%s\n'
check "its users are made" test -z "$(strangers)"

# ---- The ticker ----

cat >"$work/lines" <<END
# * * * * *  nobody  echo comment
WORD=said
MAILTO=root

* * * * *  nobody  echo "\$WORD every" >>$work/ran
7 * * * *  nobody  echo seven >>$work/ran
17 * * * *  root  echo seventeen >>$work/ran
END

ran() # WORDS
{
    sleep 0.5
    [ "$(sort "$work/ran" | tr '\n' ' ')" = "$1" ] || { cat "$work/ran" && return 1; }
}

at_minute() # MINUTE WORDS
{
    rm -f "$work/ran"
    (
        eval "$(sed -n '/^run_lines()/,/^}/p' "$top/etc/quickstart/ticker")"
        # shellcheck disable=SC2034
        never=9
        run_lines "$1" "$work/lines"
        wait
    )
    ran "$2"
}

# Started, it runs what is due every minute, at once; ended, it leaves nothing behind.
starts_and_ends()
{
    local minute pid children
    minute=$(date +%M)
    rm -f "$work/ran"
    bash "$top/etc/quickstart/ticker" "$work/lines" &
    pid=$!
    sleep 2.5
    children=$(pgrep -P "$pid")
    kill "$pid"
    wait "$pid"
    [ -z "$children" ] || return
    [ "$(date +%M)" = "$minute" ] || return 0 # over a minute's edge anything goes
    ran "said every "
}

check "the ticker, at a minute that no line names" at_minute 8 "said every "
check "at minute 7" at_minute 7 "said every seven "
check "at minute 17" at_minute 17 "said every seventeen "
check "the ticker starts and ends" starts_and_ends

# ---- The page ----

logged()
{
    cat "$top"/src/send/*.c | tr '\n' ' ' | grep -oE 'log_line\(LOG_LEVEL_[A-Z]+, *"[a-z-]+' | sed 's/.*"//' | sort -u
}

# First words of what the table's rows begin with, several in a row.
documented()
{
    sed -n '/^## Log lines$/,/^## /s/^| \(`[^|]*\) |.*/\1/p' "$top/doc/webhooks.md" | grep -oE '`[a-z-]+' | tr -d '`' | sort -u
}

settings()
{
    grep -oE '"webhook_[a-z_]+"' "$top/src/base/conf_table.c" | tr -d '"' | sort -u
}

settings_documented()
{
    sed -n '/^## Settings$/,/^## /s/^| \(`[^|]*\) |.*/\1/p' "$top/doc/webhooks.md" | grep -oE 'webhook_[a-z_]+' | sort -u
}

same() # COMMAND COMMAND
{
    [ -n "$("$1")" ] && diff <("$1") <("$2")
}

check "the page has every line that the sender logs" same logged documented
check "the page has every setting of webhooks" same settings settings_documented
finish
