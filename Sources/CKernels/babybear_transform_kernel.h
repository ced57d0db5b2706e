/* Transforms of polynomials' coefficients to values, for one instruction set.
 *
 * A node of the tree holds residues modulo X^2h - c^2 and splits them: a + c b modulo X^h - c and
 * a - c b modulo X^h + c, with one constant for the whole node. So whole vectors share a constant
 * until a node is narrower than a vector. */

#define mont_spread NAME(mont_spread)
#define offset_of NAME(offset_of)

FN V mont_spread(V a, W c) { return reduce(mul((W)a, c), mul(odd(a), c)); }

static inline size_t offset_of(size_t blockStride, size_t index) {
    return index / 16 * blockStride + index % 16;
}

/* One stage: nodes of 2 · run words, run a whole number of vectors. */
TARGET static void NAME(stage)(uint32_t *x, size_t blockStride, size_t words, size_t run,
                               const uint32_t *c) {
    for (size_t start = 0; start < words; start += 2 * run, c++) {
        W k = spread64(*c);
        for (size_t i = start; i < start + run; i += LANES) {
            uint32_t *p = x + offset_of(blockStride, i), *q = x + offset_of(blockStride, i + run);
            V a = load(p), b = mont_spread(load(q), k);
            store(p, add(a, b));
            store(q, sub(a, b));
        }
    }
}

/* Two stages at once from x to y: nodes of 4 · run words, `d` the second stage's constants. */
TARGET static void NAME(two_stages)(const uint32_t *x, uint32_t *y, size_t blockStride,
                                    size_t words, size_t run, const uint32_t *c,
                                    const uint32_t *d) {
    for (size_t start = 0; start < words; start += 4 * run, c++, d += 2) {
        /* Products of constants save a Montgomery step and two sums in the first stage. */
        W k = spread64(*c), l = spread64(d[0]), r = spread64(d[1]);
        W lk = spread64(bb_mul(d[0], *c)), rk = spread64(P - bb_mul(d[1], *c));
        for (size_t i = start; i < start + run; i += LANES) {
            uint32_t *p[4];
            V v[4];
            UNROLL for (int n = 0; n < 4; n++) {
                size_t at = offset_of(blockStride, i + (size_t)n * run);
                p[n] = y + at;
                v[n] = load(x + at);
            }
            W a = odd(v[1]), b = odd(v[3]);
            V middle = mont_spread(v[2], k);
            V left1 = reduce(mul((W)v[1], l) + mul((W)v[3], lk), mul(a, l) + mul(b, lk));
            V right1 = reduce(mul((W)v[1], r) + mul((W)v[3], rk), mul(a, r) + mul(b, rk));
            V left0 = add(v[0], middle), right0 = sub(v[0], middle);
            store(p[0], add(left0, left1));
            store(p[1], sub(left0, left1));
            store(p[2], add(right0, right1));
            store(p[3], sub(right0, right1));
        }
    }
}

#if LANES == 16
#define EACH_LANE(f, D)                                                                       \
    f(0, D), f(1, D), f(2, D), f(3, D), f(4, D), f(5, D), f(6, D), f(7, D), f(8, D), f(9, D), \
        f(10, D), f(11, D), f(12, D), f(13, D), f(14, D), f(15, D)
#elif LANES == 8
#define EACH_LANE(f, D) \
    f(0, D), f(1, D), f(2, D), f(3, D), f(4, D), f(5, D), f(6, D), f(7, D)
#else
#define EACH_LANE(f, D) f(0, D), f(1, D), f(2, D), f(3, D)
#endif
/* Nodes of 2D words lie side by side in two vectors; their low halves come into one vector and
 * their high halves into another, nodes in order. What a stage leaves in x and y is, group by group
 * of D words, the left children and the right ones. */
#define LANE_LOW(i, D) \
    ((i) / (2 * (D)) * (2 * (D)) + (i) % (D) + ((i) % (2 * (D)) < (D) ? 0 : LANES))
#define LANE_HIGH(i, D) (LANE_LOW(i, D) + (D))
#define LANE_NODE(i, D) ((i) / (D))
/* Back to flat words, the first vector's and the second's. */
#define LANE_FIRST(i, D) \
    ((i) / (2 * (D)) * (D) + (i) % (D) + ((i) % (2 * (D)) < (D) ? 0 : LANES))
#define LANE_SECOND(i, D) (LANE_FIRST(i, D) + LANES / 2)

/* A stage inside two vectors, their first node with constant c[0]. */
#define NARROW_STAGE(x, y, c, D)                                                  \
    do {                                                                          \
        V k = load(c);                                                            \
        k = __builtin_shufflevector(k, k, EACH_LANE(LANE_NODE, D));               \
        V low = __builtin_shufflevector(x, y, EACH_LANE(LANE_LOW, D));            \
        V high = mont(__builtin_shufflevector(x, y, EACH_LANE(LANE_HIGH, D)), k); \
        x = add(low, high);                                                       \
        y = sub(low, high);                                                       \
    } while (0)

#define NARROW(D)                                                               \
    if (LANES > D && width <= D) {                                              \
        NARROW_STAGE(x, y, twiddles + (stageStride << d) + i / (2 * D), D);     \
        d++;                                                                    \
        if (width == D) {                                                       \
            store(p, __builtin_shufflevector(x, y, EACH_LANE(LANE_FIRST, D)));  \
            store(q, __builtin_shufflevector(x, y, EACH_LANE(LANE_SECOND, D))); \
        }                                                                       \
    }

TARGET static void NAME(narrow_stages)(uint32_t *words, size_t blockStride, size_t count,
                                       size_t width, size_t depth, const uint32_t *twiddles,
                                       size_t stageStride) {
    for (size_t i = 0; i < count; i += 2 * LANES) {
        uint32_t *p = words + offset_of(blockStride, i);
        uint32_t *q = words + offset_of(blockStride, i + LANES);
        V x = load(p), y = load(q);
        size_t d = depth;
#if LANES == 16
        NARROW(8)
#endif
#if LANES >= 8
        NARROW(4)
#endif
        NARROW(2)
        NARROW(1)
    }
}

/* Fewer words than two vectors have. */
static void NAME(tiny_transform)(uint32_t *x, size_t width, size_t logRows,
                                 const uint32_t *twiddles, size_t stageStride) {
    for (size_t d = 0; d < logRows; d++) {
        size_t run = width << (logRows - d - 1);
        for (size_t t = 0; t < (size_t)1 << d; t++) {
            for (size_t i = 2 * run * t; i < 2 * run * t + run; i++) {
                uint32_t a = x[i], b = bb_mul(x[i + run], twiddles[(stageStride << d) + t]);
                x[i] = bb_add(a, b);
                x[i + run] = bb_sub(a, b);
            }
        }
    }
}

/* Nodes up to this many words stay in the nearest cache through all their stages. */
#define NEAR_WORDS ((size_t)1 << 13)

/* All stages of one node of two vectors or more, in place. A child's constants lie as its parent's
 * do, since those of depth d begin at stageStride << d. */
TARGET static void NAME(node)(uint32_t *x, size_t blockStride, size_t width, size_t logRows,
                              const uint32_t *twiddles, size_t stageStride) {
    size_t words = width << logRows, run = words / 2, d = 0;
    if (words > NEAR_WORDS && logRows >= 2) {
        NAME(two_stages)(x, x, blockStride, words, words / 4, twiddles + stageStride,
                         twiddles + 2 * stageStride);
        for (size_t child = 0; child < 4; child++)
            NAME(node)(x + offset_of(blockStride, child * (words / 4)), blockStride, width,
                       logRows - 2, twiddles, 4 * stageStride + child);
        return;
    }
    for (; d + 1 < logRows && run / 2 >= LANES; d += 2, run /= 4) {
        NAME(two_stages)(x, x, blockStride, words, run / 2, twiddles + (stageStride << d),
                         twiddles + (stageStride << (d + 1)));
    }
    if (d < logRows && run >= LANES) {
        NAME(stage)(x, blockStride, words, run, twiddles + (stageStride << d));
        d++;
    }
    if (d < logRows)
        NAME(narrow_stages)(x, blockStride, words, width, d, twiddles, stageStride);
}

TARGET static void NAME(transform)(const uint32_t *x, uint32_t *out, size_t blockStride,
                                   size_t width, size_t logRows, const uint32_t *twiddles,
                                   size_t stageStride) {
    size_t words = width << logRows;
    if (words / 4 >= 32 && logRows >= 2) {
        NAME(two_stages)(x, out, blockStride, words, words / 4, twiddles + stageStride,
                         twiddles + 2 * stageStride);
        for (size_t child = 0; child < 4; child++)
            NAME(node)(out + offset_of(blockStride, child * (words / 4)), blockStride, width,
                       logRows - 2, twiddles, 4 * stageStride + child);
        return;
    }
    for (size_t i = 0; i < words; i++)
        out[offset_of(blockStride, i)] = x[offset_of(blockStride, i)];
    if (words < 2 * LANES) {
        NAME(tiny_transform)(out, width, logRows, twiddles, stageStride);
    } else {
        NAME(node)(out, blockStride, width, logRows, twiddles, stageStride);
    }
}

#undef EACH_LANE
#undef LANE_LOW
#undef LANE_HIGH
#undef LANE_NODE
#undef LANE_FIRST
#undef LANE_SECOND
#undef NARROW
#undef NARROW_STAGE
#undef NEAR_WORDS
