#!/bin/sh
# Calls that this code does without, and words that say it is not done.
. "$(dirname "$0")/lib.sh"

banned='(^|[^A-Za-z0-9_])(sprintf|vsprintf|strcpy|strcat|strncpy|strncat|atoi|atol|atoll|atof|strtok|gets|alloca|tmpnam|mktemp)\('
unfinished='(^|[^A-Za-z0-9_])(TODO|FIXME|XXX)([^A-Za-z0-9_]|$)'

offences()
{
    c_files "$1" src tests | while read -r file; do
        grep -nE "$banned|$unfinished" "$1/$file" | sed "s|^|$file: |"
    done
}

for call in 'sprintf(b, "x")' 'strcpy(a, b)' 'strcat(a, b)' 'atoi(s)' 'atol(s)' 'strtok(s, ",")' 'gets(s)' 'alloca(n)'; do
    echo "void f(void) { $call; }" | caught "${call%%(*}" src/base/planted.c
done
echo '/* TODO: the rest */' | caught "unfinished work" src/base/planted.h
echo 'void f(void) { snprintf(b, 1, "x"); fgets(s, 1, f); }' | allowed "snprintf and fgets" src/base/planted.c
clean
finish
