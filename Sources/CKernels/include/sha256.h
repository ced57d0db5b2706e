#pragma once
#include <stddef.h>
#include <stdint.h>

/// The compression function of SHA-256 (FIPS 180-4), for many short messages of one length.
///
/// Levels are those of babybear.h; SHA instructions are used from level 1 on where the machine has
/// them. Equal bytes at every level.

/// Takes `count` blocks of 64 bytes into a chain value of eight words.
void assay_sha256_compress(int level, uint32_t state[8], const uint8_t *blocks, size_t count);

/// Chain values behind `blocks` blocks each, as 32 bytes, big-endian: message i is at
/// `messages` + i · blocks · 64, and all begin with the chain value `start`.
void assay_sha256_each(int level, const uint32_t start[8], const uint8_t *messages, size_t blocks,
                       size_t count, uint8_t *digests);

/// Bytes of scratch that the next two functions need.
size_t assay_sha256_scratch(size_t words, size_t saltBytes);

/// `assay_sha256_each` of leaves: salt (saltBytes each, 0 or 16), then the canonical values of
/// `words` field elements, little-endian, then zeros up to whole blocks. Leaf i's elements start at
/// x + i · words.
void assay_sha256_rows(int level, const uint32_t start[8], const uint32_t *x, size_t words,
                       const uint8_t *salts, size_t saltBytes, size_t count, uint8_t *scratch,
                       uint8_t *digests);

/// `assay_sha256_rows` of groups of `size` elements of an extension buffer, from group `from` on.
void assay_sha256_groups(int level, const uint32_t start[8], const uint32_t *x, size_t size,
                         size_t from, const uint8_t *salts, size_t saltBytes, size_t count,
                         uint8_t *scratch, uint8_t *digests);
