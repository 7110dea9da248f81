#!/bin/sh
# The project's shell scripts, with all that they source, pass shellcheck.
. "$(dirname "$0")/lib.sh"

scripts='bootstrap quickstart etc/quickstart/ticker etc/omnichannel.init.in .ci/run'

offences()
{
    (
        cd "$1" || exit
        for file in $scripts $(find tests -name '*.sh' 2>/dev/null); do
            [ ! -f "$file" ] || shellcheck -x -a -P SCRIPTDIR -f gcc "$file"
        done
    ) 2>&1
}

# shellcheck disable=SC2016
printf '#!/bin/sh\ncd $1\n' | caught "an unquoted word" tests/planted.sh
# shellcheck disable=SC2016
printf '#!/bin/sh\ncd "$1" || exit\n' | allowed "a quoted one" tests/planted.sh
clean
finish
