# SPDX-License-Identifier: Apache-2.0
"""An outsider's look at the ledger: RFC 6962 proofs and signed notes with nothing but this file.

Written from docs/ledger.md and the public specifications, not from our C. Ed25519 follows RFC 8032
and is far too slow for anything but a handful of checks.
"""
import base64
import hashlib
import json

P = 2 ** 255 - 19
ORDER = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def sha256(data):
    """Short for the hash."""
    return hashlib.sha256(data).digest()


# ---- Ed25519 -------------------------------------------------------------------------------------
def recover_x(y, sign):
    """The x of a compressed point, or None."""
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    return P - x if x & 1 != sign else x


def decode(data):
    """A point in extended coordinates, or None."""
    number = int.from_bytes(data, "little")
    y = number & ((1 << 255) - 1)
    x = recover_x(y, number >> 255)
    return None if x is None else (x, y, 1, x * y % P)


def plus(a, b):
    """The sum of two points."""
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g = 2 * a[3] * b[3] * D % P
    h = 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P,
            (f - e) * (f + e) % P)


def times(number, point):
    """A multiple of a point."""
    total = (0, 1, 1, 0)
    while number:
        if number & 1:
            total = plus(total, point)
        point = plus(point, point)
        number >>= 1
    return total


def base_point():
    """The generator."""
    y = 4 * pow(5, P - 2, P) % P
    x = recover_x(y, 0)
    return (x, y, 1, x * y % P)


def signature_good(key, message, signature):
    """RFC 8032 §5.1.7."""
    a, r = decode(key), decode(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    left, right = times(s, base_point()), plus(r, times(h, a))
    return ((left[0] * right[2] - right[0] * left[2]) % P == 0 and
            (left[1] * right[2] - right[1] * left[2]) % P == 0)


# ---- signed notes --------------------------------------------------------------------------------
def open_note(note, vkey):
    """(origin, size, root) of a checkpoint, after its signature was found good; ValueError otherwise."""
    name, key_id, packed = vkey.split("+", 2)
    key = base64.b64decode(packed)[1:]
    body, _, signatures = note.partition("\n\n")
    body += "\n"
    if sha256(name.encode() + b"\n\x01" + key)[:4].hex() != key_id:
        raise ValueError("the key id is not that of the key")
    for line in signatures.splitlines():
        dash, signer, blob = line.split(" ")
        data = base64.b64decode(blob)
        if dash == "—" and signer == name and data[:4].hex() == key_id:
            if not signature_good(key, body.encode(), data[4:]):
                raise ValueError("the signature is not good")
            origin, size, root = body.splitlines()
            return origin, int(size), base64.b64decode(root)
    raise ValueError("nobody known has signed")


# ---- inclusion -----------------------------------------------------------------------------------
def root_from(leaf_hash, index, size, path):
    """RFC 9162 §2.1.3.2: the root that the path leads to; ValueError when it has the wrong length."""
    node, last, value = index, size - 1, leaf_hash
    for step in path:
        if last == 0:
            raise ValueError("the path is too long")
        if node & 1 or node == last:
            value = sha256(b"\x01" + step + value)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            value = sha256(b"\x01" + value + step)
        node, last = node >> 1, last >> 1
    if last:
        raise ValueError("the path is too short")
    return value


def canonical(leaf):
    """The stored bytes of an entry: RFC 8785 as narrowed by docs/ledger.md §2."""
    return json.dumps(leaf, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def check_inclusion(leaf, index, proof, vkey):
    """ValueError unless the proof shows that the entry is in a log that the key signed."""
    head, _, note = proof.partition("\n\n")
    lines = head.splitlines()
    if lines[0] != "c2sp.org/tlog-proof@v1" or lines[1] != f"index {index}":
        raise ValueError("it is not a proof of this entry")
    origin, size, root = open_note(note, vkey)
    if leaf["log"] != origin or leaf["n"] != index:
        raise ValueError("the entry belongs elsewhere")
    path = [base64.b64decode(line) for line in lines[2:]]
    if root_from(sha256(b"\x00" + canonical(leaf)), index, size, path) != root:
        raise ValueError("the proof leads to another root")
