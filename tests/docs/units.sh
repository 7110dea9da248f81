#!/bin/bash
# systemd's own judgement of the units, without systemd running: as good as README
# says it is, or better. And each switch there is for this is seen to count.
# Environment: SRCDIR, the tree.
. "$(dirname "$0")/../style/lib.sh"

# What README claims of UNIT, times 10.
claimed()
{
    sed -n "s/.*\`$1\` \([0-9]\)\.\([0-9]\).*/\1\2/p" "$top/README" | head -n 1
}

unit() # NAME SED-EXPRESSION: the unit, changed, as a file of its own
{
    sed -e 's|@pkglibexecdir@|/usr/libexec/omnichannel|g; s|@sysconfdir@|/etc|g; s|@sbindir@|/usr/sbin|g' -e "$2" \
        "$top/etc/systemd/$1.service.in" >"$work/$1.service"
}

is_within() # UNIT LIMIT, in tenths
{
    systemd-analyze security --offline=true --no-pager --threshold="$2" "$work/$1.service" >"$work/said" 2>&1
}

check() # NAME COMMAND…
{
    local name=$1
    shift
    if "$@"; then note passed "$name"; else note FAILED "$name: $(tail -n 1 "$work/said")"; fi
}

refuses() # COMMAND…
{
    ! "$@"
}

# Lines of the filter and of hardening that are there in one unit and not in the other, but for the network.
differences()
{
    diff <(hardening workers) <(hardening sender) | grep -c '^[<>]'
}

hardening() # workers|sender
{
    sed -n '/^UMask/,/^\[Install/p' "$top/etc/systemd/omnichannel-$1.service.in" |
        grep -vE '^#|^(PrivateNetwork|IPAddressDeny|RestrictAddressFamilies|LimitNOFILE|ReadWritePaths)='
}

for name in omnichannel-workers omnichannel-sender; do
    limit=$(claimed $name)
    check "README has the score of $name" test -n "$limit"
    unit $name ''
    check "$name is as good as README says" is_within $name "${limit:-0}"
    unit $name '/^NoNewPrivileges/d; /^SystemCallFilter/d; /^CapabilityBoundingSet/d'
    check "$name is worse without its filter" refuses is_within $name "${limit:-0}"
done
check "both are hardened alike" test "$(differences)" -eq 0
finish
