# shellcheck shell=bash
# How quickstart works through its steps, and small tools for them.

die()
{
    printf 'quickstart: %s\n' "$*" >&2
    exit 1
}

# step LOG TITLE COMMAND…: runs it with its output in LOGS/LOG.log. A failure
# shows the log's end and ends everything. The command runs in a subshell of its
# own under `set -e`, and holds no lock.
step()
{
    local log=$LOGS/$1.log title=$2 begin=$SECONDS status
    shift 2
    printf '  %-44s' "$title"
    set +e
    (
        set -e
        exec 9>&-
        "$@"
    ) >"$log" 2>&1 </dev/null
    status=$?
    set -e
    if [ "$status" -ne 0 ]; then
        printf 'failed\n\n'
        tail -n 20 "$log" >&2
        die "this step failed: $title (its log: $log)"
    fi
    printf 'ok  %3d s\n' $((SECONDS - begin))
}

# Within a step: why it cannot go on.
fail()
{
    printf '%s\n' "$*"
    exit 1
}

wait_until() # SECONDS COMMAND…
{
    local end=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || return 1
        sleep 0.1
    done
}

# Writes stdin to FILE unless that is what it holds, so that its time tells when it changed.
put() # FILE
{
    cat >"$1.new"
    if cmp -s "$1.new" "$1"; then rm "$1.new"; else mv "$1.new" "$1"; fi
}

newer_than() # FILE OTHER…: one of the others is newer than FILE, or FILE is missing
{
    local file=$1 other
    shift
    for other; do
        [ ! "$other" -nt "$file" ] || return 0
    done
    return 1
}

quote()
{
    printf "'%s'" "${1//\'/\'\\\'\'}"
}
