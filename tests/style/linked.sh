#!/bin/sh
# The workers do without libcurl: it alone would cost each of them 4 MiB.
# Environment: OMNI_BUILD, where the programs are; CC.
. "$(dirname "$0")/lib.sh"
top=${OMNI_BUILD:-$top}

offences()
{
    file=omnichannel.fcgi
    if ! ldd "$1/$file" >"$work/libraries" 2>&1; then
        echo "$file: cannot be asked"
    elif grep -q libcurl "$work/libraries"; then
        echo "$file: links libcurl"
    fi
}

program() # C text on stdin, linker's words as arguments
{
    ${CC:-cc} -x c - -o "$work/program" "$@" || exit 99
}

printf '#include <curl/curl.h>\nint main(void) { return !curl_version(); }\n' | program -lcurl
caught "one that links libcurl" omnichannel.fcgi <"$work/program"
caught "one that is none" omnichannel.fcgi </dev/null
echo 'int main(void) { return 0; }' | program
allowed "one without" omnichannel.fcgi <"$work/program"
clean
finish
