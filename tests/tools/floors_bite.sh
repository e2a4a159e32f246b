#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# The floors are kept by a script; this sees to it that the script bites: each rule is broken once in a
# copy of the tree, and must be named.
set -eu
cd "$(dirname "$0")/../.."
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
mkdir -p "$copy/model" "$copy/ui"
cp -R src tools "$copy"
cp -R model/kinds "$copy/model"
cp -R ui/src "$copy/ui"
bad=0
bites() { # name, file, line to add, what it must say
    cp "$copy/$2" "$copy/kept"
    printf '%s\n' "$3" >>"$copy/$2"
    if said=$("$copy/tools/floors.sh" 2>&1) || ! echo "$said" | grep -q "$4"; then
        echo "not noticed: $1" >&2
        bad=1
    fi
    mv "$copy/kept" "$copy/$2"
}
"$copy/tools/floors.sh" || { echo "the tree as it is does not pass" >&2; exit 1; }
bites "a higher floor" src/model/load.c '#include "record/record.h"' 'not a floor below'
bites "a private header" src/record/who.c '#include "access/internal.h"' 'only access/access.h is public'
bites "a writer among readers" src/assure/level.c '#include "store/write.h"' 'only the one door'
bites "a kind in code" src/record/who.c 'static const char *const is = "risk_criteria";' 'a kind is named'
bites "SQL with a name in it" src/record/who.c 'static const char s[] = "SELECT id FROM \"%.*s\"";' 'SQL is put together'
bites "SQL by pieces" src/record/who.c 'void f(struct buf *b) { buf_add_c(b, " ORDER BY t.id"); }' 'SQL is put together'
exit $bad
