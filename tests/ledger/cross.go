// SPDX-License-Identifier: Apache-2.0

// cross.go — checks an exported log with software that is not ours: golang.org/x/mod's
// sumdb/note and sumdb/tlog. Every good thing must be accepted, and every altered copy of it
// refused. Tiles are compared with what a replay of all entries gives; none is trusted.
//
// usage: cross FOLDER, as written by tests/unit/ledger/export.c
package main

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

var accepted, refused int

func must(ok bool, format string, args ...interface{}) {
	if !ok {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
		os.Exit(1)
	}
	accepted++
}

func mustNot(ok bool, format string, args ...interface{}) {
	if ok {
		fmt.Fprintf(os.Stderr, "accepted, though altered: "+format+"\n", args...)
		os.Exit(1)
	}
	refused++
}

func read(parts ...string) []byte {
	b, err := os.ReadFile(filepath.Join(parts...))
	must(err == nil, "%v", err)
	return b
}

func names(parts ...string) []string {
	list, err := filepath.Glob(filepath.Join(append(parts, "*")...))
	must(err == nil && len(list) > 0, "nothing in %v", parts)
	sort.Strings(list)
	return list
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func open(vkey string, msg []byte) (c checkpoint, err error) {
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return c, err
	}
	n, err := note.Open(msg, note.VerifierList(verifier))
	if err != nil {
		return c, err
	}
	lines := strings.Split(n.Text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return c, fmt.Errorf("a checkpoint has three lines")
	}
	c.origin = lines[0]
	if c.size, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return c, err
	}
	c.root, err = tlog.ParseHash(lines[2])
	return c, err
}

// hashes is the storage of a tree replayed leaf by leaf.
type hashes []tlog.Hash

func (h hashes) ReadHashes(indexes []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(indexes))
	for i, at := range indexes {
		if at >= int64(len(h)) {
			return nil, fmt.Errorf("hash %d is not there", at)
		}
		out[i] = h[at]
	}
	return out, nil
}

func replay(leaves [][]byte) hashes {
	var h hashes
	for i, leaf := range leaves {
		more, err := tlog.StoredHashes(int64(i), leaf, h)
		must(err == nil, "%v", err)
		h = append(h, more...)
	}
	return h
}

func root(h hashes, size int64) tlog.Hash {
	r, err := tlog.TreeHash(size, h)
	must(err == nil, "%v", err)
	return r
}

func tilePath(n int64) string {
	s := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		s = fmt.Sprintf("x%03d/%s", n%1000, s)
	}
	return s
}

func partial(path string, width int64) string {
	if width == 256 {
		return path
	}
	return fmt.Sprintf("%s.p/%d", path, width)
}

func entries(folder string, size int64) (leaves [][]byte) {
	for n := int64(0); n*256 < size; n++ {
		width := size - n*256
		if width > 256 {
			width = 256
		}
		b := read(folder, "tile", "entries", partial(tilePath(n), width))
		for len(b) > 0 {
			must(len(b) >= 2 && len(b) >= 2+int(binary.BigEndian.Uint16(b)), "bundle %d is cut", n)
			end := 2 + int(binary.BigEndian.Uint16(b))
			leaves = append(leaves, b[2:end])
			b = b[end:]
		}
	}
	return leaves
}

func checkLeaves(leaves [][]byte, origin string) {
	for i, leaf := range leaves {
		var v struct {
			N   int64  `json:"n"`
			Log string `json:"log"`
			V   int    `json:"v"`
		}
		must(json.Unmarshal(leaf, &v) == nil, "entry %d is not JSON", i)
		must(v.N == int64(i) && v.Log == origin && v.V == 1, "entry %d says it is %+v", i, v)
	}
}

func checkNote(vkey string, msg []byte) checkpoint {
	c, err := open(vkey, msg)
	must(err == nil, "checkpoint: %v", err)
	for i := range msg {
		for bit := uint(0); bit < 8; bit++ {
			b := append([]byte(nil), msg...)
			b[i] ^= 1 << bit
			got, err := open(vkey, b)
			// Go reads base64 leniently: a spare bit of the last character may differ.
			mustNot(err == nil && got != c, "note, byte %d", i)
		}
	}
	return c
}

func checkTiles(folder string, h hashes, size int64) {
	count := 0
	for level := 0; size>>uint(8*level) > 0; level++ {
		total := size >> uint(8*level)
		for n := int64(0); n*256 < total; n++ {
			width := total - n*256
			if width > 256 {
				width = 256
			}
			t := tlog.Tile{H: 8, L: level, N: n, W: int(width)}
			want, err := tlog.ReadTileData(t, h)
			must(err == nil, "%v", err)
			got := read(folder, "tile", strconv.Itoa(level), partial(tilePath(n), width))
			must(bytes.Equal(got, want), "tile %d/%d differs", level, n)
			count++
		}
	}
	must(count > 3, "only %d tiles", count)
}

func parseHashes(lines []string) (p []tlog.Hash) {
	for _, line := range lines {
		b, err := base64.StdEncoding.DecodeString(line)
		must(err == nil && len(b) == 32, "hash line %q", line)
		var h tlog.Hash
		copy(h[:], b)
		p = append(p, h)
	}
	return p
}

// alterations calls try with altered copies of a proof.
func alterations(p []tlog.Hash, try func(p []tlog.Hash)) {
	for i := range p {
		q := append([]tlog.Hash(nil), p...)
		q[i][i%32] ^= 0x40
		try(q)
	}
	if len(p) > 0 {
		try(p[:len(p)-1])
		try(p[1:])
	}
	try(append(append([]tlog.Hash(nil), p...), tlog.Hash{}))
}

func checkProof(vkey, name string, text string, leaves [][]byte, h hashes) {
	parts := strings.SplitN(text, "\n\n", 2)
	must(len(parts) == 2, "%s has no checkpoint", name)
	lines := strings.Split(parts[0], "\n")
	must(len(lines) >= 2 && lines[0] == "c2sp.org/tlog-proof@v1", "%s: first line", name)
	must(strings.HasPrefix(lines[1], "index "), "%s: second line", name)
	n, err := strconv.ParseInt(lines[1][6:], 10, 64)
	must(err == nil, "%s: %v", name, err)
	c, err := open(vkey, []byte(parts[1]))
	must(err == nil, "%s: %v", name, err)
	p := tlog.RecordProof(parseHashes(lines[2:]))
	leaf := tlog.RecordHash(leaves[n])
	must(tlog.CheckRecord(p, c.size, c.root, n, leaf) == nil, "%s is wrong", name)
	theirs, err := tlog.ProveRecord(c.size, n, h)
	must(err == nil && fmt.Sprint(theirs) == fmt.Sprint(p), "%s is not the proof Go makes", name)
	alterations(p, func(q []tlog.Hash) {
		mustNot(tlog.CheckRecord(q, c.size, c.root, n, leaf) == nil, "%s", name)
	})
	other := tlog.RecordHash(append(append([]byte(nil), leaves[n]...), ' '))
	mustNot(tlog.CheckRecord(p, c.size, c.root, n, other) == nil, "%s, leaf", name)
	if n+1 < c.size {
		mustNot(tlog.CheckRecord(p, c.size, c.root, n+1, leaf) == nil, "%s, index", name)
	}
}

// "OLD NEW\n" and base64 hashes.
func checkConsistency(name, text string, h hashes) {
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	var from, to int64
	_, err := fmt.Sscanf(lines[0], "%d %d", &from, &to)
	must(err == nil, "%s: %v", name, err)
	p := tlog.TreeProof(parseHashes(lines[1:]))
	a, b := root(h, from), root(h, to)
	must(tlog.CheckTree(p, to, b, from, a) == nil, "%s is wrong", name)
	alterations(p, func(q []tlog.Hash) {
		mustNot(tlog.CheckTree(q, to, b, from, a) == nil, "%s", name)
	})
	if from != to {
		mustNot(tlog.CheckTree(p, to, b, from, b) == nil, "%s, old root", name)
		mustNot(tlog.CheckTree(p, to, a, from, a) == nil, "%s, new root", name)
	}
}

func main() {
	folder := os.Args[1]
	vkey := strings.TrimSpace(string(read(folder, "vkey")))
	c := checkNote(vkey, read(folder, "checkpoint"))
	leaves := entries(folder, c.size)
	must(int64(len(leaves)) == c.size, "%d entries for a size of %d", len(leaves), c.size)
	checkLeaves(leaves, c.origin)
	h := replay(leaves)
	must(root(h, c.size) == c.root, "the root of all entries is not the one signed")
	checkTiles(folder, h, c.size)
	for _, i := range []int{0, len(leaves) / 2, len(leaves) - 1} {
		kept := leaves[i]
		leaves[i] = bytes.Replace(kept, []byte(`"v":1}`), []byte(`"v":2}`), 1)
		mustNot(root(replay(leaves), c.size) == c.root, "entry %d", i)
		leaves[i] = kept
	}
	for _, name := range names(folder, "checkpoints") {
		old, err := open(vkey, read(name))
		must(err == nil && old.origin == c.origin && old.size <= c.size, "%s: %v", name, err)
		must(root(h, old.size) == old.root, "%s: the root is not that of its entries", name)
	}
	for _, name := range names(folder, "proofs") {
		checkProof(vkey, name, string(read(name)), leaves, h)
	}
	for _, name := range names(folder, "consistency") {
		checkConsistency(name, string(read(name)), h)
	}
	fmt.Printf("%d entries: %d checks hold, %d altered copies refused\n", c.size, accepted, refused)
}
