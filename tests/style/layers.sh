#!/bin/sh
# A file includes only its own layer and those below, and each foreign library
# has one layer that may include it: asked of the compiler, so what headers
# drag in counts too.
# Environment: CC, and HEADERS_CFLAGS, where the libraries' headers are.
. "$(dirname "$0")/lib.sh"

judge() # FILE, dependencies on stdin
{
    awk -v file="$1" '
    BEGIN {
        n = split("base crypto net wire ticket store gate desk api admin bin", order, " ")
        for (i = 1; i <= n; i++) rank[order[i]] = i
        rank["send"] = rank["api"]
        split(file, part, "/"); own = part[2]
        only["fcgi"] = "bin"; only["mariadb"] = "store"; only["json-c"] = "wire"
        only["openssl"] = "crypto"; only["curl"] = "send"; only["inih"] = "base"
        if (!(own in rank)) print file ": " own " is no layer"
    }
    function library(path) {
        if (path ~ /\/fcgi[a-z_]*\.h$/) return "fcgi"
        if (path ~ /\/(mariadb|mysql)\//) return "mariadb"
        if (path ~ /\/(json-c|openssl|curl)\//) { sub(/\/[^\/]*$/, "", path); sub(/.*\//, "", path); return path }
        if (path ~ /\/ini\.h$/) return "inih"
        return ""
    }
    /^src\// {
        split($0, part, "/"); layer = part[2]
        if (layer != own && rank[layer] >= rank[own]) print file ": includes " $0
        next
    }
    { used = library($0); if (used != "" && only[used] != own && !(used in seen)) { seen[used]; print file ": includes " $0 } }'
}

offences()
{
    c_files "$1" src | grep '\.c$' | while read -r file; do
        # shellcheck disable=SC2086
        if ! (cd "$1" && ${CC:-cc} -M -D_GNU_SOURCE -DPACKAGE_VERSION='""' -Isrc ${HEADERS_CFLAGS:-} "$file") >"$work/deps"; then
            echo "$file: the compiler cannot read it"
        fi
        sed 's|[\\]$||' "$work/deps" | tr -s ' ' '\n' | sed 1d | judge "$file"
    done
}

plant src/store/store.h </dev/null
caught "a layer above" src/base/up.c <<'END'
#include "store/store.h"
END
plant src/store/store.h </dev/null
allowed "a layer below" src/desk/down.c <<'END'
#include "store/store.h"
END
plant src/api/api.h </dev/null
caught "a layer beside" src/send/beside.c <<'END'
#include "api/api.h"
END
plant src/desk/helper.h <<'END'
#include "api/api.h"
END
plant src/api/api.h </dev/null
caught "a layer above by way of a header" src/desk/indirect.c <<'END'
#include "desk/helper.h"
END
caught "a folder that is no layer" src/misc/misc.c </dev/null
for pair in fcgiapp.h:api mysql.h:desk json-c/json.h:ticket openssl/sha.h:gate ini.h:net; do
    header=${pair%%:*} layer=${pair##*:}
    echo "#include <$header>" | caught "$header in $layer" "src/$layer/foreign.c"
done
for pair in fcgiapp.h:bin mysql.h:store json-c/json.h:wire openssl/sha.h:crypto ini.h:base; do
    header=${pair%%:*} layer=${pair##*:}
    echo "#include <$header>" | allowed "$header in $layer" "src/$layer/own.c"
done
clean
finish
