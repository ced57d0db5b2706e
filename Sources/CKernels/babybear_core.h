/* Vectors of field elements, for one instruction set: babybear.c includes this file for each.
 *
 * The includer defines NAME(x), TARGET, LANES (32-bit lanes of a vector) and USES_IFMA. Products of
 * two lanes need 64 bits, so that a vector of elements splits in its even and its odd lanes. M
 * stands for p · 2^32, the bound for a Montgomery step: two products stay below M, four below
 * 2^64. */

#define FN TARGET static inline __attribute__((always_inline))

typedef uint32_t NAME(v32) __attribute__((vector_size(4 * LANES)));
typedef uint64_t NAME(v64) __attribute__((vector_size(4 * LANES)));
typedef int32_t NAME(s32) __attribute__((vector_size(4 * LANES)));
#define V NAME(v32)
#define W NAME(v64)
#define HALF (LANES / 2)

#define load NAME(load)
#define store NAME(store)
#define min32 NAME(min32)
#define even NAME(even)
#define odd NAME(odd)
#define mul NAME(mul)
#define mul_exactly NAME(mul_exactly)
#define lower NAME(lower)
#define step NAME(step)
#define canon NAME(canon)
#define merge NAME(merge)
#define pack NAME(pack)
#define reduce NAME(reduce)
#define mont NAME(mont)
#define add NAME(add)
#define sub NAME(sub)
#define spread NAME(spread)
#define spread64 NAME(spread64)

FN V load(const uint32_t *p) {
    V v;
    memcpy(&v, p, sizeof v);
    return v;
}

FN void store(uint32_t *p, V v) { memcpy(p, &v, sizeof v); }

FN V spread(uint32_t x) { return (V){} + x; }
FN W spread64(uint64_t x) { return (W){} + x; }

FN V min32(V a, V b) { return __builtin_elementwise_min(a, b); }

/* The even lanes, and the odd ones, as 64-bit numbers. */
FN W even(V a) { return (W)a & 0xffffffffu; }
FN W odd(V a) { return (W)a >> 32; }

/* The product of the low halves. */
FN W mul(W a, W b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }

/* Takes M away where it fits: sums below 2M become sums below M. */
FN W lower(W x) {
    V v = (V)x;
    return (W)min32(v, v - (V)spread64((uint64_t)P << 32));
}

/* `mul` for constants: the compiler would widen those to 64-bit products, which are slow. */
FN W mul_exactly(W a, W b) {
#if LANES > 4
    W product;
    __asm__("vpmuludq %2, %1, %0" : "=v"(product) : "v"(a), "v"(b));
    return product;
#else
    return mul(a, b);
#endif
}

/* A Montgomery step of sums below M: the high halves become the result in (-p, p), modulo 2^32. */
FN W step(W t) { return t - mul_exactly(mul_exactly(t, spread64(MU)), spread64(P)); }

FN V canon(V x) { return min32(x, x + P); }

/* High halves, interleaved: lane 2i is of e, lane 2i + 1 of o. */
FN V merge(W e, W o) {
#if LANES == 16
    return (V)_mm512_mask_shuffle_epi32((__m512i)o, 0x5555, (__m512i)e, 0xf5);
#elif LANES == 8
    return (V)_mm256_blend_epi32((__m256i)(e >> 32), (__m256i)o, 0xaa);
#else
    return (V)((e >> 32) | (o & 0xffffffff00000000u));
#endif
}

/* High halves of a, then those of b. */
FN V pack(W a, W b) {
#if LANES == 16
    return __builtin_shufflevector((V)a, (V)b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27,
                                   29, 31);
#elif LANES == 8
    return __builtin_shufflevector((V)a, (V)b, 1, 3, 5, 7, 9, 11, 13, 15);
#else
    return __builtin_shufflevector((V)a, (V)b, 1, 3, 5, 7);
#endif
}

/* Elements of sums below M, in even and in odd lanes. */
FN V reduce(W e, W o) { return canon(merge(step(e), step(o))); }

FN V mont(V a, V b) { return reduce(mul((W)a, (W)b), mul(odd(a), odd(b))); }

FN V add(V a, V b) {
    V s = a + b;
    return min32(s, s - P);
}

FN V sub(V a, V b) { return canon(a - b); }

/* ---- Sums of many products. ---- */

#define acc NAME(acc)
#define acc_zero NAME(acc_zero)
#define acc_mac NAME(acc_mac)
#define acc_settle NAME(acc_settle)
#define acc_carry NAME(acc_carry)
#define acc_lanes NAME(acc_lanes)

#if USES_IFMA
/* lo + 2^52 · hi. The halves take 2^11 products before a carry; inputs are clean 64-bit lanes. */
typedef struct {
    W lo, hi;
} acc;
FN acc acc_zero(void) { return (acc){(W){}, (W){}}; }
FN void acc_mac(acc *a, W x, W y) {
    a->lo = (W)_mm512_madd52lo_epu64((__m512i)a->lo, (__m512i)x, (__m512i)y);
    a->hi = (W)_mm512_madd52hi_epu64((__m512i)a->hi, (__m512i)x, (__m512i)y);
}
FN void acc_settle(acc *a) { (void)a; }
FN void acc_carry(acc *a) {
    a->hi += a->lo >> 52;
    a->lo &= ((uint64_t)1 << 52) - 1;
}
/* Sums below M, lane by lane; after a carry, and with hi below 2^31. */
FN W acc_lanes(acc *a) {
    acc_carry(a);
    return lower(a->lo + mul(a->hi, spread64(TWO_52)));
}
#else
/* A sum below M; at most two products between two calls of settle. */
typedef struct {
    W lo;
} acc;
FN acc acc_zero(void) { return (acc){(W){}}; }
FN void acc_mac(acc *a, W x, W y) { a->lo += mul(x, y); }
FN void acc_settle(acc *a) { a->lo = lower(a->lo); }
FN void acc_carry(acc *a) { (void)a; }
FN W acc_lanes(acc *a) { return a->lo; }
#endif

/* ---- Extension elements: six vectors of limbs. ---- */

#define constant NAME(constant)
#define mul_constant_lanes NAME(mul_constant_lanes)
#define mul_constant NAME(mul_constant)
#define mul_elements NAME(mul_elements)

/* An element in every lane: limbs, and limbs times 31. */
typedef struct {
    uint64_t c[6], w[6];
} NAME(constant_t);

FN NAME(constant_t) constant(const uint32_t *limbs) {
    NAME(constant_t) k;
    for (int i = 0; i < 6; i++) {
        k.c[i] = limbs[i];
        k.w[i] = bb_mul(limbs[i], THIRTY_ONE);
    }
    return k;
}

/* Products of elements in the low halves of lanes: sums below M. `out` is not `x`. */
FN void mul_constant_lanes(const W x[6], const NAME(constant_t) * k, W out[6]) {
    UNROLL for (int l = 0; l < 6; l++) {
        W s = (W){};
        UNROLL for (int i = 0; i < 6; i++) {
            if (i == 4) s = lower(s);
            s += mul(x[i], spread64(i <= l ? k->c[l - i] : k->w[l + 6 - i]));
        }
        out[l] = lower(s);
    }
}

FN void mul_constant(const V x[6], const NAME(constant_t) * k, V out[6]) {
    W e[6], o[6], evens[6], odds[6];
    UNROLL for (int i = 0; i < 6; i++) e[i] = (W)x[i];
    mul_constant_lanes(e, k, evens);
    UNROLL for (int i = 0; i < 6; i++) o[i] = odd(x[i]);
    mul_constant_lanes(o, k, odds);
    UNROLL for (int i = 0; i < 6; i++) out[i] = reduce(evens[i], odds[i]);
}

FN void mul_elements(const V x[6], const V y[6], V out[6]) {
    W e[6], o[6];
    V w[6];
    UNROLL for (int i = 1; i < 6; i++) w[i] = mont(y[i], spread(THIRTY_ONE));
    UNROLL for (int l = 0; l < 6; l++) {
        e[l] = o[l] = (W){};
        UNROLL for (int i = 0; i < 6; i++) {
            V b = i <= l ? y[l - i] : w[l + 6 - i];
            if (i == 4) e[l] = lower(e[l]), o[l] = lower(o[l]);
            e[l] += mul((W)x[i], (W)b);
            o[l] += mul(odd(x[i]), odd(b));
        }
    }
    UNROLL for (int l = 0; l < 6; l++) out[l] = reduce(lower(e[l]), lower(o[l]));
}

/* Elements from an index of a buffer on, which all lie in it or in the zeros of its last block. */
#define load_elements NAME(load_elements)
#define load_aligned NAME(load_aligned)
#define store_aligned NAME(store_aligned)

FN void load_aligned(const uint32_t *block, V out[6]) {
    UNROLL for (int l = 0; l < 6; l++) out[l] = load(block + 16 * l);
}

FN void store_aligned(uint32_t *block, const V x[6]) {
    UNROLL for (int l = 0; l < 6; l++) store(block + 16 * l, x[l]);
}

FN void load_elements(const uint32_t *words, size_t index, V out[6]) {
    size_t lane = index % 16;
    const uint32_t *block = words + index / 16 * 96;
    if (lane + LANES <= 16) {
        load_aligned(block + lane, out);
        return;
    }
    /* The first lanes come from this block's end, the others from the next block's begin. */
    uint32_t first = (uint32_t)(16 - lane);
    V mask;
    UNROLL for (int i = 0; i < LANES; i++) mask[i] = (uint32_t)i;
    mask = (V)(mask < first);
    UNROLL for (int l = 0; l < 6; l++) {
        V here = load(block + 16 * l + lane);
        V next = load(block + 96 + 16 * l - first);
        out[l] = (here & mask) | (next & ~mask);
    }
}

/* Lanes of a vector, moved up; zeros come in beneath. */
#define raise NAME(raise)
/* Writes the lanes from `first` on, `lanes` of them, and leaves all others alone. */
#define put_lanes NAME(put_lanes)

FN V raise(V v, size_t by) {
#if LANES == 16
    return (V)_mm512_maskz_expand_epi32((__mmask16)(0xffffu << by), (__m512i)v);
#else
    uint32_t words[2 * LANES] = {0};
    memcpy(words + by, &v, sizeof v);
    return load(words);
#endif
}

FN void put_lanes(uint32_t *block, const V x[6], size_t first, size_t lanes) {
    if (lanes >= LANES) {
        store_aligned(block, x);
        return;
    }
    UNROLL for (int l = 0; l < 6; l++) {
#if LANES == 16
        __mmask16 mask = (__mmask16)(((1u << lanes) - 1) << first);
        _mm512_mask_storeu_epi32(block + 16 * l, mask, (__m512i)x[l]);
#else
        uint32_t words[LANES];
        store(words, x[l]);
        memcpy(block + 16 * l + first, words + first, 4 * lanes);
#endif
    }
}
