#include "sha256.h"

#include <string.h>

#include "babybear.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define UNROLL _Pragma("clang loop unroll(full)")

static const uint32_t constants[64] __attribute__((aligned(64))) = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

/* ---- Words or vectors of them: one message a lane. ---- */

#define RIGHT(x, n) (((x) >> (n)) | ((x) << (32 - (n))))
#define BIG_0(x) (RIGHT(x, 2) ^ RIGHT(x, 13) ^ RIGHT(x, 22))
#define BIG_1(x) (RIGHT(x, 6) ^ RIGHT(x, 11) ^ RIGHT(x, 25))
#define SMALL_0(x) (RIGHT(x, 7) ^ RIGHT(x, 18) ^ ((x) >> 3))
#define SMALL_1(x) (RIGHT(x, 17) ^ RIGHT(x, 19) ^ ((x) >> 10))

/* The rounds over words of type T: w holds the block, s the chain value. */
#define ROUNDS(T, s, w)                                                                    \
    do {                                                                                   \
        T a = s[0], b = s[1], c = s[2], d = s[3], e = s[4], f = s[5], g = s[6], h = s[7];  \
        UNROLL for (int i = 0; i < 64; i++) {                                              \
            if (i >= 16)                                                                   \
                w[i & 15] += SMALL_0(w[(i + 1) & 15]) + w[(i + 9) & 15] +                  \
                             SMALL_1(w[(i + 14) & 15]);                                    \
            T first = h + BIG_1(e) + ((e & f) ^ (~e & g)) + constants[i] + w[i & 15];      \
            T second = BIG_0(a) + ((a & b) ^ (a & c) ^ (b & c));                           \
            h = g, g = f, f = e, e = d + first;                                            \
            d = c, c = b, b = a, a = first + second;                                       \
        }                                                                                  \
        s[0] += a, s[1] += b, s[2] += c, s[3] += d;                                        \
        s[4] += e, s[5] += f, s[6] += g, s[7] += h;                                        \
    } while (0)

static uint32_t big_endian(const uint8_t *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void compress_portable(uint32_t state[8], const uint8_t *blocks, size_t count) {
    for (; count > 0; count--, blocks += 64) {
        uint32_t w[16];
        for (int i = 0; i < 16; i++) w[i] = big_endian(blocks + 4 * i);
        ROUNDS(uint32_t, state, w);
    }
}

#if defined(__x86_64__)

#define NI __attribute__((target("sha,sse4.1,ssse3")))
#define NI_INLINE NI static inline __attribute__((always_inline))

/* Chain values in the order that the instructions want: ABEF and CDGH. */
NI_INLINE void pack_state(const uint32_t s[8], __m128i *abef, __m128i *cdgh) {
    __m128i low = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)s), 0xb1);
    __m128i high = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(s + 4)), 0x1b);
    *abef = _mm_alignr_epi8(low, high, 8);
    *cdgh = _mm_blend_epi16(high, low, 0xf0);
}

NI_INLINE void unpack_state(__m128i abef, __m128i cdgh, uint32_t s[8]) {
    __m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
    _mm_storeu_si128((__m128i *)s, _mm_blend_epi16(feba, dchg, 0xf0));
    _mm_storeu_si128((__m128i *)(s + 4), _mm_alignr_epi8(dchg, feba, 8));
}

/* Blocks of `streams` independent messages; their steps interleave, which hides their latency. */
NI_INLINE void compress_streams(int streams, uint32_t (*states)[8], const uint8_t *const *blocks,
                                size_t count) {
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i abef[2], cdgh[2], w[2][4], message, next;
    UNROLL for (int n = 0; n < streams; n++) pack_state(states[n], &abef[n], &cdgh[n]);
    for (size_t block = 0; block < count; block++) {
        __m128i first[2], second[2];
        UNROLL for (int n = 0; n < streams; n++) {
            first[n] = abef[n], second[n] = cdgh[n];
            UNROLL for (int i = 0; i < 4; i++)
                w[n][i] = _mm_shuffle_epi8(
                    _mm_loadu_si128((const __m128i *)(blocks[n] + 64 * block + 16 * i)), swap);
        }
        UNROLL for (int i = 0; i < 16; i++) {
            UNROLL for (int n = 0; n < streams; n++) {
                if (i >= 4) {
                    /* Words 4i … 4i + 3 from the sixteen before them. */
                    next = _mm_sha256msg1_epu32(w[n][i & 3], w[n][(i + 1) & 3]);
                    next = _mm_add_epi32(next,
                                         _mm_alignr_epi8(w[n][(i + 3) & 3], w[n][(i + 2) & 3], 4));
                    w[n][i & 3] = _mm_sha256msg2_epu32(next, w[n][(i + 3) & 3]);
                }
                message = _mm_add_epi32(w[n][i & 3],
                                        _mm_load_si128((const __m128i *)(constants + 4 * i)));
                cdgh[n] = _mm_sha256rnds2_epu32(cdgh[n], abef[n], message);
                message = _mm_shuffle_epi32(message, 0x0e);
                abef[n] = _mm_sha256rnds2_epu32(abef[n], cdgh[n], message);
            }
        }
        UNROLL for (int n = 0; n < streams; n++) {
            abef[n] = _mm_add_epi32(abef[n], first[n]);
            cdgh[n] = _mm_add_epi32(cdgh[n], second[n]);
        }
    }
    UNROLL for (int n = 0; n < streams; n++) unpack_state(abef[n], cdgh[n], states[n]);
}

NI static void compress_one(uint32_t state[8], const uint8_t *blocks, size_t count) {
    compress_streams(1, (uint32_t(*)[8])state, &blocks, count);
}

NI static void compress_two(uint32_t states[2][8], const uint8_t *const blocks[2], size_t count) {
    compress_streams(2, states, blocks, count);
}

/* Sixteen messages along the lanes. */
#define WIDE __attribute__((target("avx512f,avx512bw,avx512vl")))
typedef uint32_t v16 __attribute__((vector_size(64)));

/* Sixteen vectors of sixteen words, transposed. */
WIDE static inline __attribute__((always_inline)) void transpose(v16 v[16]) {
    v16 t[16];
    UNROLL for (int i = 0; i < 16; i += 2) {
        t[i] = (v16)_mm512_unpacklo_epi32((__m512i)v[i], (__m512i)v[i + 1]);
        t[i + 1] = (v16)_mm512_unpackhi_epi32((__m512i)v[i], (__m512i)v[i + 1]);
    }
    UNROLL for (int i = 0; i < 16; i += 4) {
        UNROLL for (int j = 0; j < 2; j++) {
            v[i + 2 * j] = (v16)_mm512_unpacklo_epi64((__m512i)t[i + j], (__m512i)t[i + j + 2]);
            v[i + 2 * j + 1] = (v16)_mm512_unpackhi_epi64((__m512i)t[i + j], (__m512i)t[i + j + 2]);
        }
    }
    /* Vector 4g + c holds words c, c + 4, c + 8, c + 12 of messages 4g … 4g + 3. */
    UNROLL for (int c = 0; c < 4; c++) {
        __m512i low0 = _mm512_shuffle_i32x4((__m512i)v[c], (__m512i)v[4 + c], 0x88);
        __m512i low1 = _mm512_shuffle_i32x4((__m512i)v[8 + c], (__m512i)v[12 + c], 0x88);
        __m512i high0 = _mm512_shuffle_i32x4((__m512i)v[c], (__m512i)v[4 + c], 0xdd);
        __m512i high1 = _mm512_shuffle_i32x4((__m512i)v[8 + c], (__m512i)v[12 + c], 0xdd);
        t[c] = (v16)_mm512_shuffle_i32x4(low0, low1, 0x88);
        t[8 + c] = (v16)_mm512_shuffle_i32x4(low0, low1, 0xdd);
        t[4 + c] = (v16)_mm512_shuffle_i32x4(high0, high1, 0x88);
        t[12 + c] = (v16)_mm512_shuffle_i32x4(high0, high1, 0xdd);
    }
    UNROLL for (int i = 0; i < 16; i++) v[i] = t[i];
}

WIDE static inline __attribute__((always_inline)) v16 swap_bytes(v16 v) {
    const __m512i order = _mm512_broadcast_i32x4(
        _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203));
    return (v16)_mm512_shuffle_epi8((__m512i)v, order);
}

WIDE static void each_sixteen(const uint32_t start[8], const uint8_t *messages, size_t blocks,
                              uint8_t *digests) {
    v16 s[8], w[16];
    UNROLL for (int i = 0; i < 8; i++) s[i] = (v16){} + start[i];
    for (size_t block = 0; block < blocks; block++) {
        UNROLL for (int i = 0; i < 16; i++) {
            memcpy(&w[i], messages + ((size_t)i * blocks + block) * 64, 64);
            w[i] = swap_bytes(w[i]);
        }
        transpose(w);
        ROUNDS(v16, s, w);
    }
    UNROLL for (int i = 0; i < 16; i++) w[i] = i < 8 ? s[i] : (v16){};
    transpose(w);
    for (int i = 0; i < 16; i++) {
        v16 digest = swap_bytes(w[i]);
        memcpy(digests + 32 * i, &digest, 32);
    }
}

static int has_sha(void) {
    return __builtin_cpu_supports("sha") && __builtin_cpu_supports("sse4.1");
}
#endif

void assay_sha256_compress(int level, uint32_t state[8], const uint8_t *blocks, size_t count) {
#if defined(__x86_64__)
    if (level >= 1 && has_sha()) {
        compress_one(state, blocks, count);
        return;
    }
#endif
    (void)level;
    compress_portable(state, blocks, count);
}

static void write_digest(const uint32_t state[8], uint8_t *digest) {
    for (int i = 0; i < 8; i++) {
        uint32_t word = __builtin_bswap32(state[i]);
        memcpy(digest + 4 * i, &word, 4);
    }
}

void assay_sha256_each(int level, const uint32_t start[8], const uint8_t *messages, size_t blocks,
                       size_t count, uint8_t *digests) {
    uint32_t states[2][8];
    size_t i = 0, bytes = 64 * blocks;
#if defined(__x86_64__)
    if (level >= 2) {
        for (; i + 16 <= count; i += 16)
            each_sixteen(start, messages + i * bytes, blocks, digests + 32 * i);
    }
    if (level >= 1 && has_sha()) {
        for (; i + 2 <= count; i += 2) {
            const uint8_t *pair[2] = {messages + i * bytes, messages + (i + 1) * bytes};
            memcpy(states[0], start, 32);
            memcpy(states[1], start, 32);
            compress_two(states, pair, blocks);
            write_digest(states[0], digests + 32 * i);
            write_digest(states[1], digests + 32 * (i + 1));
        }
    }
#endif
    for (; i < count; i++) {
        memcpy(states[0], start, 32);
        assay_sha256_compress(level, states[0], messages + i * bytes, blocks);
        write_digest(states[0], digests + 32 * i);
    }
}

/* ---- Leaves. ---- */

/* Leaves that are staged at once: sixteen lanes' worth, fewer when they are long. */
static size_t batch_size(size_t bytes) { return bytes > 4096 ? 16 : 64; }

static size_t leaf_blocks(size_t words, size_t saltBytes) {
    return (saltBytes + 4 * words + 63) / 64;
}

size_t assay_sha256_scratch(size_t words, size_t saltBytes) {
    size_t bytes = 64 * leaf_blocks(words, saltBytes);
    return batch_size(bytes) * (bytes + 4 * words);
}

/* Canonical words of `count` leaves one behind the other become digests. */
static void hash_staged(int level, const uint32_t start[8], const uint32_t *plain, size_t words,
                        const uint8_t *salts, size_t saltBytes, size_t count, uint8_t *staged,
                        uint8_t *digests) {
    size_t blocks = leaf_blocks(words, saltBytes), bytes = 64 * blocks;
    if (4 * words == bytes) {
        assay_sha256_each(level, start, (const uint8_t *)plain, blocks, count, digests);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t *leaf = staged + i * bytes;
        if (saltBytes > 0) memcpy(leaf, salts + i * saltBytes, saltBytes);
        memcpy(leaf + saltBytes, plain + i * words, 4 * words);
        memset(leaf + saltBytes + 4 * words, 0, bytes - saltBytes - 4 * words);
    }
    assay_sha256_each(level, start, staged, blocks, count, digests);
}

void assay_sha256_rows(int level, const uint32_t start[8], const uint32_t *x, size_t words,
                       const uint8_t *salts, size_t saltBytes, size_t count, uint8_t *scratch,
                       uint8_t *digests) {
    size_t bytes = 64 * leaf_blocks(words, saltBytes), batch = batch_size(bytes);
    uint32_t *plain = (uint32_t *)(void *)(scratch + batch * bytes);
    for (size_t i = 0; i < count; i += batch) {
        size_t part = count - i < batch ? count - i : batch;
        assay_field_canonical(level, x + i * words, part * words, plain);
        hash_staged(level, start, plain, words, salts + i * saltBytes, saltBytes, part, scratch,
                    digests + 32 * i);
    }
}

void assay_sha256_groups(int level, const uint32_t start[8], const uint32_t *x, size_t size,
                         size_t from, const uint8_t *salts, size_t saltBytes, size_t count,
                         uint8_t *scratch, uint8_t *digests) {
    size_t words = 6 * size;
    size_t bytes = 64 * leaf_blocks(words, saltBytes), batch = batch_size(bytes);
    uint32_t *plain = (uint32_t *)(void *)(scratch + batch * bytes);
    for (size_t i = 0; i < count; i += batch) {
        size_t part = count - i < batch ? count - i : batch;
        assay_extension_canonical(level, x, (from + i) * size, part * size, plain);
        hash_staged(level, start, plain, words, salts + i * saltBytes, saltBytes, part, scratch,
                    digests + 32 * i);
    }
}
