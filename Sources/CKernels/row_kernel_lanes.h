/* The row kernels for one instruction set; babybear_core.h stands before, with the same macros. */

#define VECTORS (16 / LANES)
#define EACH_VECTOR UNROLL for (int v = 0; v < 16; v += LANES)
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

/* ---- Affine forms. ---- */

FN V NAME(scaled)(V sum, const uint32_t *source, uint32_t factor) {
    V x = load(source);
    if (factor == ROW_ONE) return add(sum, x);
    if (factor == P - ROW_ONE) return sub(sum, x);
    return add(sum, mont(x, spread(factor)));
}

/* constant + sum of coefficient * source, the constant left out when it is null. */
TARGET static void NAME(form)(const uint32_t *form, const uint32_t *constants,
                              const uint32_t *constant, size_t wordSources,
                              const uint32_t *sources, size_t stride, uint32_t *out) {
    uint32_t kind = form[0], count = form[2];
    const uint32_t *terms = form + 3;
    int limbs = kind == ROW_WORDS ? 1 : 6;
    for (int l = 0; l < limbs; l++) {
        uint32_t start = constant && (kind == ROW_ELEMENTS || l == 0) ? constant[l] : 0;
        EACH_VECTOR store(out + 16 * l + v, spread(start));
    }
    for (uint32_t t = 0; t < count; t++) {
        const uint32_t *source = sources + stride * terms[2 * t];
        const uint32_t *factor = constants + terms[2 * t + 1];
        if (kind != ROW_ELEMENTS) {
            for (int l = 0; l < limbs; l++)
                EACH_VECTOR {
                    uint32_t *o = out + 16 * l + v;
                    store(o, NAME(scaled)(load(o), source + 16 * l + v, *factor));
                }
        } else if (terms[2 * t] < wordSources) {
            EACH_VECTOR {
                V x = load(source + v);
                EACH_LIMB {
                    uint32_t *o = out + 16 * l + v;
                    store(o, add(load(o), mont(x, spread(factor[l]))));
                }
            }
        } else {
            NAME(constant_t) k;
            EACH_LIMB k.c[l] = factor[l], k.w[l] = factor[6 + l];
            EACH_VECTOR {
                V x[6], y[6];
                load_aligned(source + v, x);
                mul_constant(x, &k, y);
                EACH_LIMB {
                    uint32_t *o = out + 16 * l + v;
                    store(o, add(load(o), y[l]));
                }
            }
        }
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
                mul_elements(x, y, z);
            }
            NAME(combine)(operations[0] & 3, c + v, z, out + v);
        }
    }
}

/* ---- Entry points. ---- */

TARGET static void NAME(row_sums)(row_program program, const uint32_t *constants,
                                  const uint32_t *const *sources, const uint32_t *padding,
                                  size_t rows, size_t first, size_t count, const uint32_t *high,
                                  uint32_t points, row_scratch s) {
    for (size_t block = first; block < first + count; block++) {
        for (uint32_t i = 0; i < program.sources; i++)
            NAME(load_pairs)(sources[i], i < program.wordSources, rows, padding + 6 * i, block,
                             s.sources + 96 * i, s.slopes + 96 * i);
        const uint32_t *form = program.form;
        for (uint32_t i = 0; i < program.forms; i++, form += 3 + 2 * form[2]) {
            NAME(form)(form, constants, constants + form[1], program.wordSources, s.sources, 96,
                       s.registers + 96 * i);
            NAME(form)(form, constants, NULL, program.wordSources, s.slopes, 96,
                       s.formSlopes + 96 * i);
        }
        const uint32_t *weight = high + block / 16 * 96 + block % 16;
        uint32_t limbs[6];
        EACH_LIMB limbs[l] = weight[16 * l];
        NAME(constant_t) k = constant(limbs);
        for (uint32_t x = 0; points >> x; x++) {
            if (points >> x & 1) {
                NAME(operations)(program.operation, program.operations, s.registers);
                const uint32_t *result = s.registers + 96 * program.first;
                uint32_t *sum = s.sums + 96 * x;
                EACH_VECTOR {
                    V r[6], y[6];
                    load_aligned(result + v, r);
                    mul_constant(r, &k, y);
                    EACH_LIMB store(sum + 16 * l + v, add(load(sum + 16 * l + v), y[l]));
                }
            }
            if (points >> x == 1) break;
            form = program.form;
            for (uint32_t i = 0; i < program.forms; i++, form += 3 + 2 * form[2]) {
                uint32_t *value = s.registers + 96 * i;
                const uint32_t *slope = s.formSlopes + 96 * i;
                int words = form[0] == ROW_WORDS ? 16 : 96;
                for (int w = 0; w < words; w += LANES)
                    store(value + w, add(load(value + w), load(slope + w)));
            }
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
            mul_elements(a, b, y);
            store_aligned(sums + 96 * x + v, y);
        }
}

TARGET static void NAME(row_values)(row_program program, const uint32_t *constants,
                                    const uint32_t *const *sources, const uint32_t *padding,
                                    size_t rows, size_t first, size_t count, row_scratch s,
                                    uint32_t *one, uint32_t *two) {
    for (size_t block = first; block < first + count; block++) {
        for (uint32_t i = 0; i < program.sources; i++) {
            uint32_t *target = s.sources + 96 * i;
            if (16 * (block + 1) > rows)
                row_tail(sources[i], 1, rows, padding + 6 * i, 16 * block, 16, target);
            else
                memcpy(target, sources[i] + 16 * block, 64);
        }
        const uint32_t *form = program.form;
        for (uint32_t i = 0; i < program.forms; i++, form += 3 + 2 * form[2])
            NAME(form)(form, constants, constants + form[1], program.wordSources, s.sources, 96,
                       s.registers + 96 * i);
        NAME(operations)(program.operation, program.operations, s.registers);
        memcpy(one + 96 * (block - first), s.registers + 96 * program.first, 384);
        memcpy(two + 96 * (block - first), s.registers + 96 * program.second, 384);
    }
}

TARGET static void NAME(row_fold)(const uint32_t *source, int isWords, size_t rows,
                                  const uint32_t *padding, const uint32_t *r, size_t first,
                                  size_t count, uint32_t *out) {
    NAME(constant_t) k = constant(r);
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
                mul_constant(x, &k, y);
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
            mul_elements(x, y, z);
            store_aligned(out + 96 * block + v, z);
        }
}

#undef VECTORS
#undef EACH_VECTOR
#undef EACH_LIMB
#undef evens
#undef odds
