#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Turns ui/dist into an assembly file that includes the bytes (.incbin) and a C table of assets.

usage: embed_pages.py DIST|- OUT.S OUT.c OUT.d
DIST/manifest.json lists {"path", "file", "type", "immutable", "gz", "br"}. "-" embeds nothing.
"""
import hashlib
import json
import os
import sys


def main():
    dist, asm_path, table_path, deps_path = sys.argv[1:5]
    manifest = os.path.join(dist, "manifest.json")
    entries = []
    if dist != "-":
        if not os.path.exists(manifest):
            sys.exit("ui/dist is not built: run tools/build_ui.sh first, or configure with -Dui=off")
        with open(manifest, encoding="utf-8") as f:
            entries = json.load(f)
    asm, table, deps = ['.section .rodata'], [], []

    def include(label, path):
        asm.append(f'.balign 16\n.global {label}\n.hidden {label}\n{label}:\n.incbin "{path}"\n'
                   f'.global {label}_end\n.hidden {label}_end\n{label}_end:\n.byte 0')
        deps.append(path)

    names = []
    for i, entry in enumerate(entries):
        path = os.path.join(dist, entry["file"])
        with open(path, "rb") as f:
            etag = hashlib.sha256(f.read()).hexdigest()[:32]
        cells = {}
        for form, suffix in (("raw", ""), ("gz", ".gz"), ("br", ".br")):
            if form == "raw" or entry.get(form):
                label = f"asset_{i}_{form}"
                include(label, path + suffix)
                names += [label, label + "_end"]
                cells[form] = f"{label}, {label}_end"
            else:
                cells[form] = "NULL, NULL"
        immutable = "true" if entry.get("immutable") else "false"
        table.append(f'    {{{json.dumps(entry["path"])}, {json.dumps(entry["type"])}, "\\"{etag}\\"", '
                     f'{cells["raw"]}, {cells["gz"]}, {cells["br"]}, {immutable}}},')
    asm.append('.section .note.GNU-stack,"",@progbits')
    with open(asm_path, "w", encoding="utf-8") as f:
        f.write("\n".join(asm) + "\n")
    with open(table_path, "w", encoding="utf-8") as f:
        f.write('/* made by tools/embed_pages.py */\n#include "api/assets.h"\n\n')
        for name in names:
            f.write(f"extern const unsigned char {name}[] __attribute__((visibility(\"hidden\")));\n")
        rows = "\n".join(table) or "    {0},"
        f.write(f"\nconst struct asset assets[] = {{\n{rows}\n}};\n"
                f"const size_t asset_count = {len(entries)};\n")
    with open(deps_path, "w", encoding="utf-8") as f:
        f.write(f"{asm_path} {table_path}: " + " ".join([manifest] * (dist != "-") + deps) + "\n")


main()
