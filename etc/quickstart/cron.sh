# shellcheck shell=bash
# The webhook sender, started each minute by a cron file's lines, without cron.

# The file that a production host has in /etc/cron.d, with this stack's programs.
write_cron()
{
    sed "s|@sbindir@|$(quote "$BIN")|g" "$TREE/etc/omnichannel.cron.in" | put "$ETC/omnichannel.cron"
    put "$BIN/omni-cron" <"$TREE/etc/quickstart/ticker"
    chmod 700 "$BIN/omni-cron"
}

sends()
{
    [ -n "$(pids_of omnichannel-sen)" ]
}

start_cron()
{
    write_cron
    if leads cron omni-cron &&
        ! newer_than "$RUN/cron.pid" "$BIN/omni-cron" "$ETC/omnichannel.cron" "$ETC/omnichannel.conf" "$BUILD/omnichannel-sender"; then
        return
    fi
    stop_cron
    in_background "$LOGS/cron.log" "$BIN/omni-cron" "$ETC/omnichannel.cron"
    echo $! >"$RUN/cron.pid"
    wait_until 10 sends || fail "no sender runs; its last lines: $(tail -n 5 "$LOGS/cron.log")"
}

# What it started ends with it: senders finish what they have under way.
stop_cron()
{
    end_processes omni-cron TERM 5
    end_processes omnichannel-sen TERM 20
    end_processes omnichannel-adm TERM 5
    rm -f "$RUN/cron.pid"
}
