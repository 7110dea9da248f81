# shellcheck shell=bash
# Finding, starting and ending this stack's processes.

# This stack's processes of that name: by a file of its own on the command line,
# by the folder they were started in, or, as the sender hides that from all but
# root, by the ticker that started them.
pids_of() # NAME
{
    local pid cron
    cron=$(cat "$RUN/cron.pid" 2>/dev/null || true)
    for pid in $(pgrep -x "$1"); do
        if grep -qszxF -e "$ETC/omnichannel.conf" -e "--defaults-file=$ETC/mariadb.cnf" "/proc/$pid/cmdline" ||
            [ "$(readlink "/proc/$pid/cwd" 2>/dev/null)" = "$RUN" ] ||
            { [ -n "$cron" ] && [[ $(ps -o sid=,stat= -p "$pid") =~ ^\ *$cron\ +[^Z] ]]; }; then
            echo "$pid"
        fi
    done
}

# The process that leads a part is the one in its pid file, and still ours.
leads() # PART NAME
{
    local pid
    pid=$(cat "$RUN/$1.pid" 2>/dev/null) && pids_of "$2" | grep -x "$pid" >/dev/null
}

gone() # NAME
{
    [ -z "$(pids_of "$1")" ]
}

end_processes() # NAME SIGNAL SECONDS: asks all of them, then makes sure
{
    local pid
    for pid in $(pids_of "$1"); do kill "-$2" "$pid" 2>/dev/null || true; done
    wait_until "$3" gone "$1" && return
    for pid in $(pids_of "$1"); do kill -KILL "$pid" 2>/dev/null || true; done
    wait_until 5 gone "$1" || fail "$1 does not end"
}

in_background() # LOG COMMAND…
{
    cd "$RUN"
    local log=$1
    shift
    setsid "$@" </dev/null >>"$log" 2>&1 &
}

stop_nginx()
{
    end_processes nginx QUIT 10
}

# The kernel knows a program's name by 15 bytes. A pool that was killed leaves workers behind.
stop_workers()
{
    end_processes multiwatch TERM 40
    end_processes omnichannel.fcg TERM 40
    rm -f "$RUN/workers.pid" "$RUN/api.sock"
}

stop_mariadb()
{
    end_processes mariadbd TERM 60
}
