/* Bulk arithmetic for one instruction set; after babybear_core.h. Vectors are those of the
 * destination: where it begins or ends within one, the other lanes stay as they were. */

#define to_lanes NAME(to_lanes)
#define sum_lanes NAME(sum_lanes)

/* ---- Conversions. ---- */

TARGET static void NAME(of_i32)(const int32_t *x, size_t count, uint32_t *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        V v = load((const uint32_t *)x + i);
        /* 2p lifts every negative number and fits; the product with 2^64 mod p stays below M. */
        V lift = (V)((NAME(s32))v < 0) & (2 * P);
        store(out + i, mont(v + lift, spread(TWO_64)));
    }
    for (; i < count; i++) out[i] = bb_mul((uint32_t)x[i] + (x[i] < 0 ? 2 * P : 0), TWO_64);
}

TARGET static void NAME(canonical)(const uint32_t *x, size_t count, uint32_t *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) {
        V v = load(x + i);
        store(out + i, reduce((W)v & 0xffffffffu, odd(v)));
    }
    for (; i < count; i++) out[i] = bb_reduce(x[i]);
}

TARGET static int NAME(of_canonical)(const uint32_t *x, size_t count, uint32_t *out) {
    size_t i = 0;
    V over = (V){};
    uint32_t isOver = 0;
    for (; i + LANES <= count; i += LANES) {
        V v = load(x + i);
        over |= (V)(v >= P);
        store(out + i, mont(v, spread(TWO_64)));
    }
    for (int l = 0; l < LANES; l++) isOver |= over[l];
    for (; i < count; i++) {
        isOver |= x[i] >= P;
        out[i] = bb_mul(x[i], TWO_64);
    }
    return isOver == 0;
}

TARGET static void NAME(scale_base)(uint32_t factor, const uint32_t *x, size_t count,
                                    uint32_t *out) {
    size_t i = 0;
    for (; i + LANES <= count; i += LANES) store(out + i, mont(load(x + i), spread(factor)));
    for (; i < count; i++) out[i] = bb_mul(x[i], factor);
}

/* ---- Sums of products. ---- */

/* The sum of the lanes of an accumulator. */
FN uint32_t sum_lanes(acc *a) {
    V v = canon((V)(step(acc_lanes(a)) >> 32));
    uint64_t sum = 0;
    UNROLL for (int i = 0; i < LANES; i += 2) sum += v[i];
    return (uint32_t)(sum % P);
}

#define column_sums NAME(column_sums)

#if USES_IFMA
/* The sums of the lanes of eight vectors, lane i of vector i. */
FN W NAME(sum_each)(const W v[8]) {
    W a[4], b[2];
    UNROLL for (int i = 0; i < 4; i++)
        a[i] = (W)_mm512_unpacklo_epi64((__m512i)v[2 * i], (__m512i)v[2 * i + 1]) +
               (W)_mm512_unpackhi_epi64((__m512i)v[2 * i], (__m512i)v[2 * i + 1]);
    UNROLL for (int i = 0; i < 2; i++)
        b[i] = __builtin_shufflevector(a[2 * i], a[2 * i + 1], 0, 1, 8, 9, 4, 5, 12, 13) +
               __builtin_shufflevector(a[2 * i], a[2 * i + 1], 2, 3, 10, 11, 6, 7, 14, 15);
    return __builtin_shufflevector(b[0], b[1], 0, 1, 2, 3, 8, 9, 10, 11) +
           __builtin_shufflevector(b[0], b[1], 4, 5, 6, 7, 12, 13, 14, 15);
}

/* The six sums of lanes. All lanes' low parts must stay below 2^64 together, their high parts below
 * 2^31. */
FN void column_sums(acc sums[6], uint32_t out[6]) {
    W lo[8], hi[8];
    acc all;
    uint32_t words[16];
    UNROLL for (int l = 0; l < 8; l++) {
        lo[l] = l < 6 ? sums[l].lo : (W){};
        hi[l] = l < 6 ? sums[l].hi : (W){};
    }
    all.lo = NAME(sum_each)(lo);
    all.hi = NAME(sum_each)(hi);
    store(words, canon((V)(step(acc_lanes(&all)) >> 32)));
    UNROLL for (int l = 0; l < 6; l++) out[l] = words[2 * l];
}
#else
FN void column_sums(acc sums[6], uint32_t out[6]) {
    UNROLL for (int l = 0; l < 6; l++) out[l] = sum_lanes(&sums[l]);
}
#endif

#define wrap_sums NAME(wrap_sums)

/* Eleven coefficients of a product, X^6 replaced by 31, as the sums of their lanes. */
FN bb_element wrap_sums(acc sums[11]) {
    bb_element sum;
#if USES_IFMA
    acc wrapped[6];
    UNROLL for (int k = 0; k < 11; k++) acc_carry(&sums[k]);
    UNROLL for (int l = 0; l < 6; l++) {
        wrapped[l] = sums[l];
        if (l == 5) continue;
        wrapped[l].lo += (sums[l + 6].lo << 5) - sums[l + 6].lo;
        wrapped[l].hi += (sums[l + 6].hi << 5) - sums[l + 6].hi;
    }
    column_sums(wrapped, sum.l);
#else
    uint32_t c[11];
    UNROLL for (int k = 0; k < 11; k++) c[k] = sum_lanes(&sums[k]);
    sum = bb_wrap(c);
#endif
    return sum;
}

/* All ones in the first lanes. */
FN V NAME(first_lanes)(size_t lanes) {
    V index;
    UNROLL for (int i = 0; i < LANES; i++) index[i] = (uint32_t)i;
    return (V)(index < (uint32_t)lanes);
}

TARGET static bb_element NAME(dot_part)(const uint32_t *x, size_t xFrom, const uint32_t *y,
                                        size_t yFrom, size_t count) {
    acc sums[11];
    UNROLL for (int k = 0; k < 11; k++) sums[k] = acc_zero();
    for (size_t i = 0; i < count; i += LANES) {
        V a[6], b[6];
        load_elements(x, xFrom + i, a);
        load_elements(y, yFrom + i, b);
        if (count - i < LANES) {
            V mask = NAME(first_lanes)(count - i);
            UNROLL for (int l = 0; l < 6; l++) a[l] &= mask;
        }
        UNROLL for (int s = 0; s < 6; s++) {
            UNROLL for (int t = 0; t < 6; t++) {
                acc_mac(&sums[s + t], even(a[s]), even(b[t]));
                acc_mac(&sums[s + t], odd(a[s]), odd(b[t]));
                acc_settle(&sums[s + t]);
            }
        }
        if (i / LANES % 128 == 127) {
            UNROLL for (int k = 0; k < 11; k++) acc_carry(&sums[k]);
        }
    }
    return wrap_sums(sums);
}

TARGET static bb_element NAME(base_dot_part)(const uint32_t *x, const uint32_t *y, size_t yFrom,
                                             size_t count) {
    acc sums[6];
    bb_element sum;
    UNROLL for (int l = 0; l < 6; l++) sums[l] = acc_zero();
    for (size_t i = 0; i < count; i += LANES) {
        V a = load(x + i), b[6];
        load_elements(y, yFrom + i, b);
        if (count - i < LANES) a &= NAME(first_lanes)(count - i);
        UNROLL for (int l = 0; l < 6; l++) {
            acc_mac(&sums[l], even(a), even(b[l]));
            acc_mac(&sums[l], odd(a), odd(b[l]));
            acc_settle(&sums[l]);
        }
        if (i / LANES % 1024 == 1023) {
            UNROLL for (int l = 0; l < 6; l++) acc_carry(&sums[l]);
        }
    }
    UNROLL for (int l = 0; l < 6; l++) acc_carry(&sums[l]);
    column_sums(sums, sum.l);
    return sum;
}

/* Elements whose products' high parts stay below 2^31 when lanes and wrapped ones are added: 2^9
 * vectors of 12 products below 2^10, 32 times as much, 8 lanes. */
#define PART ((size_t)1 << 13)

TARGET static bb_element NAME(dot)(const uint32_t *x, size_t xFrom, const uint32_t *y,
                                   size_t yFrom, size_t count) {
    bb_element sum = {{0}};
    for (size_t i = 0; i < count; i += PART) {
        size_t part = count - i < PART ? count - i : PART;
        sum = bb_add6(sum, NAME(dot_part)(x, xFrom + i, y, yFrom + i, part));
    }
    return sum;
}

TARGET static bb_element NAME(base_dot)(const uint32_t *x, const uint32_t *y, size_t yFrom,
                                        size_t count) {
    bb_element sum = {{0}};
    for (size_t i = 0; i < count; i += PART) {
        size_t part = count - i < PART ? count - i : PART;
        sum = bb_add6(sum, NAME(base_dot_part)(x + i, y, yFrom + i, part));
    }
    return sum;
}

/* ---- Elementwise. ---- */

#define BLOCK(words, index) ((words) + (index) / 16 * 96 + (index) % 16)

/* For each vector of `count` elements from `at` on: `i` of them are done, `lanes` come now, behind
 * `lead` lanes that are not among them. */
#define EACH_PART(i, lead, lanes)                                                            \
    for (size_t i = 0, lead = (at) % LANES,                                                  \
                lanes = count < LANES - lead ? count : LANES - lead;                         \
         i < count; i += lanes, lead = 0, lanes = count - i < LANES ? count - i : LANES)

TARGET static void NAME(add_product)(const uint32_t *factor, const uint32_t *x, size_t from,
                                     size_t count, uint32_t *out, size_t at) {
    NAME(constant_t) k = constant(factor);
    EACH_PART(i, lead, lanes) {
        uint32_t *block = BLOCK(out, at + i - lead);
        V v[6], sum[6];
        load_elements(x, from + i, v);
        mul_constant(v, &k, v);
        load_aligned(block, sum);
        if (lead > 0) {
            UNROLL for (int l = 0; l < 6; l++) v[l] = raise(v[l], lead);
        }
        UNROLL for (int l = 0; l < 6; l++) sum[l] = add(sum[l], v[l]);
        put_lanes(block, sum, lead, lanes);
    }
}

TARGET static void NAME(base_add_product)(const uint32_t *factor, const uint32_t *x, size_t count,
                                          uint32_t *out, size_t at) {
    bb_element c = bb_of(factor);
    EACH_PART(i, lead, lanes) {
        uint32_t *block = BLOCK(out, at + i - lead);
        V v = load(x + i), sum[6];
        if (lead > 0) v = raise(v, lead);
        load_aligned(block, sum);
        UNROLL for (int l = 0; l < 6; l++) sum[l] = add(sum[l], mont(v, spread(c.l[l])));
        put_lanes(block, sum, lead, lanes);
    }
}

TARGET static void NAME(add_elements)(int isMinus, const uint32_t *x, size_t from, size_t count,
                                      uint32_t *out, size_t at) {
    EACH_PART(i, lead, lanes) {
        uint32_t *block = BLOCK(out, at + i - lead);
        V v[6], sum[6];
        load_elements(x, from + i, v);
        load_aligned(block, sum);
        if (lead > 0) {
            UNROLL for (int l = 0; l < 6; l++) v[l] = raise(v[l], lead);
        }
        UNROLL for (int l = 0; l < 6; l++)
            sum[l] = isMinus ? sub(sum[l], v[l]) : add(sum[l], v[l]);
        put_lanes(block, sum, lead, lanes);
    }
}

TARGET static void NAME(add_constant)(const uint32_t *x, size_t count, uint32_t *out, size_t at) {
    bb_element c = bb_of(x);
    EACH_PART(i, lead, lanes) {
        uint32_t *block = BLOCK(out, at + i - lead);
        V sum[6];
        load_aligned(block, sum);
        UNROLL for (int l = 0; l < 6; l++) sum[l] = add(sum[l], spread(c.l[l]));
        put_lanes(block, sum, lead, lanes);
    }
}

TARGET static void NAME(scale)(const uint32_t *factor, uint32_t *x, size_t blocks) {
    NAME(constant_t) k = constant(factor);
    for (size_t i = 0; i < 16 * blocks; i += LANES) {
        V v[6];
        load_aligned(BLOCK(x, i), v);
        mul_constant(v, &k, v);
        store_aligned(BLOCK(x, i), v);
    }
}

/* Elements times elements, in place. */
TARGET static void NAME(multiply)(const uint32_t *y, uint32_t *x, size_t blocks) {
    for (size_t i = 0; i < 16 * blocks; i += LANES) {
        V a[6], b[6];
        load_aligned(BLOCK(x, i), a);
        load_aligned(BLOCK(y, i), b);
        mul_elements(a, b, a);
        store_aligned(BLOCK(x, i), a);
    }
}

/* Elements times elements of the base field, in place. */
TARGET static void NAME(base_multiply)(const uint32_t *y, uint32_t *x, size_t blocks) {
    for (size_t i = 0; i < 16 * blocks; i += LANES) {
        V a[6], b = load(y + i);
        load_aligned(BLOCK(x, i), a);
        UNROLL for (int l = 0; l < 6; l++) a[l] = mont(a[l], b);
        store_aligned(BLOCK(x, i), a);
    }
}

/* The sum of elements. */
TARGET static bb_element NAME(sum)(const uint32_t *x, size_t from, size_t count) {
    W sums[6];
    bb_element sum;
    UNROLL for (int l = 0; l < 6; l++) sums[l] = (W){};
    for (size_t i = 0; i < count; i += LANES) {
        V v[6];
        load_elements(x, from + i, v);
        if (count - i < LANES) {
            V mask = NAME(first_lanes)(count - i);
            UNROLL for (int l = 0; l < 6; l++) v[l] &= mask;
        }
        UNROLL for (int l = 0; l < 6; l++) sums[l] += even(v[l]) + odd(v[l]);
    }
    UNROLL for (int l = 0; l < 6; l++) sum.l[l] = (uint32_t)(__builtin_reduce_add(sums[l]) % P);
    return sum;
}

/* Doubles a table: within one vector first, then by vectors. */
TARGET static void NAME(eq)(const uint32_t *point, size_t size, const uint32_t *scale,
                            uint32_t *out) {
    V first[6];
    size_t j = 0;
    UNROLL for (int l = 0; l < 6; l++) first[l] = (V){scale[l]};
    for (; j < size && (size_t)1 << j < LANES; j++) {
        NAME(constant_t) k = constant(point + 6 * j);
        V high[6];
        mul_constant(first, &k, high);
        UNROLL for (int l = 0; l < 6; l++)
            first[l] = sub(first[l], high[l]) | raise(high[l], (size_t)1 << j);
    }
    store_aligned(out, first);
    for (; j < size; j++) {
        size_t half = (size_t)1 << j;
        NAME(constant_t) k = constant(point + 6 * j);
        for (size_t i = 0; i < half; i += LANES) {
            V low[6], high[6];
            load_aligned(BLOCK(out, i), low);
            mul_constant(low, &k, high);
            UNROLL for (int l = 0; l < 6; l++) low[l] = sub(low[l], high[l]);
            store_aligned(BLOCK(out, i + half), high);
            store_aligned(BLOCK(out, i), low);
        }
    }
}

/* ---- Folds: partners are even and odd lanes. ---- */

/* How many elements come before the first whole vector of the destination. */
#define HEAD(at, count) \
    ((count) < (LANES - (at) % LANES) % LANES ? (count) : (LANES - (at) % LANES) % LANES)

#define fold_lanes NAME(fold_lanes)
#define fold_vectors NAME(fold_vectors)

/* Folded pairs of a vector: Montgomery steps' high halves, to be packed. */
FN void fold_lanes(const V x[6], const NAME(constant_t) * k, W out[6]) {
    W d[6];
    UNROLL for (int l = 0; l < 6; l++) {
        W low = even(x[l]);
        d[l] = (W)canon((V)(odd(x[l]) - low) & (V)spread64(0xffffffffu));
    }
    mul_constant_lanes(d, k, out);
    /* The low element joins behind the step, in the high half. */
    UNROLL for (int l = 0; l < 6; l++) out[l] = step(out[l]);
}

/* 2 · LANES elements at a whole vector to LANES. */
FN void fold_vectors(const uint32_t *x, size_t index, const NAME(constant_t) * k, V out[6]) {
    V a[6], b[6];
    W s[6], t[6];
    load_aligned(BLOCK(x, index), a);
    fold_lanes(a, k, s);
    load_aligned(BLOCK(x, index + LANES), b);
    fold_lanes(b, k, t);
    UNROLL for (int l = 0; l < 6; l++) {
        V low = pack((W)a[l] << 32, (W)b[l] << 32);
        out[l] = add(canon(pack(s[l], t[l])), low);
    }
}

TARGET static void NAME(fold)(const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                              uint32_t *out) {
    NAME(constant_t) k = constant(r);
    bb_element c = bb_of(r);
    size_t i = from;
    size_t head = from + HEAD(from, to - from);
    for (; i < to; i++) {
        if (i >= head && i + LANES <= to) {
            V v[6];
            fold_vectors(x, 2 * i, &k, v);
            store_aligned(BLOCK(out, i), v);
            i += LANES - 1;
            continue;
        }
        bb_element low = bb_get(x, 2 * i), high = bb_get(x, 2 * i + 1);
        bb_put(out, i, bb_add6(low, bb_mul6(c, bb_sub6(high, low))));
    }
}

TARGET static void NAME(base_fold)(const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                                   uint32_t *out) {
    bb_element c = bb_of(r);
    size_t i = from;
    size_t head = from + HEAD(from, to - from);
    for (; i < to; i++) {
        if (i >= head && i + LANES <= to) {
            V a = load(x + 2 * i), b = load(x + 2 * i + LANES), v[6];
            V low = pack((W)a << 32, (W)b << 32);
            V d = sub(pack((W)a, (W)b), low);
            UNROLL for (int l = 0; l < 6; l++) v[l] = mont(d, spread(c.l[l]));
            v[0] = add(v[0], low);
            store_aligned(BLOCK(out, i), v);
            i += LANES - 1;
            continue;
        }
        bb_element y = bb_scale6(c, bb_sub(x[2 * i + 1], x[2 * i]));
        y.l[0] = bb_add(y.l[0], x[2 * i]);
        bb_put(out, i, y);
    }
}

/* ---- Rows and columns of matrices. ---- */

/* Weights of this many columns or rows lie spread on the stack. */
#define CHUNK 256

/* Sums the products of one vector of rows or columns into sixteen-element blocks. */
FN void to_lanes(acc sums[12], V out[6]) {
    UNROLL for (int l = 0; l < 6; l++)
        out[l] = reduce(acc_lanes(&sums[2 * l]), acc_lanes(&sums[2 * l + 1]));
}

TARGET static void NAME(weighted_rows)(const uint32_t *weights, size_t weightsFrom, size_t rows,
                                       const uint32_t *x, size_t stride, size_t from, size_t to,
                                       uint32_t *out, size_t at) {
    uint64_t spreadWeights[CHUNK][6];
    for (size_t first = 0; first == 0 || first < rows; first += CHUNK) {
        size_t part = rows - first < CHUNK ? rows - first : CHUNK;
        for (size_t o = 0; o < part; o++) {
            bb_element w = bb_get(weights, weightsFrom + first + o);
            for (int l = 0; l < 6; l++) spreadWeights[o][l] = w.l[l];
        }
        for (size_t k = from; k < to;) {
            size_t lane = (at + k) % LANES;
            /* The last vector may read beyond the range, never beyond the slack. */
            size_t lanes = to - k < LANES - lane ? to - k : LANES - lane;
            acc sums[12];
            V v[6];
            UNROLL for (int l = 0; l < 12; l++) sums[l] = acc_zero();
            const uint32_t *row = x + first * stride + k;
            for (size_t o = 0; o < part; o++, row += stride) {
                V m = load(row);
                W e = even(m), d = odd(m);
                UNROLL for (int l = 0; l < 6; l++) {
                    acc_mac(&sums[2 * l], e, spread64(spreadWeights[o][l]));
                    acc_mac(&sums[2 * l + 1], d, spread64(spreadWeights[o][l]));
                    acc_settle(&sums[2 * l]);
                    acc_settle(&sums[2 * l + 1]);
                }
            }
            to_lanes(sums, v);
            for (int l = 0; l < 6; l++) {
                uint32_t words[LANES];
                uint32_t *block = BLOCK(out, at + k) + 16 * l;
                store(words, v[l]);
                for (size_t i = 0; i < lanes; i++)
                    block[i] = first == 0 ? words[i] : bb_add(block[i], words[i]);
            }
            k += lanes;
        }
    }
}

/* Narrow rows: sixteen rows along the lanes. */
TARGET static void NAME(fold_narrow)(const uint32_t *weights, size_t width, const uint32_t *x,
                                     size_t from, size_t to, uint32_t *out) {
    for (size_t v = from; v < to;) {
        size_t lane = v % LANES;
        size_t lanes = to - v < LANES - lane ? to - v : LANES - lane;
        acc sums[12];
        V result[6];
        UNROLL for (int l = 0; l < 12; l++) sums[l] = acc_zero();
        for (size_t u = 0; u < width; u++) {
            uint32_t words[LANES] = {0};
            bb_element w = bb_get(weights, u);
            for (size_t i = 0; i < lanes; i++) words[i] = x[(v + i) * width + u];
            V m = load(words);
            UNROLL for (int l = 0; l < 6; l++) {
                acc_mac(&sums[2 * l], even(m), spread64(w.l[l]));
                acc_mac(&sums[2 * l + 1], odd(m), spread64(w.l[l]));
                acc_settle(&sums[2 * l]);
                acc_settle(&sums[2 * l + 1]);
            }
            if (u % 1024 == 1023) {
                UNROLL for (int l = 0; l < 12; l++) acc_carry(&sums[l]);
            }
        }
        to_lanes(sums, result);
        put_lanes(BLOCK(out, v), result, 0, lanes);
        v += lanes;
    }
}

TARGET static void NAME(fold_columns)(const uint32_t *weights, size_t width, const uint32_t *x,
                                      size_t from, size_t to, uint32_t *out) {
    if (width % LANES != 0) {
        NAME(fold_narrow)(weights, width, x, from, to, out);
        return;
    }
    W split[CHUNK / LANES][6][2];
    for (size_t first = 0; first < width; first += CHUNK) {
        size_t part = width - first < CHUNK ? width - first : CHUNK;
        for (size_t u = 0; u < part; u += LANES) {
            V w[6];
            load_aligned(BLOCK(weights, first + u), w);
            for (int l = 0; l < 6; l++) {
                split[u / LANES][l][0] = even(w[l]);
                split[u / LANES][l][1] = odd(w[l]);
            }
        }
        for (size_t v = from; v < to; v++) {
            const uint32_t *row = x + v * width + first;
            acc sums[6];
            bb_element sum;
            UNROLL for (int l = 0; l < 6; l++) sums[l] = acc_zero();
            for (size_t u = 0; u < part; u += LANES) {
                V m = load(row + u);
                W e = even(m), d = odd(m);
                UNROLL for (int l = 0; l < 6; l++) {
                    acc_mac(&sums[l], e, split[u / LANES][l][0]);
                    acc_mac(&sums[l], d, split[u / LANES][l][1]);
                    acc_settle(&sums[l]);
                }
            }
            column_sums(sums, sum.l);
            bb_put(out, v, first == 0 ? sum : bb_add6(bb_get(out, v), sum));
        }
    }
}

/* ---- Rounds of product sumchecks. ---- */

#define round_step NAME(round_step)

/* Joins the products of a vector of pairs: low by low, difference by difference. */
FN void round_step(const V a[6], const V b[6], acc zero[11], acc infinity[11]) {
    W x[6], y[6];
    UNROLL for (int l = 0; l < 6; l++) x[l] = even(a[l]), y[l] = even(b[l]);
    UNROLL for (int s = 0; s < 6; s++) {
        UNROLL for (int t = 0; t < 6; t++) {
            acc_mac(&zero[s + t], x[s], y[t]);
            acc_settle(&zero[s + t]);
        }
    }
    V low = (V)spread64(0xffffffffu);
    UNROLL for (int l = 0; l < 6; l++) {
        x[l] = (W)canon((V)(odd(a[l]) - x[l]) & low);
        y[l] = (W)canon((V)(odd(b[l]) - y[l]) & low);
    }
    UNROLL for (int s = 0; s < 6; s++) {
        UNROLL for (int t = 0; t < 6; t++) {
            acc_mac(&infinity[s + t], x[s], y[t]);
            acc_settle(&infinity[s + t]);
        }
    }
}

typedef struct {
    bb_element zero, infinity;
} NAME(round_t);

FN void NAME(add_round)(NAME(round_t) * sum, acc zero[11], acc infinity[11]) {
    sum->zero = bb_add6(sum->zero, wrap_sums(zero));
    sum->infinity = bb_add6(sum->infinity, wrap_sums(infinity));
}

/* One pair. */
static void NAME(add_pair)(NAME(round_t) * sum, bb_element xLow, bb_element xHigh, bb_element yLow,
                           bb_element yHigh) {
    bb_element infinity = bb_mul6(bb_sub6(xHigh, xLow), bb_sub6(yHigh, yLow));
    sum->zero = bb_add6(sum->zero, bb_mul6(xLow, yLow));
    sum->infinity = bb_add6(sum->infinity, infinity);
}

/* Pairs of whole vectors. */
TARGET static void NAME(round_part)(NAME(round_t) * sum, const uint32_t *x, const uint32_t *y,
                                    size_t from, size_t to) {
    acc zero[11], infinity[11];
    UNROLL for (int k = 0; k < 11; k++) zero[k] = infinity[k] = acc_zero();
    for (size_t i = from; i < to; i += HALF) {
        V a[6], b[6];
        load_aligned(BLOCK(x, 2 * i), a);
        load_aligned(BLOCK(y, 2 * i), b);
        round_step(a, b, zero, infinity);
        if (i / HALF % 128 == 127) {
            UNROLL for (int k = 0; k < 11; k++) acc_carry(&zero[k]), acc_carry(&infinity[k]);
        }
    }
    NAME(add_round)(sum, zero, infinity);
}

TARGET static void NAME(round)(const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                               uint32_t *out) {
    NAME(round_t) sum = {{{0}}, {{0}}};
    size_t head = (from + HALF - 1) / HALF * HALF, tail = to / HALF * HALF;
    if (head > to) head = to;
    if (tail < head) tail = head;
    for (size_t i = from; i < to; i++) {
        if (i == head && head < tail) {
            for (; i < tail; i += PART)
                NAME(round_part)(&sum, x, y, i, tail - i < PART ? tail : i + PART);
            i = tail - 1;
            continue;
        }
        NAME(add_pair)(&sum, bb_get(x, 2 * i), bb_get(x, 2 * i + 1), bb_get(y, 2 * i),
                       bb_get(y, 2 * i + 1));
    }
    memcpy(out, &sum, 48);
}

TARGET static void NAME(base_round_part)(NAME(round_t) * sum, const uint32_t *x, const uint32_t *y,
                                         size_t from, size_t to) {
    acc zero[6], infinity[6];
    V low = (V)spread64(0xffffffffu);
    UNROLL for (int l = 0; l < 6; l++) zero[l] = infinity[l] = acc_zero();
    for (size_t i = from; i < to; i += HALF) {
        V a = load(x + 2 * i), b[6];
        W e = even(a);
        W d = (W)canon((V)(odd(a) - e) & low);
        load_aligned(BLOCK(y, 2 * i), b);
        UNROLL for (int l = 0; l < 6; l++) {
            W f = even(b[l]);
            acc_mac(&zero[l], e, f);
            acc_settle(&zero[l]);
            acc_mac(&infinity[l], d, (W)canon((V)(odd(b[l]) - f) & low));
            acc_settle(&infinity[l]);
        }
        if (i / HALF % 1024 == 1023) {
            UNROLL for (int l = 0; l < 6; l++) acc_carry(&zero[l]), acc_carry(&infinity[l]);
        }
    }
    bb_element parts[2];
    UNROLL for (int l = 0; l < 6; l++) acc_carry(&zero[l]), acc_carry(&infinity[l]);
    column_sums(zero, parts[0].l);
    column_sums(infinity, parts[1].l);
    sum->zero = bb_add6(sum->zero, parts[0]);
    sum->infinity = bb_add6(sum->infinity, parts[1]);
}

TARGET static void NAME(base_round)(const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                                    uint32_t *out) {
    NAME(round_t) sum = {{{0}}, {{0}}};
    size_t head = (from + HALF - 1) / HALF * HALF, tail = to / HALF * HALF;
    if (head > to) head = to;
    if (tail < head) tail = head;
    for (size_t i = from; i < to; i++) {
        if (i == head && head < tail) {
            for (; i < tail; i += PART)
                NAME(base_round_part)(&sum, x, y, i, tail - i < PART ? tail : i + PART);
            i = tail - 1;
            continue;
        }
        bb_element yLow = bb_get(y, 2 * i), yHigh = bb_get(y, 2 * i + 1);
        bb_element infinity = bb_scale6(bb_sub6(yHigh, yLow), bb_sub(x[2 * i + 1], x[2 * i]));
        sum.zero = bb_add6(sum.zero, bb_scale6(yLow, x[2 * i]));
        sum.infinity = bb_add6(sum.infinity, infinity);
    }
    memcpy(out, &sum, 48);
}

/* Folds whole vectors and sums the pairs of what comes out while it is at hand. */
TARGET static void NAME(fold_round_part)(NAME(round_t) * sum, const NAME(constant_t) * k,
                                         const uint32_t *x, const uint32_t *y, size_t from,
                                         size_t to, uint32_t *xOut, uint32_t *yOut) {
    acc zero[11], infinity[11];
    UNROLL for (int n = 0; n < 11; n++) zero[n] = infinity[n] = acc_zero();
    for (size_t i = from; i < to; i += HALF) {
        V a[6], b[6];
        fold_vectors(x, 4 * i, k, a);
        store_aligned(BLOCK(xOut, 2 * i), a);
        fold_vectors(y, 4 * i, k, b);
        store_aligned(BLOCK(yOut, 2 * i), b);
        round_step(a, b, zero, infinity);
        if (i / HALF % 128 == 127) {
            UNROLL for (int n = 0; n < 11; n++) acc_carry(&zero[n]), acc_carry(&infinity[n]);
        }
    }
    NAME(add_round)(sum, zero, infinity);
}

TARGET static void NAME(fold_round)(const uint32_t *r, const uint32_t *x, const uint32_t *y,
                                    size_t from, size_t to, uint32_t *xOut, uint32_t *yOut,
                                    uint32_t *out) {
    NAME(round_t) sum = {{{0}}, {{0}}};
    NAME(constant_t) k = constant(r);
    size_t head = (from + HALF - 1) / HALF * HALF, tail = to / HALF * HALF;
    if (head > to) head = to;
    if (tail < head) tail = head;
    for (size_t i = from; i < to; i++) {
        if (i == head && head < tail) {
            for (; i < tail; i += PART)
                NAME(fold_round_part)(&sum, &k, x, y, i, tail - i < PART ? tail : i + PART, xOut,
                                      yOut);
            i = tail - 1;
            continue;
        }
        NAME(fold)(r, x, 2 * i, 2 * i + 2, xOut);
        NAME(fold)(r, y, 2 * i, 2 * i + 2, yOut);
        NAME(add_pair)(&sum, bb_get(xOut, 2 * i), bb_get(xOut, 2 * i + 1), bb_get(yOut, 2 * i),
                       bb_get(yOut, 2 * i + 1));
    }
    memcpy(out, &sum, 48);
}

/* ---- Inversion: a chain of products in every lane, one inversion of their ends. ---- */

#define prefix_products NAME(prefix_products)

/* Leaves the products before each element in scratch; the lanes' products are the result. */
FN void prefix_products(uint32_t *x, size_t padded, uint32_t *scratch, V product[6]) {
    UNROLL for (int l = 0; l < 6; l++) product[l] = spread(l == 0 ? ONE : 0);
    for (size_t i = 0; i < padded; i += LANES) {
        V v[6];
        load_aligned(BLOCK(x, i), v);
        store_aligned(BLOCK(scratch, i), product);
        mul_elements(product, v, product);
    }
}

TARGET static size_t NAME(invert)(uint32_t *x, size_t count, uint32_t *scratch) {
    size_t padded = (count + 15) / 16 * 16;
    for (size_t i = 0; i < count; i += LANES) {
        V v[6];
        load_aligned(BLOCK(x, i), v);
        V isZero = (V)((v[0] | v[1] | v[2] | v[3] | v[4] | v[5]) == 0);
        if (__builtin_reduce_or(isZero) == 0) continue;
        uint32_t lanes[LANES];
        store(lanes, isZero);
        for (size_t l = 0; l < LANES && i + l < count; l++)
            if (lanes[l] != 0) return i + l;
    }
    bb_element one = {{ONE}}, zero = {{0}};
    for (size_t i = count; i < padded; i++) bb_put(x, i, one);
    V inverse[6];
    uint32_t ends[96];
    prefix_products(x, padded, scratch, inverse);
    store_aligned(ends, inverse);
    bb_invert(ends, LANES);
    load_aligned(ends, inverse);
    for (size_t i = padded; i > 0; i -= LANES) {
        V v[6], before[6];
        load_aligned(BLOCK(scratch, i - LANES), before);
        load_aligned(BLOCK(x, i - LANES), v);
        mul_elements(inverse, before, before);
        store_aligned(BLOCK(x, i - LANES), before);
        mul_elements(inverse, v, inverse);
    }
    for (size_t i = count; i < padded; i++) bb_put(x, i, zero);
    return count;
}
