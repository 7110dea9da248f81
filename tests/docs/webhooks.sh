#!/bin/sh
# What doc/webhooks.md tells partners to paste: each snippet is taken out of the
# page and given signatures made elsewhere, right ones and wrong ones.
# Environment: SRCDIR, the tree; CC.
. "$(dirname "$0")/../style/lib.sh"

# The vector that Standard Webhooks publishes.
secret=whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw
id=msg_p5jXN8AQM9LWM0D4loKWxJek
stamp=1614265330
standard=v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
wrong=v1,h0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=
printf '{"test": 2432232314}' >"$work/body"
printf '{"test":2432232314}' >"$work/parsed"
# A body that is no text, and a secret with padding ("short key!").
padded=whsec_c2hvcnQga2V5IQ==
printf 'a\0b\377\n\n' >"$work/bytes"
{ printf '%s.%s.' "$id" "$stamp" && cat "$work/bytes"; } >"$work/signed"

# By another of openssl's commands than the page's.
hmac() # KEY FILE OPTION…
{
    key=$(printf %s "$1" | od -An -v -tx1 | tr -d ' \n') file=$2
    shift 2
    openssl mac -digest SHA256 -macopt "hexkey:$key" -in "$file" "$@" HMAC
}

hex=$(hmac "$secret" "$work/body" | tr A-F a-f)
hex_bytes=$(hmac "$padded" "$work/bytes" | tr A-F a-f)
standard_bytes=v1,$(hmac 'short key!' "$work/signed" -binary | openssl base64 -A)

snippet() # LANGUAGE: the page's only block in it
{
    sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/p" "$top/doc/webhooks.md" | sed '1d;$d'
}

# ---- Programs around the snippets ----
# Each takes SECRET ID STAMP SIGNATURES HEX BODY-FILE NOW ("-": no such header)
# and prints what verify and verify_hex say.

write_python()
{
    snippet python
    cat <<'END'
import sys
secret, *values, file, now = sys.argv[1:]
names = ["webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature"]
headers = {k: v for k, v in zip(names, values) if v != "-"}
body = open(file, "rb").read()
print(*("yes" if ok else "no" for ok in (verify(secret, headers, body, int(now)), verify_hex(secret, headers, body))))
END
}

write_js()
{
    snippet js
    cat <<'END'
const [secret, ...rest] = process.argv.slice(2);
const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-webhook-signature'];
const headers = Object.fromEntries(names.map((k, i) => [k, rest[i]]).filter(([, v]) => v !== '-'));
const body = require('node:fs').readFileSync(rest[4]);
const said = [verify(secret, headers, body, Number(rest[5])), verify_hex(secret, headers, body)];
console.log(said.map((ok) => (ok ? 'yes' : 'no')).join(' '));
END
}

write_php()
{
    snippet php
    cat <<'END'
$names = ['webhook-id', 'webhook-timestamp', 'webhook-signature', 'x-webhook-signature'];
$headers = array_filter(array_combine($names, array_slice($argv, 2, 4)), fn ($v) => $v !== '-');
$body = file_get_contents($argv[6]);
echo verify($argv[1], $headers, $body, (int) $argv[7]) ? 'yes ' : 'no ';
echo verify_hex($argv[1], $headers, $body) ? 'yes' : 'no', "\n";
END
}

write_c()
{
    snippet c
    cat <<'END'
int main(int argc, char **argv)
{
    static char body[4096];
    FILE *f = argc == 8 ? fopen(argv[6], "rb") : NULL;
    if (!f)
        return 1;
    size_t n = fread(body, 1, sizeof body, f);
    fclose(f);
    for (int i = 2; i < 6; i++)
        argv[i] = strcmp(argv[i], "-") ? argv[i] : "";
    printf("%s ", verify(argv[1], argv[2], argv[3], argv[4], body, n, (time_t)strtoll(argv[7], NULL, 10)) ? "yes" : "no");
    printf("%s\n", verify_hex(argv[1], argv[5], body, n) ? "yes" : "no");
    return 0;
}
END
}

# ---- Cases ----

says() # NAME EXPECTED ARGUMENT…
{
    name=$1 expected=$2
    shift 2
    said=$("$work/run" "$@" 2>&1)
    if [ "$said" = "$expected" ]; then
        note passed "$language: $name"
    else
        note FAILED "$language: $name: said '$said', not '$expected'"
    fi
}

# The vector, but for what is given.
vector() # NAME EXPECTED [WHAT=VALUE…]
{
    v_name=$1 v_expected=$2 v_secret=$secret v_id=$id v_stamp=$stamp v_list=$standard v_hex=$hex v_body=body v_now=$stamp
    shift 2
    for change; do
        eval "v_${change%%=*}=\${change#*=}"
    done
    says "$v_name" "$v_expected" "$v_secret" "$v_id" "$v_stamp" "$v_list" "$v_hex" "$work/$v_body" "$v_now"
}

judge_functions()
{
    vector "right ones" "yes yes"
    vector "right ones of a body that is no text" "yes yes" secret="$padded" list="$standard_bytes" hex="$hex_bytes" body=bytes
    vector "one wrong letter" "no no" list="$wrong" hex="$(echo "$hex" | sed 'y/0123456789abcdef/1234567890bcdefa/')"
    vector "a body parsed and written again" "no no" body=parsed
    vector "another secret" "no no" secret="$padded"
    vector "another id" "no yes" id=msg_other
    vector "another time" "no yes" stamp=1614265331
    vector "5 minutes old" "yes yes" now=$((stamp + 300))
    vector "older" "no yes" now=$((stamp + 301))
    vector "5 minutes ahead" "yes yes" now=$((stamp - 300))
    vector "further ahead" "no yes" now=$((stamp - 301))
    vector "two, the first right" "yes yes" list="$standard $wrong"
    vector "two, the second right" "yes yes" list="$wrong $standard"
    vector "two, none right" "no yes" list="$wrong $wrong"
    vector "another version before it" "yes yes" list="v1a,$standard $standard"
    vector "only a part of it" "no no" list="${standard%?}" hex="${hex%?}"
    vector "more than it" "no no" list="${standard}A" hex="${hex}0"
    vector "without its version" "no yes" list="${standard#v1,}"
    vector "empty" "no no" list= hex=
    vector "not ASCII" "no no" list="é" hex="é"
    vector "no headers" "no no" id=- stamp=- list=- hex=-
    vector "a time that is none" "no yes" stamp="${stamp}x"
    vector "a time without end" "no yes" stamp="${stamp}00000000000000000000"
}

run_as() # COMMAND…: what $work/run does
{
    printf '#!/bin/sh\nexec %s "$@"\n' "$*" >"$work/run"
    chmod 700 "$work/run"
}

interpreted() # LANGUAGE COMMAND
{
    language=$1
    if ! command -v "$2" >/dev/null; then
        echo "$language: not at hand"
        return
    fi
    "write_$language" >"$work/program.$language"
    run_as "$2" "$work/program.$language"
    judge_functions
}

compiled()
{
    language=c
    write_c >"$work/program.c"
    if ${CC:-cc} -std=c11 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$work/program" "$work/program.c" -lcrypto 2>"$work/said"; then
        note passed "c: compiles without a warning"
    else
        note FAILED "c: compiles without a warning: $(cat "$work/said")"
    fi
    run_as "$work/program"
    judge_functions
}

# What the page's shell lines print is what the two headers must say.
by_hand()
{
    language='sh'
    mkdir "$work/hand"
    snippet sh >"$work/hand/snippet"
    cat >"$work/run" <<'END'
#!/bin/sh
secret=$1 id=$2 timestamp=$3 file=$4
cd "${0%/*}/hand" && cp "$file" body && . ./snippet
END
    chmod 700 "$work/run"
    both='webhook-signature: %s\nX-Webhook-Signature: %s'
    # shellcheck disable=SC2059
    says "the vector" "$(printf "$both" "$standard" "$hex")" "$secret" "$id" "$stamp" "$work/body"
    # shellcheck disable=SC2059
    says "a body that is no text" "$(printf "$both" "$standard_bytes" "$hex_bytes")" "$padded" "$id" "$stamp" "$work/bytes"
}

by_hand
compiled
interpreted python python3
interpreted php php
interpreted js node
finish
