# SPDX-License-Identifier: Apache-2.0
"""RFC 6962 trees by the letter of the RFC, with Python's standard library alone.

Reads the vectors that tests/unit/ledger/export.c wrote with our C code and computes them again:
for every size from 0 to 300 the root, every inclusion proof and every consistency proof.

usage: rfc6962.py FOLDER
"""
import functools
import hashlib
import os
import sys


def sha256(data):
    return hashlib.sha256(data).digest()


@functools.lru_cache(maxsize=None)
def tree_hash(start, end):
    """MTH(D[start:end]), section 2.1."""
    if start == end:
        return sha256(b"")
    if end - start == 1:
        return sha256(b"\x00" + b"leaf %d" % start)
    k = split(end - start)
    return sha256(b"\x01" + tree_hash(start, start + k) + tree_hash(start + k, end))


def split(n):
    """The largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def path(m, start, end):
    """PATH(m, D[start:end]), section 2.1.1; m counts from start."""
    n = end - start
    if n == 1:
        return []
    k = split(n)
    if m < k:
        return path(m, start, start + k) + [tree_hash(start + k, end)]
    return path(m - k, start + k, end) + [tree_hash(start, start + k)]


def subproof(m, start, end, known):
    """SUBPROOF(m, D[start:end], known), section 2.1.2."""
    n = end - start
    if m == n:
        return [] if known else [tree_hash(start, end)]
    k = split(n)
    if m <= k:
        return subproof(m, start, start + k, known) + [tree_hash(start + k, end)]
    return subproof(m - k, start + k, end, False) + [tree_hash(start, start + k)]


def vector(size):
    inclusion = b"".join(b"".join(path(m, 0, size)) for m in range(size))
    consistency = b"".join(b"".join(subproof(m, 0, size, True)) for m in range(1, size + 1))
    return "%d %s %s %s" % (
        size, tree_hash(0, size).hex(), sha256(inclusion).hex(), sha256(consistency).hex())


def main():
    with open(os.path.join(sys.argv[1], "vectors"), encoding="ascii") as f:
        lines = f.read().splitlines()
    if len(lines) != 301:
        sys.exit("301 vectors were expected, %d are there" % len(lines))
    for size, line in enumerate(lines):
        if line != vector(size):
            sys.exit("size %d: C has\n  %s\nPython has\n  %s" % (size, line, vector(size)))
    print("sizes 0 to 300: roots, inclusion and consistency proofs agree")


if __name__ == "__main__":
    main()
