#!/bin/sh
# Every C file is as clang-format, by the tree's .clang-format, would write it.
. "$(dirname "$0")/lib.sh"

clang_format=${CLANG_FORMAT:-clang-format}

offences()
{
    (
        cd "$1" || exit
        c_files . src tests | xargs -r "$clang_format" --style="file:$top/.clang-format" --dry-run --Werror 2>&1
    ) | awk -F: '/code should be/ && !seen[$1]++ { print $1 ": line " $2 } !/code should be/ && /error: |annot/'
}

plant src/base/good.c <<'END'
int f(void);
END
caught "bad spacing" src/base/bad.c <<'END'
int  f( void ) { return 1; }
END
allowed "what it wrote itself" src/base/good.c <<'END'
int f(void)
{
    return 1;
}
END
clean
finish
