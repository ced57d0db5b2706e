// Contracts hash the key and number of a mapping again at each access to the same entry. What was
// hashed is compared whole, so the digest is that of the bytes whatever anyone chooses.

#include "evm_digests.h"

#include <stdlib.h>

#include "evm.h"
#include "keccak.h"

enum { PAIR_BYTES = 64, PAIR_PLACE_BITS = 6, PAIRS = 1 << PAIR_PLACE_BITS };

struct assay_evm_digests {
    /// An odd mix of the pair at each place; zero where there is none.
    uint64_t marks[PAIRS];
    struct {
        uint8_t bytes[PAIR_BYTES];
        uint64_t digest[WORD];
    } pairs[PAIRS];
};

struct assay_evm_digests *assay_evm_make_digests(void) {
    struct assay_evm_digests *digests = malloc(sizeof *digests);
    if (digests == NULL) abort();
    memset(digests->marks, 0, sizeof digests->marks);
    return digests;
}

void assay_evm_release_digests(struct assay_evm_digests *digests) { free(digests); }

static inline uint64_t mix(const uint8_t *bytes) {
    static const uint64_t factors[PAIR_BYTES / 8] = {
        0x9e3779b97f4a7c15, 0xbf58476d1ce4e5b9, 0x94d049bb133111eb, 0xff51afd7ed558ccd,
        0xc4ceb9fe1a85ec53, 0x87c37b91114253d5, 0x4cf5ad432745937f, 0x52dce729da3ed45b,
    };
    uint64_t sum = 0;
    for (int i = 0; i < PAIR_BYTES / 8; i++) {
        uint64_t limb;
        memcpy(&limb, bytes + 8 * i, 8);
        sum += limb * factors[i];
    }
    return sum | 1;
}

static word hash(const uint8_t *bytes, uint64_t count) {
    uint8_t digest[32];
    assay_keccak256(bytes, count, digest);
    return word_from_bytes(digest);
}

word assay_evm_hash(struct assay_evm_digests *known, const uint8_t *bytes, uint64_t count) {
    if (count != PAIR_BYTES) return hash(bytes, count);
    uint64_t mark = mix(bytes), place = mark >> (64 - PAIR_PLACE_BITS);
    uint8_t *pair = known->pairs[place].bytes;
    uint64_t *digest = known->pairs[place].digest;
    if (known->marks[place] == mark && memcmp(pair, bytes, PAIR_BYTES) == 0) {
        return word_at(digest);
    }
    word fresh = hash(bytes, PAIR_BYTES);
    known->marks[place] = mark;
    memcpy(pair, bytes, PAIR_BYTES);
    put_word(digest, fresh);
    return fresh;
}
