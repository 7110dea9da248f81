# shellcheck shell=bash
# TLS, the worker pool, nginx, and a first claim.

# ---- TLS ----

# A certificate authority of this stack's own, and a certificate for this machine's loopback names.
make_certificate()
{
    local tls=$VAR/tls
    openssl x509 -in "$tls/server.crt" -noout -checkend 86400 2>/dev/null && return
    mkdir -p "$tls"
    cd "$tls"
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 3650 -subj '/CN=Omnichannel quickstart CA' \
        -addext 'basicConstraints=critical,CA:TRUE' -addext 'keyUsage=critical,keyCertSign,cRLSign' \
        -keyout ca.key -out ca.crt
    openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj '/CN=localhost' -keyout server.key -out server.csr
    openssl x509 -req -in server.csr -CA ca.crt -CAkey ca.key -CAcreateserial -days 825 -out server.crt -extfile - <<'END'
subjectAltName = DNS:localhost,IP:127.0.0.1,IP:::1
basicConstraints = critical,CA:FALSE
extendedKeyUsage = serverAuth
END
}

# ---- Workers ----

write_pool()
{
    put "$BIN/pool" <<END
#!/bin/sh
# HUP would end the pool; USR2 goes on to the workers, who read their configuration anew.
exec spawn-fcgi -n -s $(quote "$RUN/api.sock") -M 0600 -b 1024 -- $(quote "$(command -v multiwatch)") \\
    -f $OMNI_WORKERS -r 1000000 -s TERM -- $(quote "$BUILD/omnichannel.fcgi") -c $(quote "$ETC/omnichannel.conf")
END
    chmod 700 "$BIN/pool"
}

start_workers()
{
    write_pool
    if leads workers multiwatch && ! newer_than "$RUN/workers.pid" "$BIN/pool" "$ETC/omnichannel.conf" "$BUILD/omnichannel.fcgi"; then
        return
    fi
    stop_workers
    in_background "$LOGS/workers.log" "$BIN/pool"
    echo $! >"$RUN/workers.pid"
    wait_until 10 test -S "$RUN/api.sock" || fail "the pool made no socket; see $LOGS/workers.log"
}

# ---- nginx ----

loopback6()
{
    grep -q '^0\{31\}1 ' /proc/net/if_inet6 2>/dev/null
}

listen() # PORT PARAMETERS
{
    echo "listen 127.0.0.1:$1$2 backlog=4096;"
    ! loopback6 || echo "listen [::1]:$1$2 backlog=4096;"
}

write_nginx_configuration()
{
    local user=
    [ "$(id -u)" -ne 0 ] || user='user root;' # the sockets are for this stack's owner only
    put "$ETC/nginx.conf" <<END
$user
pid "$RUN/nginx.pid";
error_log "$LOGS/nginx-error.log" emerg;
# Keeps to processors: $OMNI_NGINX_CPUS.
worker_processes auto;
worker_rlimit_nofile 20000;
events {
    worker_connections 16384;
}
http {
    client_body_temp_path "$VAR/tmp/body";
    fastcgi_temp_path "$VAR/tmp/fastcgi";
    proxy_temp_path "$VAR/tmp/proxy";
    scgi_temp_path "$VAR/tmp/scgi";
    uwsgi_temp_path "$VAR/tmp/uwsgi";
    include "$TREE/nginx/omnichannel-http.conf";
    access_log "$LOGS/nginx-access.log" omnichannel buffer=32k flush=1s;
    upstream omnichannel {
        server "unix:$RUN/api.sock" max_fails=0;
    }
    server {
        $(listen "$OMNI_HTTP_PORT" '')
        include "$TREE/nginx/omnichannel-server.conf";
    }
    server {
        $(listen "$OMNI_HTTPS_PORT" ' ssl http2')
        ssl_certificate "$VAR/tls/server.crt";
        ssl_certificate_key "$VAR/tls/server.key";
        include "$TREE/nginx/omnichannel-tls.conf";
        include "$TREE/nginx/omnichannel-server.conf";
    }
}
END
}

answers() # URL-PATH
{
    curl -sf --noproxy '*' --max-time 5 -o /dev/null "http://127.0.0.1:$OMNI_HTTP_PORT$1"
}

start_nginx()
{
    local keep=()
    [ "$OMNI_NGINX_CPUS" = all ] || keep=(taskset -c "$OMNI_NGINX_CPUS")
    write_nginx_configuration
    if ! leads nginx nginx || newer_than "$RUN/nginx.pid" "$ETC/nginx.conf" "$VAR/tls/server.crt" "$TREE"/nginx/*.conf; then
        stop_nginx
        cd "$RUN"
        "${keep[@]}" nginx -e "$LOGS/nginx-error.log" -p "$RUN" -c "$ETC/nginx.conf"
    fi
    wait_until 30 answers "$API/health" ||
        fail "no healthy answer on port $OMNI_HTTP_PORT; the workers' last lines: $(tail -n 5 "$LOGS/workers.log")"
}

# ---- The first claim ----

api() # PATH CURL-OPTION…
{
    local path=$1
    shift
    curl -sS --fail-with-body --noproxy '*' --max-time 30 -H @<(printf 'X-API-Key: %s\n' "$(cat "$KEYS/api-key")") "$@" \
        "http://127.0.0.1:$OMNI_HTTP_PORT$API$path"
}

# The reference's example under a requestId of this stack's own: repeated, it finds its ticket.
post_claim()
{
    local number
    [ ! -s "$VAR/tmp/number" ] || return 0 # posted when the stack was made
    [ -s "$KEYS/request-id" ] || openssl rand -hex 12 | put "$KEYS/request-id"
    sed "s/\"requestId\": \"[^\"]*\"/\"requestId\": \"QUICKSTART-$(cat "$KEYS/request-id")\"/" \
        "$TREE/tests/fixtures/create_claim.json" |
        api /tickets -H 'Content-Type: application/json' --data-binary @- -o "$VAR/tmp/answer.json"
    number=$(sed -n 's/.*"ticketNumber":"\([0-9]*\)".*/\1/p' "$VAR/tmp/answer.json")
    [ -n "$number" ] || fail "no ticket number in: $(cat "$VAR/tmp/answer.json")"
    api "/tickets/$number" >/dev/null
    echo "$number" | put "$VAR/tmp/number"
}

show_next()
{
    local me=./quickstart number
    number=$(cat "$VAR/tmp/number")
    [ "$PWD" = "$TREE" ] || me=$(quote "$TREE/quickstart")
    cat <<END

The reference's claim was posted; the answer:
$(cat "$VAR/tmp/answer.json")

It serves   http://localhost:$OMNI_HTTP_PORT$API
            https://localhost:$OMNI_HTTPS_PORT$API

Try next:
END
    [ "$VAR" = "$TREE/var" ] || echo "  export OMNI_VAR=$(quote "$VAR")"
    cat <<END
  eval "\$($me env)"
  curl -H "X-API-Key: \$OMNI_API_KEY" "\$OMNI_URL/tickets/$number"
  curl -H "X-API-Key: \$OMNI_API_KEY" --cacert "\$OMNI_CA" "\$OMNI_TLS_URL/tickets?channelReferenceId=WA-2024-001-XYZ"
  "\$OMNI_ADMIN" ticket comment $number 'We have retrieved your card'
  "\$OMNI_ADMIN" ticket list
  "\$OMNI_ADMIN" webhook list
  $me status
  $me check
  $me down
END
}
