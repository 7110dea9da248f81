dnl Compiler and linker flags in three variables that Makefile.am hands on:
dnl OMNI_CFLAGS, OMNI_CPPFLAGS, OMNI_LDFLAGS.

dnl OMNI_ADD_FLAGS(VARIABLE, TESTED-WITH, FLAGS): each flag that the compiler
dnl and linker take without a warning.
AC_DEFUN([OMNI_ADD_FLAGS], [
for omni_flag in $3; do
  AC_MSG_CHECKING([whether $CC takes $omni_flag])
  omni_saved=$[$2]
  $2="$[$2] -Werror $omni_flag"
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#include <stdio.h>]], [[return puts("") < 0]])],
    [AC_MSG_RESULT([yes]); $1="$[$1] $omni_flag"],
    [AC_MSG_RESULT([no])])
  $2=$omni_saved
done
])

AC_DEFUN([OMNI_WARNINGS], [
OMNI_CFLAGS=
OMNI_CPPFLAGS=
OMNI_LDFLAGS=
AC_SUBST([OMNI_CFLAGS])
AC_SUBST([OMNI_CPPFLAGS])
AC_SUBST([OMNI_LDFLAGS])
OMNI_ADD_FLAGS([OMNI_CFLAGS], [CFLAGS],
  [-std=c11 -Wall -Wextra -Wshadow -Wconversion -Wformat=2 -Wstrict-prototypes -Wmissing-prototypes dnl
-Wvla -Wcast-qual -Wswitch-enum])
AC_ARG_ENABLE([werror], [AS_HELP_STRING([--enable-werror], [make warnings errors])], [], [enable_werror=no])
AS_IF([test "$enable_werror" = yes], [OMNI_CFLAGS="$OMNI_CFLAGS -Werror"])
])

AC_DEFUN([OMNI_SANITIZER], [
AC_ARG_WITH([sanitizer],
  [AS_HELP_STRING([--with-sanitizer=LIST], [build with -fsanitize=LIST, as in address,undefined])],
  [], [with_sanitizer=no])
AS_IF([test "$with_sanitizer" != no],
  [omni_sanitizer="-fsanitize=$with_sanitizer -fno-omit-frame-pointer -fno-sanitize-recover=all"
   OMNI_CFLAGS="$OMNI_CFLAGS $omni_sanitizer"
   OMNI_LDFLAGS="$OMNI_LDFLAGS $omni_sanitizer"])
])

AC_DEFUN([OMNI_COVERAGE], [
AC_ARG_ENABLE([coverage],
  [AS_HELP_STRING([--enable-coverage], [count executed lines; see make coverage])],
  [], [enable_coverage=no])
AS_IF([test "$enable_coverage" = yes],
  [OMNI_CFLAGS="$OMNI_CFLAGS -O0 --coverage"
   OMNI_LDFLAGS="$OMNI_LDFLAGS --coverage"])
AM_CONDITIONAL([COVERAGE], [test "$enable_coverage" = yes])
])

dnl Fortified libc calls need optimisation, and get in the sanitizers' way.
AC_DEFUN([OMNI_HARDENING], [
AS_IF([test "$with_sanitizer" = no && test "$enable_coverage" = no],
  [OMNI_ADD_FLAGS([OMNI_CPPFLAGS], [CPPFLAGS], ["-U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3"])])
OMNI_ADD_FLAGS([OMNI_CFLAGS], [CFLAGS], [-fstack-protector-strong -fstack-clash-protection -fcf-protection -fPIE])
OMNI_ADD_FLAGS([OMNI_LDFLAGS], [LDFLAGS], [-pie -Wl,-z,relro -Wl,-z,now -Wl,--as-needed])
])
