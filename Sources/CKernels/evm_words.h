// Arithmetic on EVM words: four limbs, least significant first, where the stack has them.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef unsigned __int128 wide;

/// Keeps a limb in a general register. Left alone, the compiler copies words in halves of 16
/// bytes, and a load of two limbs just stored one by one waits for both to reach the cache.
static inline uint64_t alone(uint64_t limb) {
    __asm__("" : "+r"(limb));
    return limb;
}

static inline void copy_word(uint64_t *to, const uint64_t *from) {
    uint64_t a = alone(from[0]), b = alone(from[1]), c = alone(from[2]), d = alone(from[3]);
    to[0] = a, to[1] = b, to[2] = c, to[3] = d;
}

static inline void set_word(uint64_t *word, uint64_t low) {
    word[0] = low, word[1] = word[2] = word[3] = 0;
}

static inline bool is_zero(const uint64_t *word) {
    return (alone(word[0]) | alone(word[1]) | alone(word[2]) | alone(word[3])) == 0;
}

/// Whether the word is below `bound`, which fits in 64 bits.
static inline bool is_below(const uint64_t *word, uint64_t bound) {
    return (alone(word[1]) | alone(word[2]) | alone(word[3])) == 0 && alone(word[0]) < bound;
}

static inline uint64_t load_big_endian(const uint8_t *bytes) {
    uint64_t limb;
    memcpy(&limb, bytes, 8);
    return __builtin_bswap64(limb);
}

static inline void store_big_endian(uint8_t *bytes, uint64_t limb) {
    limb = __builtin_bswap64(limb);
    memcpy(bytes, &limb, 8);
}

// Each of these takes its operands where the stack has them, the first on top, and leaves its
// result in the place of the last. Division by zero gives zero.

static inline void word_add(uint64_t *last) {
    unsigned long long carry = 0;
    for (int i = 0; i < 4; i++) {
        last[i] = alone(__builtin_addcll(last[4 + i], last[i], carry, &carry));
    }
}

static inline void word_subtract(uint64_t *last) {
    unsigned long long borrow = 0;
    for (int i = 0; i < 4; i++) {
        last[i] = alone(__builtin_subcll(last[4 + i], last[i], borrow, &borrow));
    }
}

/// Whether `left < right`.
static inline bool word_is_less(const uint64_t *left, const uint64_t *right) {
    unsigned long long borrow = 0;
    for (int i = 0; i < 4; i++) (void)__builtin_subcll(left[i], right[i], borrow, &borrow);
    return borrow;
}

static inline bool word_is_less_signed(const uint64_t *left, const uint64_t *right) {
    unsigned long long borrow = 0;
    for (int i = 0; i < 3; i++) (void)__builtin_subcll(left[i], right[i], borrow, &borrow);
    __int128 high = (__int128)(int64_t)left[3] - (int64_t)right[3] - (int64_t)borrow;
    return high < 0;
}

static inline bool word_is_equal(const uint64_t *left, const uint64_t *right) {
    return ((alone(left[0]) ^ right[0]) | (alone(left[1]) ^ right[1]) |
            (alone(left[2]) ^ right[2]) | (alone(left[3]) ^ right[3])) == 0;
}

static inline void word_multiply(uint64_t *last) {
    const uint64_t *x = last + 4;
    uint64_t y0 = last[0], y1 = last[1], y2 = last[2], y3 = last[3];
    wide p = (wide)x[0] * y0;
    uint64_t r0 = (uint64_t)p;
    p = (wide)x[0] * y1 + (uint64_t)(p >> 64);
    uint64_t r1 = (uint64_t)p;
    p = (wide)x[0] * y2 + (uint64_t)(p >> 64);
    uint64_t r2 = (uint64_t)p;
    uint64_t r3 = x[0] * y3 + (uint64_t)(p >> 64);
    p = (wide)x[1] * y0 + r1;
    r1 = (uint64_t)p;
    p = (wide)x[1] * y1 + r2 + (uint64_t)(p >> 64);
    r2 = (uint64_t)p;
    r3 += x[1] * y2 + (uint64_t)(p >> 64);
    p = (wide)x[2] * y0 + r2;
    r2 = (uint64_t)p;
    r3 += x[2] * y1 + x[3] * y0 + (uint64_t)(p >> 64);
    last[0] = r0, last[1] = alone(r1), last[2] = alone(r2), last[3] = alone(r3);
}

/// Four limbs at `at` of a row of limbs, the whole shifted left by `bits` below 64.
static inline void take_shifted_left(uint64_t *out, const uint64_t *at, unsigned bits) {
    for (int i = 3; i >= 0; i--) out[i] = alone(at[i] << bits | at[i - 1] >> 1 >> (63 - bits));
}

static inline void take_shifted_right(uint64_t *out, const uint64_t *at, unsigned bits) {
    for (int i = 0; i < 4; i++) out[i] = alone(at[i] >> bits | at[i + 1] << 1 << (63 - bits));
}

static inline void word_shift_left(uint64_t *last) {
    uint64_t row[8] = {0, 0, 0, 0, alone(last[0]), alone(last[1]), alone(last[2]), alone(last[3])};
    if (!is_below(last + 4, 256)) return set_word(last, 0);
    unsigned count = (unsigned)last[4];
    take_shifted_left(last, row + 4 - (count >> 6), count & 63);
}

static inline void word_shift_right_filling(uint64_t *last, uint64_t fill) {
    uint64_t row[8] = {alone(last[0]), alone(last[1]), alone(last[2]), alone(last[3]),
                       alone(fill), alone(fill), alone(fill), alone(fill)};
    if (!is_below(last + 4, 256)) {
        last[0] = last[1] = last[2] = last[3] = fill;
        return;
    }
    unsigned count = (unsigned)last[4];
    take_shifted_right(last, row + (count >> 6), count & 63);
}

static inline void word_shift_right(uint64_t *last) { word_shift_right_filling(last, 0); }

static inline void word_shift_right_signed(uint64_t *last) {
    word_shift_right_filling(last, (uint64_t)((int64_t)last[3] >> 63));
}

/// Byte `index` from the most significant; zero past the 32nd.
static inline void word_byte(uint64_t *last) {
    if (!is_below(last + 4, 32)) return set_word(last, 0);
    unsigned index = 31 - (unsigned)last[4];
    set_word(last, last[index >> 3] >> (index & 7) * 8 & 0xff);
}

/// Extends the sign of the low `index + 1` bytes.
static inline void word_sign_extend(uint64_t *last) {
    if (!is_below(last + 4, 31)) return;
    unsigned index = (unsigned)last[4], limb = index >> 3, unused = 56 - (index & 7) * 8;
    int64_t extended = (int64_t)(last[limb] << unused) >> unused;
    last[limb] = (uint64_t)extended;
    for (unsigned i = limb + 1; i < 4; i++) last[i] = (uint64_t)(extended >> 63);
}

static inline void word_count_leading_zeros(uint64_t *last) {
    for (int i = 3; i >= 0; i--) {
        if (last[i] != 0) {
            return set_word(last, (uint64_t)((3 - i) * 64 + __builtin_clzll(last[i])));
        }
    }
    set_word(last, 256);
}

void assay_word_divide(uint64_t *last);
void assay_word_remainder(uint64_t *last);
void assay_word_divide_signed(uint64_t *last);
void assay_word_remainder_signed(uint64_t *last);
void assay_word_add_modulo(uint64_t *last);
void assay_word_multiply_modulo(uint64_t *last);
