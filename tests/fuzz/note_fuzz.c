/* SPDX-License-Identifier: Apache-2.0 */
/* Signed notes from anybody. A note that is accepted was signed by the key below, whose secret
 * half made the seeds; since Ed25519 cannot be forged, its text must be one of theirs: three
 * lines that read back to the same bytes. */
#include "ledger/internal.h"

#include <stdlib.h>
#include <string.h>

/* Public half of the key with seed 07 07 … 07. */
static const unsigned char public_key[32] = {0xea, 0x4a, 0x6c, 0x63, 0xe2, 0x9c, 0x52, 0x0a,
                                             0xbe, 0xf5, 0x50, 0x7b, 0x13, 0x2e, 0xc5, 0xf9,
                                             0x95, 0x47, 0x76, 0xae, 0xbe, 0xbe, 0x7b, 0x92,
                                             0x42, 0x1e, 0xea, 0x69, 0x14, 0x46, 0xd2, 0x2c};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena *a = arena_open();
    struct text note = {(const char *)data, size}, origin, rest;
    uint64_t entries, again;
    struct hash root, other;
    if (note_open(a, note, TEXT("log.example.org/acme/records"), public_key, &entries, &root)) {
        if (!note__checkpoint_read(a, note, &origin, &again, &other, &rest) || again != entries)
            abort();
        struct text text = note__checkpoint(a, origin, entries, &root);
        if (note.len < text.len || memcmp(note.at, text.at, text.len) != 0)
            abort();
    }
    arena_close(a);
    return 0;
}
