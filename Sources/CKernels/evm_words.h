// Arithmetic on EVM words: four limbs, least significant first.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef unsigned __int128 wide;

enum { WORD = 4 };

/// A word in registers. In memory a word is a pointer to its lowest limb.
typedef struct {
    uint64_t limb[WORD];
} word;

/// Keeps a limb in a general register. Left alone, the compiler copies words in halves of 16
/// bytes, and a load of two limbs just stored one by one waits for both to reach the cache.
static inline uint64_t alone(uint64_t limb) {
    __asm__("" : "+r"(limb));
    return limb;
}

static inline word word_at(const uint64_t *place) {
    return (word){{alone(place[0]), alone(place[1]), alone(place[2]), alone(place[3])}};
}

static inline void put_word(uint64_t *place, word x) {
    for (int i = 0; i < WORD; i++) place[i] = alone(x.limb[i]);
}

static inline word small_word(uint64_t low) { return (word){{low, 0, 0, 0}}; }

static inline word filled_word(uint64_t limb) { return (word){{limb, limb, limb, limb}}; }

static inline bool is_zero(word x) {
    return (x.limb[0] | x.limb[1] | x.limb[2] | x.limb[3]) == 0;
}

/// Whether the word fits in a limb.
static inline bool is_small(word x) { return (x.limb[1] | x.limb[2] | x.limb[3]) == 0; }

/// Whether the word is below `bound`, which fits in 64 bits.
static inline bool is_below(word x, uint64_t bound) { return is_small(x) && x.limb[0] < bound; }

static inline uint64_t load_big_endian(const uint8_t *bytes) {
    uint64_t limb;
    memcpy(&limb, bytes, 8);
    return __builtin_bswap64(limb);
}

static inline word word_from_bytes(const uint8_t *bytes) {
    word x;
    for (int i = 0; i < WORD; i++) x.limb[i] = alone(load_big_endian(bytes + 24 - 8 * i));
    return x;
}

static inline void word_to_bytes(word x, uint8_t *bytes) {
    for (int i = 0; i < WORD; i++) {
        uint64_t limb = alone(__builtin_bswap64(x.limb[i]));
        memcpy(bytes + 24 - 8 * i, &limb, 8);
    }
}

// Each of these takes the top word and the place of the one under it.

static inline word word_add(word x, const uint64_t *y) {
    unsigned long long carry = 0;
    for (int i = 0; i < WORD; i++) x.limb[i] = __builtin_addcll(x.limb[i], y[i], carry, &carry);
    return x;
}

static inline word word_subtract(word x, const uint64_t *y) {
    unsigned long long borrow = 0;
    for (int i = 0; i < WORD; i++) x.limb[i] = __builtin_subcll(x.limb[i], y[i], borrow, &borrow);
    return x;
}

/// Whether `x < y`.
static inline bool word_is_less(word x, const uint64_t *y) {
    unsigned long long borrow = 0;
    for (int i = 0; i < WORD; i++) (void)__builtin_subcll(x.limb[i], y[i], borrow, &borrow);
    return borrow;
}

/// Whether `x > y`.
static inline bool word_is_greater(word x, const uint64_t *y) {
    unsigned long long borrow = 0;
    for (int i = 0; i < WORD; i++) (void)__builtin_subcll(y[i], x.limb[i], borrow, &borrow);
    return borrow;
}

/// The word with its order as a signed one made that of an unsigned one.
static inline uint64_t unsigned_order(uint64_t limb) { return limb ^ (uint64_t)1 << 63; }

static inline bool word_is_less_signed(word x, const uint64_t *y) {
    x.limb[3] = unsigned_order(x.limb[3]);
    const uint64_t other[WORD] = {y[0], y[1], y[2], unsigned_order(y[3])};
    return word_is_less(x, other);
}

static inline bool word_is_greater_signed(word x, const uint64_t *y) {
    x.limb[3] = unsigned_order(x.limb[3]);
    const uint64_t other[WORD] = {y[0], y[1], y[2], unsigned_order(y[3])};
    return word_is_greater(x, other);
}

static inline bool word_is_equal(word x, const uint64_t *y) {
    return ((alone(y[0]) ^ x.limb[0]) | (alone(y[1]) ^ x.limb[1]) | (alone(y[2]) ^ x.limb[2]) |
            (alone(y[3]) ^ x.limb[3])) == 0;
}

static inline word word_multiply(word x, const uint64_t *y) {
    const uint64_t *x_ = x.limb;
    wide p = (wide)x_[0] * y[0];
    uint64_t r0 = (uint64_t)p;
    p = (wide)x_[0] * y[1] + (uint64_t)(p >> 64);
    uint64_t r1 = (uint64_t)p;
    p = (wide)x_[0] * y[2] + (uint64_t)(p >> 64);
    uint64_t r2 = (uint64_t)p;
    uint64_t r3 = x_[0] * y[3] + (uint64_t)(p >> 64);
    p = (wide)x_[1] * y[0] + r1;
    r1 = (uint64_t)p;
    p = (wide)x_[1] * y[1] + r2 + (uint64_t)(p >> 64);
    r2 = (uint64_t)p;
    r3 += x_[1] * y[2] + (uint64_t)(p >> 64);
    p = (wide)x_[2] * y[0] + r2;
    r2 = (uint64_t)p;
    r3 += x_[2] * y[1] + x_[3] * y[0] + (uint64_t)(p >> 64);
    return (word){{r0, r1, r2, r3}};
}

/// The two limbs, `upper` above `lower`, shifted left by `bits` below 64: the upper limb.
static inline uint64_t funnel(uint64_t upper, uint64_t lower, unsigned bits) {
    return upper << bits | lower >> 1 >> (63 - bits);
}

static inline word word_shift_left(word x, const uint64_t *y) {
    if (!is_below(x, 256)) return small_word(0);
    unsigned limbs = (unsigned)x.limb[0] >> 6, bits = x.limb[0] & 63;
    uint64_t row[8] = {0, 0, 0, 0, alone(y[0]), alone(y[1]), alone(y[2]), alone(y[3])};
    const uint64_t *at = row + 4 - limbs;
    for (int i = 0; i < WORD; i++) x.limb[i] = funnel(alone(at[i]), i ? at[i - 1] : 0, bits);
    return x;
}

static inline word word_shift_right_filling(word x, const uint64_t *y, uint64_t fill) {
    if (!is_below(x, 256)) return filled_word(fill);
    unsigned limbs = (unsigned)x.limb[0] >> 6, bits = x.limb[0] & 63;
    uint64_t row[8] = {alone(y[0]), alone(y[1]), alone(y[2]), alone(y[3]), fill, fill, fill, fill};
    const uint64_t *at = row + limbs;
    for (int i = 0; i < WORD; i++) {
        uint64_t upper = i < 3 ? alone(at[i + 1]) : fill;
        x.limb[i] = alone(at[i]) >> bits | upper << 1 << (63 - bits);
    }
    return x;
}

static inline word word_shift_right(word x, const uint64_t *y) {
    return word_shift_right_filling(x, y, 0);
}

static inline word word_shift_right_signed(word x, const uint64_t *y) {
    return word_shift_right_filling(x, y, (uint64_t)((int64_t)y[3] >> 63));
}

/// Byte `x` of `y` from the most significant; zero past the 32nd.
static inline word word_byte(word x, const uint64_t *y) {
    if (!is_below(x, 32)) return small_word(0);
    unsigned index = 31 - (unsigned)x.limb[0];
    return small_word(y[index >> 3] >> (index & 7) * 8 & 0xff);
}

/// Extends the sign of the low `x + 1` bytes of `y`.
static inline word word_sign_extend(word x, const uint64_t *y) {
    if (!is_below(x, 31)) return word_at(y);
    unsigned index = (unsigned)x.limb[0], last = index >> 3, unused = 56 - (index & 7) * 8;
    uint64_t extended = (uint64_t)((int64_t)(y[last] << unused) >> unused);
    uint64_t fill = (uint64_t)((int64_t)extended >> 63);
    for (unsigned i = 0; i < WORD; i++) {
        uint64_t above = alone(i == last ? extended : fill);
        x.limb[i] = i < last ? alone(y[i]) : above;
    }
    return x;
}

static inline word word_count_leading_zeros(word x) {
    for (int i = 3; i >= 0; i--) {
        if (x.limb[i] != 0) {
            return small_word((uint64_t)((3 - i) * 64 + __builtin_clzll(x.limb[i])));
        }
    }
    return small_word(256);
}

// These take their operands where the stack has them, the first on top, and leave their result in
// the place of the last. Division by zero gives zero.
void assay_word_divide(uint64_t *last);
void assay_word_remainder(uint64_t *last);
void assay_word_divide_signed(uint64_t *last);
void assay_word_remainder_signed(uint64_t *last);
void assay_word_add_modulo(uint64_t *last);
void assay_word_multiply_modulo(uint64_t *last);
