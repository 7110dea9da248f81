# shellcheck shell=bash
# From packages to programs.

# What Debian's packages give us; the second list is for `check` only.
BUILD_PACKAGES=(build-essential autoconf automake pkg-config libfcgi-dev libjson-c-dev libmariadb-dev libssl-dev
    libcurl4-openssl-dev libinih-dev ca-certificates nginx spawn-fcgi multiwatch mariadb-server-core
    mariadb-client-core openssl curl procps util-linux)
CHECK_PACKAGES=(libcunit1-dev libfaketime clang-format shellcheck systemd)
# What of the tree is built from: nothing is ever written beside the sources.
SOURCES=(configure.ac Makefile.am bootstrap quickstart src sql nginx tests m4 etc doc man .ci .clang-format .clang-tidy .gitignore
    ChangeLog README COPYING)

# ---- Packages ----

missing_packages() # NAME…
{
    comm -23 <(printf '%s\n' "$@" | sort) \
        <(dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" 2>/dev/null | sed -n 's/ installed$//p' | sort)
}

# Packages may want to start their services: policy-rc.d says no while we install.
install_packages() # NAME…
{
    local as_root=()
    if [ "$(id -u)" -ne 0 ]; then
        command -v sudo >/dev/null || fail "as root, please: apt-get install --no-install-recommends $*"
        as_root=(sudo)
    fi
    "${as_root[@]}" sh -eu -s -- "$@" <<'END'
policy=/usr/sbin/policy-rc.d
had_nginx=$(command -v nginx || true)
if [ ! -e "$policy" ]; then
    trap 'rm -f "$policy"' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
export DEBIAN_FRONTEND=noninteractive
apt-get -q update
apt-get -q -y --no-install-recommends --no-remove install "$@"
if [ -z "$had_nginx" ] && command -v systemctl >/dev/null; then
    systemctl --quiet disable nginx || true # nor at the next boot
fi
END
}

ensure_packages() # NAME…
{
    local missing
    command -v dpkg-query >/dev/null || die "this needs Debian's package manager"
    mapfile -t missing < <(missing_packages "$@")
    [ "${#missing[@]}" -eq 0 ] || step packages "install ${#missing[@]} Debian packages" install_packages "${missing[@]}"
}

# ---- Build ----

# A copy of the tree, where a file is as old as its content: so make builds what
# changed, whatever the tree's own times say, and the tree is only read.
copy_sources()
{
    local name present=() old=$VAR/src new=$VAR/src.new
    rm -rf "$new"
    mkdir -p "$old" "$new"
    for name in "${SOURCES[@]}"; do
        [ ! -e "$TREE/$name" ] || present+=("$name")
    done
    tar -C "$TREE" -X "$TREE/.gitignore" -cf - "${present[@]}" | tar -C "$new" --no-same-owner --touch -xf -
    (cd "$new" && find . -type f -exec sha256sum {} +) >"$VAR/tmp/sums"
    (
        cd "$old"
        sha256sum --check "$VAR/tmp/sums" 2>/dev/null || true
    ) | sed -n 's/: OK$//p' >"$VAR/tmp/unchanged"
    tar -C "$old" -cf - -T "$VAR/tmp/unchanged" | tar -C "$new" -xf -
    for name in configure Makefile.in aclocal.m4 build-aux autom4te.cache; do
        [ ! -e "$old/$name" ] || mv "$old/$name" "$new/"
    done
    rm -rf "$old"
    mv "$new" "$old"
    [ -e "$old/configure" ] || "$old/bootstrap"
}

configure_in() # FOLDER OPTION…
{
    mkdir -p "$1"
    cd "$1"
    shift
    [ -e config.status ] || ../src/configure --quiet "$@"
}

build()
{
    ensure_packages "${BUILD_PACKAGES[@]}"
    step sources 'copy the sources' copy_sources
    step configure 'configure' configure_in "$BUILD" --disable-tests
    step build 'build' make -C "$BUILD" -j"$(nproc)"
}
