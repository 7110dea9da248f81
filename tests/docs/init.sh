#!/bin/bash
# The init script does what the Linux Standard Base says of start, status, reload,
# restart and stop, on real workers without a database.
# Environment: SRCDIR, the tree; OMNI_BUILD, where the programs are built.
. "$(dirname "$0")/../style/lib.sh"

build=${OMNI_BUILD:-$top}
user=$(id -un) group=$(id -gn)
if [ "$(id -u)" -eq 0 ]; then # spawn-fcgi makes nothing root's
    user=nobody group=nogroup
fi
chmod 755 "$work"
umask 022 # the pool is another user when we are root
install -m 755 "$build/omnichannel.fcgi" "$work/omnichannel.fcgi"
mkdir "$work/home" && chmod 700 "$work/home"
cat >"$work/omnichannel.conf" <<END
database_socket = $work/no-database.sock
runtime_directory = $work/run
sender_directory = $work/sender
log_level = error
END
cat >"$work/defaults" <<END
OMNI_WORKERS=3
OMNI_USER=$user
OMNI_GROUP=$group
OMNI_WEB_GROUP=$group
OMNI_SENDER_USER=$user
OMNI_RUN=$work/run
OMNI_SENDER_RUN=$work/sender
OMNI_PIDFILE=$work/pid
OMNI_CONF=$work/omnichannel.conf
OMNI_PROGRAM=$work/omnichannel.fcgi
END
sed -e "s|@sysconfdir@|/etc|; s|@pkglibexecdir@|/usr/libexec|" "$top/etc/omnichannel.init.in" >"$work/init"

init() # ACTION
{
    OMNI_TEST_SECRET=in-the-caller-s-environment OMNI_DEFAULTS=$work/defaults sh "$work/init" "$1" >"$work/said" 2>&1
}
trap 'init stop; rm -rf "$work"' EXIT

check() # NAME COMMAND…
{
    local name=$1
    shift
    if "$@"; then note passed "$name"; else note FAILED "$name: $(tail -n 3 "$work/said")"; fi
}

gives() # STATUS ACTION
{
    local status=0
    init "$2" || status=$?
    [ "$status" -eq "$1" ]
}

pids()
{
    pgrep -f -- "^$work/omnichannel.fcgi -c $work/omnichannel.conf\$"
}

count_is() # NUMBER, within 10 s
{
    local i
    for ((i = 0; i < 100; i++)); do
        [ "$(pids | wc -l)" -ne "$1" ] || return 0
        sleep 0.1
    done
    return 1
}

# A worker says so itself: 503, as there is no database. Root's eyes are not needed.
answers()
{
    "$build/omnichannel-admin" -c "$work/omnichannel.conf" doctor 2>&1 | grep ' workers: ' >"$work/said"
    grep -q '^warn workers: they answer 503' "$work/said"
}

modes_are_right()
{
    stat -c '%a %U %G' "$work/run" "$work/run/api.sock" "$work/sender" | tr '\n' ' ' >"$work/said"
    grep -qxF "2750 $user $group 660 $user $group 2750 $user $group " "$work/said"
}

# Not dumpable, they show their environment and limits to root alone.
nothing_leaks()
{
    local pid
    for pid in $(pids) $(cat "$work/pid"); do
        grep -q '^Max core file size *0 *0 ' "/proc/$pid/limits" || return
        ! grep -qs OMNI_TEST_SECRET "/proc/$pid/environ" || return
    done
}

same_leader() # PID
{
    [ "$(cat "$work/pid")" = "$1" ] && kill -0 "$1"
}

dead_leader()
{
    kill -KILL "$(cat "$work/pid")"
    sleep 0.2
    gives 1 status
}

check "status of none" gives 3 status
check "stop of none" gives 0 stop
check "reload of none" gives 7 reload
check "start" gives 0 start
check "three workers" count_is 3
check "status" gives 0 status
check "a worker answers" answers
check "modes" modes_are_right
check "no environment of the caller's, no core files" nothing_leaks
leader=$(cat "$work/pid")
check "start again" gives 0 start
check "changes nothing" same_leader "$leader"
check "reload" gives 0 reload
check "keeps the leader" same_leader "$leader"
check "three workers still" count_is 3
cp "$work/omnichannel.conf" "$work/good.conf"
echo 'database_timout = 2' >>"$work/omnichannel.conf"
check "reload of a bad configuration" gives 6 reload
check "keeps the pool" same_leader "$leader"
cp "$work/good.conf" "$work/omnichannel.conf"
check "restart" gives 0 restart
check "has another leader" test "$(cat "$work/pid")" != "$leader"
check "three workers again" count_is 3
check "a dead leader is told" dead_leader
check "start after it" gives 0 start
check "leaves no orphans" count_is 3
check "a worker answers again" answers
check "stop" gives 0 stop
check "no worker is left" count_is 0
check "nor the socket" test ! -e "$work/run/api.sock"
check "status after it" gives 3 status
echo 'database_timout = 2' >>"$work/omnichannel.conf"
check "start with a bad configuration" gives 6 start
check "an unknown action" gives 2 fly
finish
