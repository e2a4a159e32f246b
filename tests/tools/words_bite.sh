#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Sees to it that tools/words.py bites: what is said without a translation, a translation that nothing says,
# and one that takes other arguments must each be named. Then: a third language is one file.
set -eu
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/src"
cp -R src/words src/net "$copy/src"
bad=0
cat >"$copy/src/net/said.c" <<'END'
int f(struct call *call) { return problem(call, say(call, "%d of" /* here */ " %s"), SAID("gone")); }
END
words() { printf '%s\n' "$1" >"$copy/src/words/zh.json"; }
python3 - "$copy" <<'END'
import json, os, sys
sys.path.insert(0, "tools")
import words
said = {t for where, _, names in os.walk(sys.argv[1] + "/src/net") for n in names for _, t in words.said(os.path.join(where, n))}
with open(sys.argv[1] + "/rest", "w") as f:
    f.write("".join(f', {json.dumps(t)}: "此"' for t in said - {"gone", "%d of %s"}))
END
rest=$(cat "$copy/rest")
bites() { # name, the dictionary, what must be said
    words "$2"
    if said=$(python3 tools/words.py check "$copy" 2>&1) || ! echo "$said" | grep -q "$3"; then
        echo "not noticed: $1: $said" >&2
        bad=1
    fi
}
words "{\"%d of %s\": \"%d，%s\", \"gone\": \"无\"$rest}"
python3 tools/words.py check "$copy" || { echo "a whole dictionary does not pass" >&2; exit 1; }
bites "no translation" "{\"%d of %s\": \"%d，%s\"$rest}" "said.c:1: not in src/words/zh.json: 'gone'"
bites "nothing says it" "{\"%d of %s\": \"%d，%s\", \"gone\": \"无\", \"more\": \"多\"$rest}" "nothing says 'more'"
bites "arguments in another order" "{\"%d of %s\": \"%s，%d\", \"gone\": \"无\"$rest}" 'takes other arguments'
bites "an argument too few" "{\"%d of %s\": \"%d\", \"gone\": \"无\"$rest}" 'takes other arguments'
bites "twice" "{\"%d of %s\": \"%d，%s\", \"gone\": \"无\", \"gone\": \"没\"$rest}" 'twice'
words '{"gone": "无"}'
printf '{"gone": "weg"}\n' >"$copy/src/words/de.json"
python3 tools/words.py table "$copy/table.c" "$copy"/src/words/*.json
grep -q '{"de", texts_1' "$copy/table.c" || { echo "another language is not one file" >&2; bad=1; }
exit $bad
