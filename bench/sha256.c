/* SPDX-License-Identifier: Apache-2.0 */
/* bench/sha256.c — the least that a verification of hashes can cost: SHA-256 of N pieces of B bytes, and
 * of the N - 1 nodes of 65 bytes above them, from memory.
 *
 *     bench_sha256 PIECES BYTES
 *
 * Prints: pieces seconds pieces_per_second */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
    unsigned char out[32], node[65] = {1};
    if (argc != 3) {
        fprintf(stderr, "bench_sha256 PIECES BYTES\n");
        return 2;
    }
    long pieces = strtol(argv[1], NULL, 10);
    size_t bytes = strtoul(argv[2], NULL, 10);
    unsigned char *piece = calloc(1, bytes + 8);
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    const EVP_MD *sha256 = EVP_sha256();
    if (!piece || !context)
        return 1;
    double began = now();
    for (long i = 0; i < pieces; i++) {
        memcpy(piece, &i, sizeof i);
        if (!EVP_DigestInit_ex(context, sha256, NULL) || !EVP_DigestUpdate(context, piece, bytes) ||
            !EVP_DigestFinal_ex(context, out, NULL))
            return 1;
        memcpy(node + 1, out, sizeof out);
        if (!EVP_DigestInit_ex(context, sha256, NULL) || !EVP_DigestUpdate(context, node, sizeof node) ||
            !EVP_DigestFinal_ex(context, out, NULL))
            return 1;
    }
    double seconds = now() - began;
    printf("%ld %.3f %.0f\n", pieces, seconds, (double)pieces / seconds);
    EVP_MD_CTX_free(context);
    free(piece);
    return 0;
}
