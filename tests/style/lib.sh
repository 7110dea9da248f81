# shellcheck shell=sh
# What the style checks share. A check defines `offences ROOT`: a line
# "FILE: why" for each fault under ROOT. It then says
#   clean            the project has none
#   caught NAME FILE a tree with only this planted FILE (its text on stdin) is found out
#   allowed NAME FILE  … is not
#   finish           prints the sums; the exit status
# Environment: SRCDIR, the tree (default: the one this file is in).

top=${SRCDIR:-$(cd "$(dirname "$0")/../.." && pwd)}
work=$(mktemp -d) || exit 99
trap 'rm -rf "$work"' EXIT

# In a file: the callers read their planted text from pipes, in subshells.
note() # WORD NAME
{
    echo "$1: $2" | tee -a "$work/results"
}

clean()
{
    if found=$(offences "$top") && [ -z "$found" ]; then
        note passed "the tree"
    else
        note FAILED "the tree"
        printf '%s\n' "$found"
    fi
}

# Other files that a planted one needs: plant FILE, text on stdin.
plant()
{
    mkdir -p "$work/plant/$(dirname "$1")"
    cat >"$work/plant/$1"
}

offence_in()
{
    offences "$work/plant" | grep -qF "$1:"
}

caught()
{
    plant "$2"
    if offence_in "$2"; then note passed "catches $1"; else note FAILED "catches $1"; fi
    rm -rf "$work/plant"
}

allowed()
{
    plant "$2"
    if offence_in "$2"; then note FAILED "allows $1"; else note passed "allows $1"; fi
    rm -rf "$work/plant"
}

# C files below ROOT's named folders, as paths relative to ROOT.
c_files()
{
    (cd "$1" && shift && find "$@" -name '*.[ch]' 2>/dev/null | LC_ALL=C sort)
}

finish()
{
    passed=$(grep -c '^passed: ' "$work/results")
    failed=$(grep -c '^FAILED: ' "$work/results")
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
}
