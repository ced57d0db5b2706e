// Division of EVM words and of 512-bit products.
//
// Sources: Knuth, The Art of Computer Programming, volume 2, 4.3.1, algorithm D, with the digits of
// Möller and Granlund, "Improved division by invariant integers" (2011), algorithms 3, 4 and 6.

#include "evm_words.h"

// Once for any machine and once for those whose multiplication leaves the carry alone: 8 % of
// a loop of MULMOD.
#if defined(__x86_64__)
#define ON_EACH_MACHINE __attribute__((target_clones("bmi2", "default")))
#else
#define ON_EACH_MACHINE
#endif

static inline uint64_t high(wide value) { return (uint64_t)(value >> 64); }
static inline wide join(uint64_t upper, uint64_t lower) { return (wide)upper << 64 | lower; }

/// ⌊(2¹²⁸ − 1) / divisor⌋ − 2⁶⁴ of a divisor whose highest bit is set.
static inline uint64_t reciprocal_of_limb(uint64_t divisor) {
#if defined(__x86_64__)
    uint64_t quotient, remainder;
    __asm__("divq %[divisor]"
            : "=a"(quotient), "=d"(remainder)
            : [divisor] "r"(divisor), "a"(UINT64_MAX), "d"(~divisor)
            : "cc");
    return quotient;
#else
    return (uint64_t)(join(~divisor, UINT64_MAX) / divisor);
#endif
}

/// Algorithm 4: one digit of two limbs by one; `dividend` keeps the remainder.
static inline uint64_t digit_by_limb(
    uint64_t upper, uint64_t lower, uint64_t divisor, uint64_t reciprocal, uint64_t *remainder) {
    wide q = (wide)reciprocal * upper + join(upper, lower);
    uint64_t digit = high(q) + 1;
    uint64_t rest = lower - digit * divisor;
    if (rest > (uint64_t)q) digit -= 1, rest += divisor;
    if (rest >= divisor) digit += 1, rest -= divisor;
    *remainder = rest;
    return digit;
}

/// Algorithm 6: the reciprocal of two limbs, the highest bit set.
static inline uint64_t reciprocal_of_two(uint64_t upper, uint64_t lower) {
    uint64_t v = reciprocal_of_limb(upper);
    uint64_t p = upper * v + lower;
    if (p < lower) {
        v -= 1;
        if (p >= upper) v -= 1, p -= upper;
        p -= upper;
    }
    wide t = (wide)v * lower;
    p += high(t);
    if (p < high(t)) {
        v -= 1;
        if (p >= upper && (p > upper || (uint64_t)t >= lower)) v -= 1;
    }
    return v;
}

/// Algorithm 5: one digit of three limbs by two.
static inline uint64_t digit_by_two(
    uint64_t u2, uint64_t u1, uint64_t u0, wide divisor, uint64_t reciprocal, wide *remainder) {
    wide q = (wide)reciprocal * u2 + join(u2, u1);
    uint64_t digit = high(q);
    uint64_t upper = u1 - digit * high(divisor);
    wide rest = join(upper, u0) - (wide)(uint64_t)divisor * digit - divisor;
    digit += 1;
    if (high(rest) >= (uint64_t)q) digit -= 1, rest += divisor;
    if (rest >= divisor) digit += 1, rest -= divisor;
    *remainder = rest;
    return digit;
}

/// `row −= factor · by` over `count` limbs; the borrow.
static inline uint64_t subtract_product(
    uint64_t *row, const uint64_t *by, int count, uint64_t factor) {
    uint64_t borrow = 0;
    for (int i = 0; i < count; i++) {
        wide product = (wide)factor * by[i] + borrow;
        uint64_t low = (uint64_t)product;
        borrow = high(product) + (row[i] < low);
        row[i] -= low;
    }
    return borrow;
}

/// `row += by` over `count` limbs; the carry.
static inline uint64_t add_back(uint64_t *row, const uint64_t *by, int count) {
    unsigned long long carry = 0;
    for (int i = 0; i < count; i++) row[i] = __builtin_addcll(row[i], by[i], carry, &carry);
    return carry;
}

/// Algorithm D: a scaled row of `count` limbs by a scaled divisor of `width` from 2 to 4. Leaves
/// the remainder in the low limbs of the row and the digits in `quotient`.
static inline __attribute__((always_inline)) void divide_row(
    uint64_t *row, int count, const uint64_t *divisor, int width, uint64_t *quotient) {
    const wide top = join(divisor[width - 1], divisor[width - 2]);
    const uint64_t reciprocal = reciprocal_of_two(divisor[width - 1], divisor[width - 2]);
    for (int step = count - width - 1; step >= 0; step--) {
        uint64_t *at = row + step;
        uint64_t u2 = at[width], u1 = at[width - 1], u0 = at[width - 2];
        uint64_t digit;
        if (__builtin_expect(join(u2, u1) == top, 0)) {
            digit = UINT64_MAX;
            at[width] = u2 - subtract_product(at, divisor, width, digit);
        } else {
            wide rest;
            digit = digit_by_two(u2, u1, u0, top, reciprocal, &rest);
            uint64_t borrow = subtract_product(at, divisor, width - 2, digit);
            bool is_under = rest < borrow;
            rest -= borrow;
            at[width - 2] = (uint64_t)rest;
            at[width - 1] = high(rest);
            if (__builtin_expect(is_under, 0)) {
                digit -= 1;
                at[width - 1] += divisor[width - 1] + add_back(at, divisor, width - 1);
            }
        }
        quotient[step] = digit;
    }
}

/// Limbs up to the highest that is not zero.
static inline int limbs_used(const uint64_t *limbs, int count) {
    while (count > 0 && limbs[count - 1] == 0) count--;
    return count;
}

/// Divides up to eight limbs by a word that is not zero. `quotient` has room for eight limbs.
static inline __attribute__((always_inline)) void divide_limbs(
    const uint64_t *dividend, int room, const uint64_t *by, uint64_t *quotient,
    uint64_t *remainder) {
    for (int i = 0; i < room; i++) quotient[i] = 0;
    remainder[0] = remainder[1] = remainder[2] = remainder[3] = 0;
    int count = limbs_used(dividend, room), width = limbs_used(by, 4);
    if (count < width) {
        for (int i = 0; i < count; i++) remainder[i] = dividend[i];
        return;
    }
    if (count == 1) {
        quotient[0] = dividend[0] / by[0];
        remainder[0] = dividend[0] % by[0];
        return;
    }
    unsigned shift = (unsigned)__builtin_clzll(by[width - 1]);
    uint64_t row[9], divisor[4];
    row[count] = dividend[count - 1] >> 1 >> (63 - shift);
    for (int i = count - 1; i > 0; i--) {
        row[i] = dividend[i] << shift | dividend[i - 1] >> 1 >> (63 - shift);
    }
    row[0] = dividend[0] << shift;
    for (int i = width - 1; i > 0; i--) {
        divisor[i] = by[i] << shift | by[i - 1] >> 1 >> (63 - shift);
    }
    divisor[0] = by[0] << shift;
    if (width == 1) {
        uint64_t reciprocal = reciprocal_of_limb(divisor[0]), rest = row[count];
        for (int i = count - 1; i >= 0; i--) {
            quotient[i] = digit_by_limb(rest, row[i], divisor[0], reciprocal, &rest);
        }
        remainder[0] = rest >> shift;
        return;
    }
    // The highest digit is mostly zero, which one look at the highest limbs tells.
    bool is_shorter = row[count] == 0 && row[count - 1] < divisor[width - 1];
    int length = is_shorter ? count : count + 1;
    switch (width) {
    case 2: divide_row(row, length, divisor, 2, quotient); break;
    case 3: divide_row(row, length, divisor, 3, quotient); break;
    default: divide_row(row, length, divisor, 4, quotient); break;
    }
    for (int i = 0; i < width - 1; i++) {
        remainder[i] = row[i] >> shift | row[i + 1] << 1 << (63 - shift);
    }
    remainder[width - 1] = row[width - 1] >> shift;
}

static inline void negate(uint64_t *word) {
    unsigned long long borrow = 0;
    for (int i = 0; i < 4; i++) word[i] = __builtin_subcll(0, word[i], borrow, &borrow);
}

static inline void make_positive(uint64_t *word) {
    if ((int64_t)word[3] < 0) negate(word);
}

ON_EACH_MACHINE void assay_word_divide(uint64_t *last) {
    uint64_t quotient[4], remainder[4];
    word x = word_at(last + 4), y = word_at(last);
    if (is_zero(y)) return;
    if (is_small(x) && is_small(y)) return put_word(last, small_word(x.limb[0] / y.limb[0]));
    divide_limbs(last + 4, 4, last, quotient, remainder);
    put_word(last, word_at(quotient));
}

ON_EACH_MACHINE void assay_word_remainder(uint64_t *last) {
    uint64_t quotient[4], remainder[4];
    word x = word_at(last + 4), y = word_at(last);
    if (is_zero(y)) return;
    if (is_small(x) && is_small(y)) return put_word(last, small_word(x.limb[0] % y.limb[0]));
    divide_limbs(last + 4, 4, last, quotient, remainder);
    put_word(last, word_at(remainder));
}

void assay_word_divide_signed(uint64_t *last) {
    bool is_negative = (int64_t)(last[7] ^ last[3]) < 0;
    make_positive(last);
    make_positive(last + 4);
    assay_word_divide(last);
    if (is_negative) negate(last);
}

void assay_word_remainder_signed(uint64_t *last) {
    bool is_negative = (int64_t)last[7] < 0;
    make_positive(last);
    make_positive(last + 4);
    assay_word_remainder(last);
    if (is_negative) negate(last);
}

ON_EACH_MACHINE void assay_word_add_modulo(uint64_t *last) {
    uint64_t sum[5], quotient[5], remainder[4];
    if (is_zero(word_at(last))) return;
    unsigned long long carry = 0;
    for (int i = 0; i < 4; i++) sum[i] = __builtin_addcll(last[8 + i], last[4 + i], carry, &carry);
    sum[4] = carry;
    if (word_is_less(word_at(last + 8), last) && word_is_less(word_at(last + 4), last)) {
        // The sum is below twice the modulus: subtract it once or not at all.
        uint64_t less[4];
        unsigned long long borrow = 0;
        for (int i = 0; i < 4; i++) less[i] = __builtin_subcll(sum[i], last[i], borrow, &borrow);
        put_word(last, word_at(carry >= borrow ? less : sum));
        return;
    }
    divide_limbs(sum, 5, last, quotient, remainder);
    put_word(last, word_at(remainder));
}

ON_EACH_MACHINE void assay_word_multiply_modulo(uint64_t *last) {
    uint64_t product[8] = {0}, quotient[8], remainder[4];
    if (is_zero(word_at(last))) return;
    const uint64_t *x = last + 8, *y = last + 4;
    for (int i = 0; i < 4; i++) {
        uint64_t carry = 0;
        for (int j = 0; j < 4; j++) {
            wide p = (wide)x[i] * y[j] + product[i + j] + carry;
            product[i + j] = (uint64_t)p;
            carry = high(p);
        }
        product[i + 4] = carry;
    }
    divide_limbs(product, 8, last, quotient, remainder);
    put_word(last, word_at(remainder));
}
