# shellcheck shell=bash
# The private MariaDB, its schema, the first partner.

# ---- MariaDB ----

sql()
{
    mariadb --no-defaults --batch --skip-column-names -u root -S "$RUN/mariadb.sock" "$@"
}

write_mariadb_configuration()
{
    local user=
    [ "$(id -u)" -ne 0 ] || user='user = root'
    put "$ETC/mariadb.cnf" <<END
# Keeps to processors: $OMNI_DB_CPUS.
[mariadbd]
datadir = $DATA
socket = $RUN/mariadb.sock
pid-file = $RUN/mariadb.pid
log-error = $LOGS/mariadb.log
tmpdir = $VAR/tmp
$user
skip-networking
skip-name-resolve
max_connections = 400
max_allowed_packet = 64M
character-set-server = utf8mb4
collation-server = utf8mb4_bin
default-time-zone = +00:00
innodb_buffer_pool_size = $OMNI_DB_MEMORY
innodb_flush_log_at_trx_commit = 1
innodb_doublewrite = 1
END
}

# `--force` only means: although this host may not know its own name. In a common
# folder for temporary tables a server that starts removes those of others.
make_database()
{
    local new=$DATA.new as_root=()
    write_mariadb_configuration
    [ ! -d "$DATA" ] || return 0
    rm -rf "$new"
    [ "$(id -u)" -ne 0 ] || as_root=(--user=root)
    TMPDIR=$VAR/tmp mariadb-install-db --no-defaults --datadir="$new" --auth-root-authentication-method=normal --skip-test-db \
        --skip-name-resolve --force "${as_root[@]}"
    mv "$new" "$DATA"
}

# By its pid: under load it is some time before it goes by its own name.
mariadb_answers() # PID
{
    [[ $(ps -o stat= -p "$1") =~ ^[^Z] ]] ||
        fail "mariadbd has ended; its last lines in $LOGS/mariadb.log: $(tail -n 5 "$LOGS/mariadb.log")"
    sql -e 'SELECT 1' >/dev/null 2>&1
}

start_mariadb()
{
    local keep=()
    [ "$OMNI_DB_CPUS" = all ] || keep=(taskset -c "$OMNI_DB_CPUS")
    if leads mariadb mariadbd && ! newer_than "$RUN/mariadb.pid" "$ETC/mariadb.cnf"; then
        return
    fi
    stop_mariadb
    in_background "$LOGS/mariadb.log" "${keep[@]}" mariadbd --defaults-file="$ETC/mariadb.cnf"
    wait_until 120 mariadb_answers $! || fail "MariaDB does not answer; see $LOGS/mariadb.log"
}

# ---- Database, partner, keys ----

make_secret() # FILE
{
    [ -s "$1" ] || openssl rand -hex 24 | put "$1"
}

write_configuration()
{
    local role
    for role in worker sender admin; do make_secret "$ETC/$role.password"; done
    put "$ETC/omnichannel.conf" <<END
# This stack's own; doc and bounds: omnichannel.conf(5).
database_socket = $RUN/mariadb.sock
database_name = $DATABASE
worker_database_password_file = $SHORT_ETC/worker.password
sender_database_password_file = $SHORT_ETC/sender.password
admin_database_password_file = $SHORT_ETC/admin.password
runtime_directory = $RUN
sender_directory = $RUN/sender
# Partners try receivers on this machine; production defaults allow none of this.
webhook_allow_http = yes
webhook_allow_cidr = 127.0.0.0/8
webhook_allow_cidr = ::1/128
webhook_ports = any
log_target = stderr
END
}

# Runs PROGRAM on this stack's configuration, from any folder.
write_wrapper() # PROGRAM
{
    put "$BIN/$1" <<END
#!/bin/sh
program=$(quote "$BUILD/$1")
if [ ! -x "\$program" ]; then
    echo "$1: not part of this version" >&2
    exit 69
fi
[ "\${1-}" != migrate ] || { shift && set -- migrate --sql-dir $(quote "$TREE/sql") "\$@"; }
OMNICHANNEL_CONF=$(quote "$ETC/omnichannel.conf") exec "\$program" "\$@"
END
    chmod 700 "$BIN/$1"
}

admin()
{
    "$BIN/omnichannel-admin" "$@"
}

# The programs' database users, with passwords made here; stdin keeps those off command lines.
make_users()
{
    local role
    sql -e "CREATE DATABASE IF NOT EXISTS $DATABASE CHARACTER SET utf8mb4"
    sql "$DATABASE" <"$TREE/sql/users.sql"
    for role in worker sender admin; do
        printf "ALTER USER omni_%s@localhost IDENTIFIED BY '%s' ACCOUNT UNLOCK;\n" "$role" "$(cat "$ETC/$role.password")"
    done | sql
}

migrate()
{
    write_configuration
    write_wrapper omnichannel-admin
    write_wrapper omnichannel-sender
    make_users
    admin migrate
    sql "$DATABASE" <"$TREE/sql/grants.sql"
}

# Each secret is shown once: it is kept as soon as it is there.
keep_last_line() # FILE COMMAND…
{
    local file=$1
    shift
    [ ! -s "$file" ] || return 0
    "$@" | tail -n 1 >"$file.new"
    [ -s "$file.new" ] || fail "no secret came from: $*"
    mv "$file.new" "$file"
}

# A partner whose secret was never kept is there when an earlier run was killed in between.
webhook_secret()
{
    if admin partner show "$PARTNER" >/dev/null 2>&1; then
        admin partner rotate-secret "$PARTNER" --quiet
    else
        admin partner add "$PARTNER" --name 'Quickstart Partner' --quiet
    fi
}

make_partner()
{
    keep_last_line "$KEYS/webhook-secret" webhook_secret
    keep_last_line "$KEYS/api-key" admin key create --partner "$PARTNER" --permissions create,read,update --quiet
    keep_last_line "$KEYS/agent-key" admin key create --partner "$PARTNER" --permissions create,read,update,agent --quiet
}
