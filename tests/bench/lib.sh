# shellcheck shell=bash
# What the benchmarks share: a stack of their own in a throw-away folder, ended
# with them; figures and how they are printed.
cd "$(dirname "$0")" || exit
# shellcheck disable=SC2034 # for those that read this file, as others below
HERE=$PWD
TREE=$(cd ../.. && pwd)
[ -x "${OMNI_BUILD:?set by make bench}/tests/bench/ceiling" ] || { echo "bench: run it by 'make bench'" >&2; exit 2; }

begin_stack()
{
    OMNI_VAR=$(mktemp -d /tmp/omni-bench-XXXXXX)
    export OMNI_VAR OMNI_HTTP_PORT=${OMNI_HTTP_PORT:-3902} OMNI_HTTPS_PORT=${OMNI_HTTPS_PORT:-3943} OMNI_DB_MEMORY=${OMNI_DB_MEMORY:-1G}
    trap end_stack EXIT
    OMNI_SENDER=off "$TREE/quickstart" up >"$OMNI_VAR.log" 2>&1 || { cat "$OMNI_VAR.log" >&2; exit 1; }
    rm -f "$OMNI_VAR.log"
    eval "$("$TREE/quickstart" env)"
    # shellcheck disable=SC2034
    CONF=$OMNI_VAR/etc/omnichannel.conf T=$OMNI_VAR/tmp
    # shellcheck disable=SC2034
    KEY=$("$OMNI_ADMIN" key create --partner PARTNER001 --limit unlimited --quiet | tail -1)
    db 'DELETE FROM webhook_job' # the first claim's
}
end_stack()
{
    # shellcheck disable=SC2046
    kill $(jobs -p) 2>/dev/null || true
    OMNI_SENDER=off "$TREE/quickstart" down >/dev/null 2>&1 || true
    rm -rf "$OMNI_VAR" "$OMNI_VAR.log"
}

db() { mariadb --no-defaults -u root -S "$OMNI_DB_SOCKET" -N -B "$OMNI_DB_NAME" -e "$1"; }
field() { cut -d' ' -f"$1" <<<"$2"; }
best() { sort -rn | head -1; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
# NAME VALUE TARGET…: ratios and other figures beside what is to be reached
against() { printf '  %-60s %9s   to reach %s\n' "$@"; }
say_machine()
{
    echo "machine: $(nproc) cores, $(awk '/MemTotal/{printf "%.0f GiB", $2 / 1048576}' /proc/meminfo), load $(cut -d' ' -f1 /proc/loadavg) before"
    db "SELECT CONCAT('MariaDB ', VERSION(), ': buffer pool ', @@innodb_buffer_pool_size DIV 1048576, ' MiB, flush_log_at_trx_commit ', @@innodb_flush_log_at_trx_commit, ', doublewrite ', @@innodb_doublewrite, ', log file ', @@innodb_log_file_size DIV 1048576, ' MiB')"
}
