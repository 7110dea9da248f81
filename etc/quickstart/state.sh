# shellcheck shell=bash
# The state folder: settings, the run folder, the lock.

RUN_MAX=76 # bytes: the configuration's runtime_directory takes 80, its sender_directory 90, a socket's path 107

# A setting: from the environment, else as this stack had it, else the default.
setting() # NAME DEFAULT
{
    local name=$1 value=${!1:-}
    [ -n "$value" ] || value=$(sed -n "s/^$name=//p" "$VAR/settings" 2>/dev/null || true)
    printf -v "$name" '%s' "${value:-$2}"
}

number() # NAME LEAST MOST
{
    if ! [[ ${!1} =~ ^[0-9]{1,5}$ ]] || [ "${!1}" -lt "$2" ] || [ "${!1}" -gt "$3" ]; then
        die "$1 must be a number from $2 to $3, not ${!1}"
    fi
}

processors() # NAME
{
    [ "${!1}" = all ] || { [[ ${!1} =~ ^[0-9][0-9,:-]*$ ]] && taskset -c "${!1}" true 2>/dev/null; } ||
        die "$1 must be all, or processors of this machine as taskset takes them (0,2-3), not ${!1}"
}

name_state()
{
    VAR=$(readlink -m -- "${OMNI_VAR:-$TREE/var}")
    [[ $VAR =~ ^[A-Za-z0-9\ ._/@%+=:,~-]+$ ]] || die "OMNI_VAR holds characters that configuration files cannot: $VAR"
    ETC=$VAR/etc LOGS=$VAR/log KEYS=$VAR/keys BIN=$VAR/bin DATA=$VAR/db
    BUILD=${OMNI_BUILD:-$VAR/build}
    RUN=$VAR/run
    setting OMNI_HTTP_PORT 3002
    setting OMNI_HTTPS_PORT 3443
    setting OMNI_WORKERS $(($(nproc) > 1 ? $(nproc) : 2))
    setting OMNI_DB_MEMORY 256M
    setting OMNI_DB_CPUS all
    setting OMNI_NGINX_CPUS all
    [[ ${OMNI_SENDER:-} != /* ]] || OMNI_SENDER= # the program, as `env` names it
    setting OMNI_SENDER on
    number OMNI_HTTP_PORT 1 65535
    number OMNI_HTTPS_PORT 1 65535
    number OMNI_WORKERS 1 1000
    [[ $OMNI_SENDER =~ ^(on|off)$ ]] || die "OMNI_SENDER must be on or off, not $OMNI_SENDER"
    processors OMNI_DB_CPUS
    processors OMNI_NGINX_CPUS
    [ "$OMNI_HTTP_PORT" != "$OMNI_HTTPS_PORT" ] || die "OMNI_HTTP_PORT and OMNI_HTTPS_PORT are the same"
    SHORT_ETC=$ETC
    [ ! -L "$RUN" ] || use_short_run
}

# The name of a folder in /tmp stands in the (private) state folder, so nobody can guess it.
use_short_run()
{
    RUN=$(readlink "$VAR/run")
    SHORT_ETC=$RUN/etc
}

own_folder() # PATH
{
    [ -d "$1" ] && [ ! -L "$1" ] && [ -O "$1" ] && [ "$(stat -c %a "$1")" = 700 ]
}

# Sockets live in VAR/run, or, as their paths are short by law, in /tmp if VAR is long.
make_run()
{
    if [ "${#VAR}" -le "$RUN_MAX" ]; then
        mkdir -p "$VAR/run"
    elif ! [ -L "$VAR/run" ] || ! own_folder "$(readlink "$VAR/run")"; then
        ln -sfn "$(mktemp -d /tmp/omnichannel.XXXXXXXX)" "$VAR/run"
    fi
    if [ -L "$VAR/run" ]; then
        use_short_run
        ln -sfn "$ETC" "$RUN/etc"
    fi
    mkdir -p "$RUN/sender"
}

make_state()
{
    mkdir -p "$VAR"
    [ -O "$VAR" ] || die "the state folder $VAR belongs to somebody else"
    chmod 700 "$VAR"
    mkdir -p "$ETC" "$LOGS" "$KEYS" "$BIN" "$VAR/tmp"
    make_run
    lock
    printf '%s\n' "OMNI_HTTP_PORT=$OMNI_HTTP_PORT" "OMNI_HTTPS_PORT=$OMNI_HTTPS_PORT" "OMNI_WORKERS=$OMNI_WORKERS" \
        "OMNI_DB_MEMORY=$OMNI_DB_MEMORY" "OMNI_DB_CPUS=$OMNI_DB_CPUS" "OMNI_NGINX_CPUS=$OMNI_NGINX_CPUS" "OMNI_SENDER=$OMNI_SENDER" | put "$VAR/settings"
}

# One command at a time on a stack; descriptor 9 is the lock.
lock()
{
    exec 9>"$VAR/lock"
    flock -w 900 9 || die "another quickstart has been at work on $VAR for 15 minutes"
}

need_state()
{
    [ -s "$KEYS/agent-key" ] || die "there is no stack in $VAR: ./quickstart makes one"
}
