/* The row kernels for one instruction set; babybear_core.h stands before, with the same macros. */

#define EACH_VECTOR for (int v = 0; v < 16; v += LANES)
#define EACH_LIMB UNROLL for (int l = 0; l < 6; l++)

#define evens NAME(evens)
#define odds NAME(odds)

/* The lanes of two vectors in a row that have even, or odd, numbers. */
#if LANES == 16
FN V evens(V a, V b) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
FN V odds(V a, V b) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
#elif LANES == 8
FN V evens(V a, V b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14); }
FN V odds(V a, V b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15); }
#else
FN V evens(V a, V b) { return __builtin_shufflevector(a, b, 0, 2, 4, 6); }
FN V odds(V a, V b) { return __builtin_shufflevector(a, b, 1, 3, 5, 7); }
#endif

/* Sixteen pairs of words, 16 at p and 16 at q, as lower words and differences. */
FN void NAME(split)(const uint32_t *p, const uint32_t *q, uint32_t *lower, uint32_t *slope) {
    EACH_VECTOR {
        const uint32_t *from = 2 * v < 16 ? p + 2 * v : q + 2 * v - 16;
        const uint32_t *next = 2 * v + LANES < 16 ? p + 2 * v + LANES : q + 2 * v + LANES - 16;
        V a = load(from), b = load(next), low = evens(a, b);
        store(lower + v, low);
        store(slope + v, sub(odds(a, b), low));
    }
}

/* Block `block` of 16 pairs of a source. */
TARGET static void NAME(load_pairs)(const uint32_t *source, int isWords, size_t rows,
                                    const uint32_t *padding, size_t block, uint32_t *lower,
                                    uint32_t *slope) {
    uint32_t tail[192];
    size_t size = isWords ? 32 : 192;
    const uint32_t *words = source + size * block;
    if (32 * (block + 1) > rows) {
        row_tail(source, isWords, rows, padding, 32 * block, 32, tail);
        words = tail;
    }
    if (isWords) {
        NAME(split)(words, words + 16, lower, slope);
    } else {
        EACH_LIMB NAME(split)(words + 16 * l, words + 96 + 16 * l, lower + 16 * l, slope + 16 * l);
    }
}

/* ---- Products of elements. ---- */

#define times NAME(times)
#define times_constant NAME(times_constant)

#if USES_IFMA
/* Products of clean 64-bit lanes below 2^36, summed up by low and high 52 bits: no overflow. */
FN W NAME(times_limb)(const W x[6], const W y[6], const W w[6], int l) {
    W low = (W){}, high = (W){};
    UNROLL for (int i = 0; i < 6; i++) {
        W b = i <= l ? y[l - i] : w[l + 6 - i];
        low = (W)_mm512_madd52lo_epu64((__m512i)low, (__m512i)x[i], (__m512i)b);
        high = (W)_mm512_madd52hi_epu64((__m512i)high, (__m512i)x[i], (__m512i)b);
    }
    return (W)_mm512_madd52lo_epu64((__m512i)low, (__m512i)high, (__m512i)spread64(TWO_52));
}

FN void times(const V x[6], const V y[6], V out[6]) {
    W e[6], o[6], a[6], b[6], w[6];
    UNROLL for (int i = 0; i < 6; i++) a[i] = even(x[i]), b[i] = even(y[i]);
    UNROLL for (int i = 1; i < 6; i++) w[i] = (b[i] << 5) - b[i];
    UNROLL for (int l = 0; l < 6; l++) e[l] = NAME(times_limb)(a, b, w, l);
    UNROLL for (int i = 0; i < 6; i++) a[i] = odd(x[i]), b[i] = odd(y[i]);
    UNROLL for (int i = 1; i < 6; i++) w[i] = (b[i] << 5) - b[i];
    UNROLL for (int l = 0; l < 6; l++) o[l] = NAME(times_limb)(a, b, w, l);
    UNROLL for (int l = 0; l < 6; l++) out[l] = reduce(e[l], o[l]);
}

FN void times_constant(const V x[6], const uint64_t *k, V out[6]) {
    W e[6], o[6], a[6], b[6], w[6];
    UNROLL for (int i = 0; i < 6; i++) b[i] = spread64(k[i]), w[i] = spread64(k[6 + i]);
    UNROLL for (int i = 0; i < 6; i++) a[i] = even(x[i]);
    UNROLL for (int l = 0; l < 6; l++) e[l] = NAME(times_limb)(a, b, w, l);
    UNROLL for (int i = 0; i < 6; i++) a[i] = odd(x[i]);
    UNROLL for (int l = 0; l < 6; l++) o[l] = NAME(times_limb)(a, b, w, l);
    UNROLL for (int l = 0; l < 6; l++) out[l] = reduce(e[l], o[l]);
}
#else
FN void times(const V x[6], const V y[6], V out[6]) { mul_elements(x, y, out); }

FN void times_constant(const V x[6], const uint64_t *k, V out[6]) {
    NAME(constant_t) constant;
    memcpy(&constant, k, sizeof constant);
    mul_constant(x, &constant, out);
}
#endif

/* ---- Affine forms. ---- */

FN V NAME(scaled)(V sum, V x, uint32_t factor) {
    if (factor == ONE) return add(sum, x);
    if (factor == P - ONE) return sub(sum, x);
    return add(sum, mont(x, spread(factor)));
}

/* constant + sum of coefficient * source, without the constant for slopes. */
TARGET static void NAME(form)(row_form form, const row_program *p, int isSlope,
                              const uint32_t *sources, const uint32_t *registers, uint32_t *out) {
    const uint64_t *start = p->constants + form.start;
    int limbs = isSlope ? form.slopeLimbs : form.isWords ? 1 : 6;
    EACH_VECTOR {
        V sum[6];
        EACH_LIMB sum[l] = spread(isSlope || l >= limbs ? 0 : (uint32_t)start[l]);
        const uint32_t *term = form.terms;
        for (uint32_t t = 0; t < form.count; t++, term += 3) {
            uint32_t source = term[0];
            const uint32_t *x = source < p->sources ? sources + 96 * source
                                                    : registers + 96 * (source - p->sources);
            const uint64_t *factor = p->constants + term[1];
            if (source < p->wordSources) {
                V word = load(x + v);
                if (term[2])
                    EACH_LIMB sum[l] = add(sum[l], mont(word, spread((uint32_t)factor[l])));
                else
                    sum[0] = NAME(scaled)(sum[0], word, (uint32_t)*factor);
            } else {
                V y[6];
                load_aligned(x + v, y);
                if (term[2]) {
                    V z[6];
                    times_constant(y, factor, z);
                    EACH_LIMB sum[l] = add(sum[l], z[l]);
                } else {
                    EACH_LIMB sum[l] = NAME(scaled)(sum[l], y[l], (uint32_t)*factor);
                }
            }
        }
        /* A slope's other limbs are read where forms add up forms. */
        if (form.isWords)
            store(out + v, sum[0]);
        else
            store_aligned(out + v, sum);
    }
}

/* ---- Operations. ---- */

FN void NAME(combine)(uint32_t code, const uint32_t *c, const V product[6], uint32_t *out) {
    switch (code) {
    case 0: EACH_LIMB store(out + 16 * l, product[l]); break;
    case 1: EACH_LIMB store(out + 16 * l, add(product[l], load(c + 16 * l))); break;
    case 2: EACH_LIMB store(out + 16 * l, sub(product[l], load(c + 16 * l))); break;
    default: EACH_LIMB store(out + 16 * l, sub(load(c + 16 * l), product[l]));
    }
}

TARGET static void NAME(operations)(const uint32_t *operations, size_t count,
                                    uint32_t *registers) {
    for (size_t i = 0; i < count; i++, operations += 5) {
        const uint32_t *a = registers + 96 * operations[2];
        const uint32_t *b = registers + 96 * operations[3];
        const uint32_t *c = registers + 96 * operations[4];
        uint32_t *out = registers + 96 * operations[1];
        EACH_VECTOR {
            V x[6], y[6], z[6];
            load_aligned(a + v, x);
            if (operations[0] & 4) {
                V factor = load(b + v);
                EACH_LIMB z[l] = mont(x[l], factor);
            } else {
                load_aligned(b + v, y);
                times(x, y, z);
            }
            NAME(combine)(operations[0] & 3, c + v, z, out + v);
        }
    }
}

/* ---- Entry points. ---- */

/* Values of all forms, and their slopes where those are wanted. */
FN void NAME(forms)(const row_program *p, row_scratch s, int hasSlopes) {
    const uint32_t *at = p->form;
    for (uint32_t i = 0; i < p->forms; i++) {
        row_form form = row_next_form(&at);
        NAME(form)(form, p, 0, s.sources, s.registers, s.registers + 96 * i);
        if (hasSlopes) NAME(form)(form, p, 1, s.slopes, s.formSlopes, s.formSlopes + 96 * i);
    }
}

/* Moves all forms on to the next point. */
FN void NAME(advance)(const row_program *p, row_scratch s) {
    const uint32_t *at = p->form;
    for (uint32_t i = 0; i < p->forms; i++) {
        row_form form = row_next_form(&at);
        uint32_t *value = s.registers + 96 * i;
        const uint32_t *slope = s.formSlopes + 96 * i;
        if (form.slopeLimbs == 1)
            EACH_VECTOR store(value + v, add(load(value + v), load(slope + v)));
        else
            EACH_LIMB EACH_VECTOR {
                uint32_t *to = value + 16 * l + v;
                store(to, add(load(to), load(slope + 16 * l + v)));
            }
    }
}

TARGET static void NAME(row_sums)(const row_program *p, const uint32_t *const *sources,
                                  const uint32_t *padding, size_t rows, size_t first, size_t count,
                                  const uint32_t *high, uint32_t points, row_scratch s) {
    for (size_t block = first; block < first + count; block++) {
        for (uint32_t i = 0; i < p->sources; i++)
            NAME(load_pairs)(sources[i], i < p->wordSources, rows, padding + 6 * i, block,
                             s.sources + 96 * i, s.slopes + 96 * i);
        NAME(forms)(p, s, 1);
        const uint32_t *at = high + block / 16 * 96 + block % 16;
        uint64_t weight[12];
        EACH_LIMB weight[l] = at[16 * l], weight[6 + l] = bb_mul(at[16 * l], THIRTY_ONE);
        for (uint32_t x = 0; x < ROW_POINTS; x++) {
            if (points >> x & 1) {
                NAME(operations)(p->operation, p->operations, s.registers);
                const uint32_t *result = s.registers + 96 * p->first;
                uint32_t *sum = s.sums + 96 * x;
                EACH_VECTOR {
                    V r[6], y[6];
                    load_aligned(result + v, r);
                    times_constant(r, weight, y);
                    EACH_LIMB store(sum + 16 * l + v, add(load(sum + 16 * l + v), y[l]));
                }
            }
            if (points >> x <= 1) break;
            NAME(advance)(p, s);
        }
    }
}

/* Weighs each lane of the sums. */
TARGET static void NAME(row_weigh)(const uint32_t *low, uint32_t *sums) {
    for (int x = 0; x < ROW_POINTS; x++)
        EACH_VECTOR {
            V a[6], b[6], y[6];
            load_aligned(sums + 96 * x + v, a);
            load_aligned(low + v, b);
            times(a, b, y);
            store_aligned(sums + 96 * x + v, y);
        }
}

TARGET static void NAME(row_values)(const row_program *p, const uint32_t *const *sources,
                                    const uint32_t *padding, size_t rows, size_t first,
                                    size_t count, row_scratch s, uint32_t *one, uint32_t *two) {
    for (size_t block = first; block < first + count; block++) {
        for (uint32_t i = 0; i < p->sources; i++) {
            uint32_t *target = s.sources + 96 * i;
            if (16 * (block + 1) > rows)
                row_tail(sources[i], 1, rows, padding + 6 * i, 16 * block, 16, target);
            else
                memcpy(target, sources[i] + 16 * block, 64);
        }
        NAME(forms)(p, s, 0);
        NAME(operations)(p->operation, p->operations, s.registers);
        memcpy(one + 96 * (block - first), s.registers + 96 * p->first, 384);
        memcpy(two + 96 * (block - first), s.registers + 96 * p->second, 384);
    }
}

TARGET static void NAME(row_fold)(const uint32_t *source, int isWords, size_t rows,
                                  const uint32_t *padding, const uint32_t *r, size_t first,
                                  size_t count, uint32_t *out) {
    uint64_t k[12];
    EACH_LIMB k[l] = r[l], k[6 + l] = bb_mul(r[l], THIRTY_ONE);
    uint32_t lower[96], slope[96];
    for (size_t block = first; block < first + count; block++) {
        uint32_t *target = out + 96 * block;
        NAME(load_pairs)(source, isWords, rows, padding, block, lower, slope);
        EACH_VECTOR {
            if (isWords) {
                V x = load(slope + v);
                EACH_LIMB {
                    V y = mont(x, spread(r[l]));
                    store(target + 16 * l + v, l == 0 ? add(y, load(lower + v)) : y);
                }
            } else {
                V x[6], y[6];
                load_aligned(slope + v, x);
                times_constant(x, k, y);
                EACH_LIMB store(target + 16 * l + v, add(y[l], load(lower + 16 * l + v)));
            }
        }
    }
}

TARGET static void NAME(row_products)(const uint32_t *a, const uint32_t *b, size_t count,
                                      uint32_t *out) {
    for (size_t block = 0; block < count; block++)
        EACH_VECTOR {
            V x[6], y[6], z[6];
            load_aligned(a + 96 * block + v, x);
            load_aligned(b + 96 * block + v, y);
            times(x, y, z);
            store_aligned(out + 96 * block + v, z);
        }
}

#undef times
#undef times_constant
#undef EACH_VECTOR
#undef EACH_LIMB
#undef evens
#undef odds
