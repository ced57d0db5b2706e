/* Loops that compile to vectors, once for each instruction set. NAME(x) gives the names. */

/* A run of elements as 32-bit integers. */
static void NAME(load)(int element, const void *x, size_t count, int32_t *restrict out) {
    switch (element) {
    case ASSAY_U8:
        for (size_t i = 0; i < count; i++) out[i] = ((const uint8_t *)x)[i];
        break;
    case ASSAY_I8:
        for (size_t i = 0; i < count; i++) out[i] = ((const int8_t *)x)[i];
        break;
    case ASSAY_I16:
        for (size_t i = 0; i < count; i++) out[i] = ((const int16_t *)x)[i];
        break;
    default: memcpy(out, x, 4 * count);
    }
}

static void NAME(store)(int element, const int32_t *restrict x, size_t count, void *out) {
    switch (element) {
    case ASSAY_U8:
    case ASSAY_I8:
        for (size_t i = 0; i < count; i++) ((uint8_t *)out)[i] = (uint8_t)x[i];
        break;
    case ASSAY_I16:
        for (size_t i = 0; i < count; i++) ((uint16_t *)out)[i] = (uint16_t)x[i];
        break;
    default: memcpy(out, x, 4 * count);
    }
}

/* Sums of one channel to outputs, in place. */
static void NAME(finish)(int32_t *restrict sums, size_t count, const assay_rescale *rescale,
                         size_t channel) {
    uint32_t bias = (uint32_t)rescale->bias[channel];
    if (!rescale->shifts) {
        for (size_t i = 0; i < count; i++) sums[i] = (int32_t)((uint32_t)sums[i] + bias);
        return;
    }
    int32_t shift = rescale->shifts[channel], low = rescale->low, high = rescale->high;
    bias += (uint32_t)1 << (shift - 1);
    for (size_t i = 0; i < count; i++) {
        int32_t head = (int32_t)((uint32_t)sums[i] + bias) >> shift;
        head = head < low ? low : head;
        sums[i] = head > high ? high : head;
    }
}

static void NAME(affine_lanes)(int32_t *restrict x, size_t count, const int32_t *restrict weights,
                               const assay_rescale *rescale, size_t channel) {
    const int32_t *restrict bias = rescale->bias + channel;
    weights += channel;
    for (size_t i = 0; i < count; i++)
        x[i] = (int32_t)((uint32_t)x[i] * (uint32_t)weights[i] + (uint32_t)bias[i]);
    if (!rescale->shifts) return;
    const int32_t *restrict shifts = rescale->shifts + channel;
    int32_t low = rescale->low, high = rescale->high;
    for (size_t i = 0; i < count; i++) {
        uint32_t half = (uint32_t)1 << (shifts[i] - 1);
        int32_t head = (int32_t)((uint32_t)x[i] + half) >> shifts[i];
        head = head < low ? low : head;
        x[i] = head > high ? high : head;
    }
}

static void NAME(affine)(int element, const char *x, size_t count, size_t inner, size_t channels,
                         const int32_t *weights, const assay_rescale *rescale, char *out) {
    size_t size = element_size(element), outSize = element_size(rescale->element);
    int32_t chunk[CHUNK];
    /* One channel a run, or with an inner size of one a channel for each element. */
    size_t run = channels == 1 ? count : inner == 1 ? channels : inner;
    for (size_t start = 0, channel = 0; start < count; start += run) {
        for (size_t i = 0; i < run; i += CHUNK) {
            size_t n = run - i < CHUNK ? run - i : CHUNK;
            NAME(load)(element, x + (start + i) * size, n, chunk);
            if (inner == 1 && channels > 1) {
                NAME(affine_lanes)(chunk, n, weights, rescale, i);
            } else {
                uint32_t weight = (uint32_t)weights[channel];
                for (size_t j = 0; j < n; j++)
                    chunk[j] = (int32_t)((uint32_t)chunk[j] * weight);
                NAME(finish)(chunk, n, rescale, channel);
            }
            NAME(store)(rescale->element, chunk, n, out + (start + i) * outSize);
        }
        channel = channel + 1 == channels ? 0 : channel + 1;
    }
}

static void NAME(combine)(int firstElement, const char *first, int secondElement,
                          const char *second, size_t count, int isProduct, int32_t left,
                          int32_t right, const assay_rescale *rescale, char *out) {
    int32_t a[CHUNK], b[CHUNK];
    for (size_t i = 0; i < count; i += CHUNK) {
        size_t n = count - i < CHUNK ? count - i : CHUNK;
        NAME(load)(firstElement, first + i * element_size(firstElement), n, a);
        NAME(load)(secondElement, second + i * element_size(secondElement), n, b);
        if (isProduct) {
            for (size_t j = 0; j < n; j++) a[j] = (int32_t)((uint32_t)a[j] * (uint32_t)b[j]);
        } else {
            for (size_t j = 0; j < n; j++)
                a[j] = (int32_t)((uint32_t)a[j] * (uint32_t)left +
                                 (uint32_t)b[j] * (uint32_t)right);
        }
        NAME(finish)(a, n, rescale, 0);
        NAME(store)(rescale->element, a, n, out + i * element_size(rescale->element));
    }
}

/* What follows is written once for each element type. */

#define FOR_TYPES(M) \
    M(u8, uint8_t, 0) M(i8, int8_t, -128) M(i16, int16_t, -32768) M(i32, int32_t, INT32_MIN)

#define EXTREMUM(S, T, LEAST)                                                                    \
    static void NAME(extremum_##S)(const T *first, const T *second, size_t count, int isMinimum, \
                                   T *restrict out) {                                            \
        if (isMinimum) {                                                                         \
            for (size_t i = 0; i < count; i++)                                                   \
                out[i] = first[i] < second[i] ? first[i] : second[i];                            \
        } else {                                                                                 \
            for (size_t i = 0; i < count; i++)                                                   \
                out[i] = first[i] > second[i] ? first[i] : second[i];                            \
        }                                                                                        \
    }
FOR_TYPES(EXTREMUM)
#undef EXTREMUM

/* Rows of a window are joined first, then columns: long loops over neighbours. */
#define POOL(S, T, LEAST)                                                                        \
    static void NAME(pool_##S)(const T *x, const assay_pool *p, T *restrict row, T *out) {       \
        for (size_t channel = 0; channel < p->channels; channel++, x += p->height * p->width) {  \
            for (size_t y = 0; y < p->outHeight; y++) {                                          \
                for (size_t i = 0; i < p->width; i++) row[i] = LEAST;                            \
                for (size_t k = 0; k < p->kernelHeight; k++) {                                   \
                    size_t line = y * p->strideHeight + k * p->dilationHeight - p->padTop;       \
                    if (line >= p->height) continue;                                             \
                    const T *restrict from = x + line * p->width;                                \
                    for (size_t i = 0; i < p->width; i++)                                        \
                        row[i] = from[i] > row[i] ? from[i] : row[i];                            \
                }                                                                                \
                out = NAME(pool_columns_##S)(row, p, out);                                       \
            }                                                                                    \
        }                                                                                        \
    }
#define POOL_COLUMNS(S, T, LEAST)                                                                \
    static T *NAME(pool_columns_##S)(const T *restrict row, const assay_pool *p,                 \
                                     T *restrict out) {                                          \
        size_t count = p->outWidth;                                                              \
        if (p->kernelWidth == 2 && p->strideWidth == 2 && p->dilationWidth == 1 &&               \
            !p->padLeft && 2 * count <= p->width) {                                              \
            for (size_t i = 0; i < count; i++)                                                   \
                out[i] = row[2 * i] > row[2 * i + 1] ? row[2 * i] : row[2 * i + 1];              \
            return out + count;                                                                  \
        }                                                                                        \
        for (size_t i = 0; i < count; i++) {                                                     \
            T most = LEAST;                                                                      \
            for (size_t k = 0; k < p->kernelWidth; k++) {                                        \
                size_t column = i * p->strideWidth + k * p->dilationWidth - p->padLeft;          \
                if (column < p->width && row[column] > most) most = row[column];                 \
            }                                                                                    \
            out[i] = most;                                                                       \
        }                                                                                        \
        return out + count;                                                                      \
    }
FOR_TYPES(POOL_COLUMNS)
FOR_TYPES(POOL)
#undef POOL
#undef POOL_COLUMNS

#define REDUCE(S, T, LEAST)                                                                      \
    static void NAME(most_##S)(const T *x, size_t outer, size_t middle, size_t inner,            \
                               int isMinimum, T *restrict out) {                                 \
        for (size_t o = 0; o < outer; o++, out += inner) {                                       \
            if (inner == 1) {                                                                    \
                T most = x[0];                                                                   \
                if (isMinimum) {                                                                 \
                    for (size_t r = 1; r < middle; r++) most = x[r] < most ? x[r] : most;        \
                } else {                                                                         \
                    for (size_t r = 1; r < middle; r++) most = x[r] > most ? x[r] : most;        \
                }                                                                                \
                out[0] = most;                                                                   \
                x += middle;                                                                     \
                continue;                                                                        \
            }                                                                                    \
            memcpy(out, x, inner * sizeof(T));                                                   \
            x += inner;                                                                          \
            for (size_t r = 1; r < middle; r++, x += inner) {                                    \
                if (isMinimum) {                                                                 \
                    for (size_t i = 0; i < inner; i++) out[i] = x[i] < out[i] ? x[i] : out[i];   \
                } else {                                                                         \
                    for (size_t i = 0; i < inner; i++) out[i] = x[i] > out[i] ? x[i] : out[i];   \
                }                                                                                \
            }                                                                                    \
        }                                                                                        \
    }                                                                                            \
    static void NAME(total_##S)(const T *restrict x, size_t middle, size_t inner,                \
                                int32_t *restrict sums) {                                        \
        if (inner == 1) {                                                                        \
            uint32_t sum = 0;                                                                    \
            for (size_t r = 0; r < middle; r++) sum += (uint32_t)(int32_t)x[r];                  \
            sums[0] = (int32_t)sum;                                                              \
            return;                                                                              \
        }                                                                                        \
        for (size_t i = 0; i < inner; i++) sums[i] = x[i];                                       \
        for (size_t r = 1; r < middle; r++) {                                                    \
            x += inner;                                                                          \
            for (size_t i = 0; i < inner; i++)                                                   \
                sums[i] = (int32_t)((uint32_t)sums[i] + (uint32_t)(int32_t)x[i]);                \
        }                                                                                        \
    }
FOR_TYPES(REDUCE)
#undef REDUCE

static void NAME(reduce_sum)(int element, const char *x, size_t outer, size_t middle,
                             size_t inner, int32_t weight, const assay_rescale *rescale,
                             int32_t *sums, char *out) {
    size_t step = middle * inner * element_size(element);
    size_t outStep = inner * element_size(rescale->element);
    for (size_t o = 0; o < outer; o++, x += step, out += outStep) {
        switch (element) {
        case ASSAY_U8: NAME(total_u8)((const uint8_t *)x, middle, inner, sums); break;
        case ASSAY_I8: NAME(total_i8)((const int8_t *)x, middle, inner, sums); break;
        case ASSAY_I16: NAME(total_i16)((const int16_t *)x, middle, inner, sums); break;
        default: NAME(total_i32)((const int32_t *)x, middle, inner, sums);
        }
        for (size_t i = 0; i < inner; i++)
            sums[i] = (int32_t)((uint32_t)sums[i] * (uint32_t)weight);
        NAME(finish)(sums, inner, rescale, 0);
        NAME(store)(rescale->element, sums, inner, out);
    }
}

static void NAME(select)(int conditionElement, const char *condition, size_t size,
                         const char *first, const char *second, size_t count, char *out) {
    int32_t flags[CHUNK];
    for (size_t i = 0; i < count; i += CHUNK) {
        size_t n = count - i < CHUNK ? count - i : CHUNK;
        NAME(load)(conditionElement, condition + i * element_size(conditionElement), n, flags);
#define PICK(T)                                                                       \
    for (size_t j = 0; j < n; j++)                                                    \
        ((T *)out)[i + j] = flags[j] ? ((const T *)first)[i + j] : ((const T *)second)[i + j]
        if (size == 1) {
            PICK(uint8_t);
        } else if (size == 2) {
            PICK(uint16_t);
        } else {
            PICK(uint32_t);
        }
#undef PICK
    }
}
