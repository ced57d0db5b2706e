#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* One element at a time: heads and tails of the vector loops. */

#define P 0x78000001u
/* 1 / p modulo 2^32. */
#define MU 0x88000001u
/* Montgomery forms of 1 and 31; 2^64 and 2^52 modulo p. */
#define ONE 0x0ffffffeu
#define THIRTY_ONE 0x0fffffbeu
#define TWO_64 0x45dddde3u
#define TWO_52 0x0fdddddeu

typedef struct {
    uint32_t l[6];
} bb_element;

static inline uint32_t bb_canon(uint32_t x) { return x + P < x ? x + P : x; }

static inline uint32_t bb_add(uint32_t a, uint32_t b) {
    uint32_t s = a + b;
    return s >= P ? s - P : s;
}

static inline uint32_t bb_sub(uint32_t a, uint32_t b) { return a >= b ? a - b : a - b + P; }

/* t / 2^32 for t below p · 2^32. */
static inline uint32_t bb_reduce(uint64_t t) {
    uint32_t q = (uint32_t)t * MU;
    uint32_t high = (uint32_t)(t >> 32);
    uint32_t part = (uint32_t)(((uint64_t)q * P) >> 32);
    return bb_sub(high, part);
}

static inline uint32_t bb_mul(uint32_t a, uint32_t b) { return bb_reduce((uint64_t)a * b); }

static inline uint64_t bb_lower(uint64_t t) {
    return t >= (uint64_t)P << 32 ? t - ((uint64_t)P << 32) : t;
}

static inline bb_element bb_get(const uint32_t *words, size_t index) {
    const uint32_t *at = words + index / 16 * 96 + index % 16;
    return (bb_element){{at[0], at[16], at[32], at[48], at[64], at[80]}};
}

static inline void bb_put(uint32_t *words, size_t index, bb_element x) {
    uint32_t *at = words + index / 16 * 96 + index % 16;
    for (int l = 0; l < 6; l++) at[16 * l] = x.l[l];
}

static inline bb_element bb_of(const uint32_t *limbs) {
    bb_element x;
    memcpy(x.l, limbs, sizeof x.l);
    return x;
}

static inline bb_element bb_add6(bb_element a, bb_element b) {
    for (int l = 0; l < 6; l++) a.l[l] = bb_add(a.l[l], b.l[l]);
    return a;
}

static inline bb_element bb_sub6(bb_element a, bb_element b) {
    for (int l = 0; l < 6; l++) a.l[l] = bb_sub(a.l[l], b.l[l]);
    return a;
}

static inline bb_element bb_scale6(bb_element a, uint32_t factor) {
    for (int l = 0; l < 6; l++) a.l[l] = bb_mul(a.l[l], factor);
    return a;
}

/* Eleven coefficients of a product of polynomials, X^6 replaced by 31. */
static inline bb_element bb_wrap(const uint32_t c[11]) {
    bb_element x;
    for (int l = 0; l < 6; l++) {
        x.l[l] = l < 5 ? bb_add(c[l], bb_mul(c[l + 6], THIRTY_ONE)) : c[l];
    }
    return x;
}

static inline bb_element bb_mul6(bb_element a, bb_element b) {
    uint32_t c[11];
    for (int k = 0; k < 11; k++) {
        uint64_t sum = 0;
        for (int i = k < 6 ? 0 : k - 5; i <= k && i < 6; i++)
            sum = bb_lower(sum + (uint64_t)a.l[i] * b.l[k - i]);
        c[k] = bb_reduce(sum);
    }
    return bb_wrap(c);
}

/* x to the p-th power `times` times: limb i gets the factor 31^(i · times · (p - 1) / 6). */
static inline bb_element bb_frobenius(bb_element x, int times) {
    static const uint32_t factors[6] = {ONE,        0x10d305f9, 0x00d305fb,
                                        0x68000003, 0x672cfa08, 0x772cfa06};
    for (int l = 1; l < 6; l++) x.l[l] = bb_mul(x.l[l], factors[l * times % 6]);
    return x;
}

/* The inverse, of zero zero: conjugates over the norm, as in Itoh and Tsujii, 1988. */
static inline bb_element bb_inverse(bb_element x) {
    bb_element first = bb_frobenius(x, 1);
    bb_element two = bb_mul6(first, bb_frobenius(first, 1));
    bb_element four = bb_mul6(two, bb_frobenius(two, 2));
    bb_element conjugates = bb_mul6(four, bb_frobenius(first, 4));
    uint32_t norm = bb_mul6(x, conjugates).l[0], inverse = ONE;
    for (int bit = 30; bit >= 0; bit--) {
        inverse = bb_mul(inverse, inverse);
        if ((P - 2) >> bit & 1) inverse = bb_mul(inverse, norm);
    }
    return bb_scale6(conjugates, inverse);
}

/* Inverts the first `count` elements of a block, none of them zero. */
static inline void bb_invert(uint32_t *block, size_t count) {
    bb_element before[16], product = {{ONE}};
    for (size_t i = 0; i < count; i++) {
        before[i] = product;
        product = bb_mul6(product, bb_get(block, i));
    }
    bb_element inverse = bb_inverse(product);
    for (size_t i = count; i > 0; i--) {
        bb_element x = bb_get(block, i - 1);
        bb_put(block, i - 1, bb_mul6(inverse, before[i - 1]));
        inverse = bb_mul6(inverse, x);
    }
}
