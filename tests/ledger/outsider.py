# SPDX-License-Identifier: Apache-2.0
"""A verifier written from docs/ledger.md alone, with Python's standard library and openssl for Ed25519: checkpoints,
proofs, disclosures of content, and a log as files.

    outsider.py FOLDER          a log as `aimwell export ledger` wrote it
    outsider.py FILE.json       a disclosure
"""
import base64
import hashlib
import hmac
import json
import os
import struct
import subprocess
import sys
import tempfile


class Wrong(Exception):
    """What was given does not prove what it says."""


def sure(good, why):
    if not good:
        raise Wrong(why)


def sha256(data):
    return hashlib.sha256(data).digest()


# ---- section 1: the key ---------------------------------------------------------------------------
def verifier_key(line):
    """(origin, key id, Ed25519 public key)"""
    origin, key_id, key = line.strip().split("+", 2)
    key = base64.b64decode(key)
    sure(len(key) == 33 and key[0] == 1, "not an Ed25519 verifier key")
    sure(sha256(origin.encode() + b"\n" + key)[:4].hex() == key_id, "the id is not that of the key")
    return origin, bytes.fromhex(key_id), key[1:]


def signature_good(key, message, signature):
    der = bytes.fromhex("302a300506032b6570032100") + key  # RFC 8410
    with tempfile.TemporaryDirectory() as folder:
        for name, data in (("key", der), ("message", message), ("signature", signature)):
            with open(os.path.join(folder, name), "wb") as f:
                f.write(data)
        return subprocess.run(["openssl", "pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", "key", "-rawin",
                               "-in", "message", "-sigfile", "signature"], cwd=folder, capture_output=True).returncode == 0


# ---- section 5: checkpoints -----------------------------------------------------------------------
def checkpoint(note, vkey):
    """(size, root) of a signed note, whose signature by this key is good."""
    origin, key_id, key = verifier_key(vkey)
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    lines = text.split("\n")
    sure(len(lines) == 4 and lines[0] == origin, "it is of another log")
    for line in signatures.strip().split("\n"):
        dash, name, value = line.split(" ")
        value = base64.b64decode(value)
        if dash == "—" and name == origin and value[:4] == key_id:
            sure(signature_good(key, text.encode(), value[4:]), "the signature is not good")
            return int(lines[1]), base64.b64decode(lines[2])
    raise Wrong("it is not signed by this key")


# ---- section 4: the tree --------------------------------------------------------------------------
def leaf_hash(entry):
    return sha256(b"\x00" + entry)


def tree(hashes):
    if len(hashes) <= 1:
        return hashes[0] if hashes else sha256(b"")
    k = 1
    while k * 2 < len(hashes):
        k *= 2
    return sha256(b"\x01" + tree(hashes[:k]) + tree(hashes[k:]))


def climbs(hash_, n, size, way):
    """RFC 9162 2.1.3.2: the root that follows from an inclusion proof."""
    last = size - 1
    for other in way:
        sure(last > 0, "the proof is too long")
        if n & 1 or n == last:
            hash_ = sha256(b"\x01" + other + hash_)
            while not n & 1 and n:
                n, last = n >> 1, last >> 1
        else:
            hash_ = sha256(b"\x01" + hash_ + other)
        n, last = n >> 1, last >> 1
    sure(last == 0, "the proof is too short")
    return hash_


def proof(text, entry, vkey):
    """The size of the checkpoint in which the entry is."""
    head, _, note = text.partition("\n\n")
    lines = head.split("\n")
    sure(lines[0] == "c2sp.org/tlog-proof@v1", "not a proof")
    n = int(lines[1].split(" ")[1])
    size, root = checkpoint(note, vkey)
    sure(n < size, "the entry lies beyond the checkpoint")
    sure(climbs(leaf_hash(entry), n, size, [base64.b64decode(h) for h in lines[2:]]) == root, "the entry is not in the log")
    sure(json.loads(entry)["n"] == n, "the entry says another place")
    return size


# ---- section 3: commitments -----------------------------------------------------------------------
def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def disclosure(told, vkey):
    """The members of the content that are open, by name; their values are as the entry committed to them."""
    entry = told["leaf"].encode()
    leaf = json.loads(entry)
    proof(told["proof"], entry, vkey)
    sure(leaf["obj"] == {"id": told["id"], "t": told["kind"], "ver": told["version"]}, "the entry is about something else")
    coms, open_ = {}, {}
    for name, m in told["members"].items():
        if "commitment" in m:
            coms[name] = m["commitment"]
            continue
        com = hmac.new(base64.b64decode(m["key"]), m["value"].encode(), hashlib.sha256).digest()
        coms[name] = base64.b64encode(com).decode()
        open_[name] = json.loads(m["value"])
    sure(base64.b64encode(sha256(canonical(coms))).decode() == leaf["c"], "the content is not what was committed to")
    return open_


# ---- section 6: a log as files --------------------------------------------------------------------
def number(n):
    text = f"{n % 1000:03d}"
    while n >= 1000:
        n //= 1000
        text = f"x{n % 1000:03d}/{text}"
    return text


def tile(folder, level, n, width):
    name = f"{folder}/tile/{level}/{number(n)}" + (f".p/{width}" if width < 256 else "")
    with open(name, "rb") as f:
        return f.read()


def entries(folder, size):
    found = []
    for n in range(0, (size + 255) // 256):
        width = min(256, size - n * 256)
        data, at = tile(folder, "entries", n, width), 0
        for _ in range(width):
            (length,) = struct.unpack_from(">H", data, at)
            found.append(data[at + 2:at + 2 + length])
            at += 2 + length
        sure(at == len(data), f"bundle {n} is longer than its entries")
    return found


def log(folder, vkey=None):
    """All entries of a log as files, every hash in its tiles computed again; vkey: one kept elsewhere."""
    with open(folder + "/vkey", encoding="utf-8") as f:
        own = f.read().strip()
    sure(vkey in (None, own), "the folder names another key")
    with open(folder + "/checkpoint", encoding="utf-8") as f:
        size, root = checkpoint(f.read(), own)
    found = entries(folder, size)
    hashes, level = [leaf_hash(e) for e in found], 0
    sure(tree(hashes) == root, "the entries are not those that were signed")
    while hashes:
        for n in range(0, (len(hashes) + 255) // 256):
            part = hashes[n * 256:n * 256 + 256]
            sure(tile(folder, level, n, len(part)) == b"".join(part), f"tile {level}/{n} has other hashes")
        hashes = [tree(hashes[n * 256:n * 256 + 256]) for n in range(0, len(hashes) // 256)]
        level += 1
    for n, entry in enumerate(found):
        sure(json.loads(entry)["n"] == n, f"entry {n} says another place")
    return found


def main():
    path = sys.argv[1]
    try:
        if os.path.isdir(path):
            print(f"intact: {len(log(path))} entries")
        else:
            with open(path, encoding="utf-8") as f:
                told = json.load(f)
            print(json.dumps(disclosure(told, told["vkey"]), ensure_ascii=False, indent=1))
    except Wrong as why:
        sys.exit(f"not proven: {why}")


if __name__ == "__main__":
    main()
