#!/bin/sh
# A function does one thing: none is longer than 60 lines. (Tests hold tables.)
. "$(dirname "$0")/lib.sh"

offences()
{
    c_files "$1" src | while read -r file; do
        awk -v file="$file" -v most=60 '
            /^\{/ { start = NR }
            /^\}/ { if (start && NR - start - 1 > most) print file ": line " start ": " NR - start - 1 " lines"; start = 0 }
        ' "$1/$file"
    done
}

lines() # N
{
    printf 'void f(void)\n{\n'
    awk -v n="$1" 'BEGIN { while (n--) print "    g();" }'
    printf '}\n'
}

lines 61 | caught "61 lines" src/base/long.c
lines 60 | allowed "60 lines" src/base/short.c
clean
finish
