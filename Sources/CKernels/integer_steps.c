#include "integer_steps.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Elements that are widened at a time: two such buffers stay in the first cache. */
enum { CHUNK = 1024 };

static size_t element_size(int element) {
    return element == ASSAY_I32 ? 4 : element == ASSAY_I16 ? 2 : 1;
}

#define NAME(x) scalar_##x
#include "integer_steps_kernel.h"
#undef NAME

#if defined(__x86_64__)

#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define NAME(x) avx2_##x
#include "integer_steps_kernel.h"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("avx512f,avx512bw,avx512vl,avx512dq"))), \
                             apply_to = function)
#define NAME(x) vnni_##x
#include "integer_steps_kernel.h"
#undef NAME
#pragma clang attribute pop

#define AT_LEVEL(name, arguments)                               \
    (level == ASSAY_AVX512_VNNI ? (void)vnni_##name arguments   \
     : level == ASSAY_AVX2      ? (void)avx2_##name arguments   \
                                : (void)scalar_##name arguments)
#else
#define AT_LEVEL(name, arguments) scalar_##name arguments
#endif

/* The same function for each element type. */
#define BY_TYPE(name, element, x, rest, ...)                                            \
    switch (element) {                                                                  \
    case ASSAY_U8: AT_LEVEL(name##_u8, rest(uint8_t, x, __VA_ARGS__)); break;           \
    case ASSAY_I8: AT_LEVEL(name##_i8, rest(int8_t, x, __VA_ARGS__)); break;            \
    case ASSAY_I16: AT_LEVEL(name##_i16, rest(int16_t, x, __VA_ARGS__)); break;         \
    default: AT_LEVEL(name##_i32, rest(int32_t, x, __VA_ARGS__));                       \
    }

void assay_affine(int level, int element, const void *x, size_t count, size_t inner,
                  size_t channels, const int32_t *weights, const assay_rescale *rescale,
                  void *out) {
    AT_LEVEL(affine, (element, x, count, inner, channels, weights, rescale, out));
}

void assay_sum(int level, int firstElement, const void *first, int secondElement,
               const void *second, size_t count, int32_t left, int32_t right,
               const assay_rescale *rescale, void *out) {
    AT_LEVEL(combine,
             (firstElement, first, secondElement, second, count, 0, left, right, rescale, out));
}

void assay_multiply(int level, int firstElement, const void *first, int secondElement,
                    const void *second, size_t count, const assay_rescale *rescale, void *out) {
    AT_LEVEL(combine,
             (firstElement, first, secondElement, second, count, 1, 0, 0, rescale, out));
}

void assay_select(int level, int conditionElement, const void *condition, int element,
                  const void *first, const void *second, size_t count, void *out) {
    AT_LEVEL(select,
             (conditionElement, condition, element_size(element), first, second, count, out));
}

#define EXTREMUM(T, x, second, count, isMinimum, out) \
    ((const T *)x, (const T *)second, count, isMinimum, (T *)out)
void assay_extremum(int level, int element, const void *first, const void *second, size_t count,
                    int isMinimum, void *out) {
    BY_TYPE(extremum, element, first, EXTREMUM, second, count, isMinimum, out)
}

#define POOL(T, x, pool, row, out) ((const T *)x, pool, (T *)row, (T *)out)
void assay_max_pool(int level, int element, const void *x, const assay_pool *pool, void *row,
                    void *out) {
    BY_TYPE(pool, element, x, POOL, pool, row, out)
}

#define MOST(T, x, outer, middle, inner, isMinimum, out) \
    ((const T *)x, outer, middle, inner, isMinimum, (T *)out)
void assay_reduce_extremum(int level, int element, const void *x, size_t outer, size_t middle,
                           size_t inner, int isMinimum, void *out) {
    BY_TYPE(most, element, x, MOST, outer, middle, inner, isMinimum, out)
}

void assay_reduce_sum(int level, int element, const void *x, size_t outer, size_t middle,
                      size_t inner, int32_t weight, const assay_rescale *rescale, int32_t *sums,
                      void *out) {
    AT_LEVEL(reduce_sum, (element, x, outer, middle, inner, weight, rescale, sums, out));
}

static int32_t element_at(int element, const void *x, size_t index) {
    switch (element) {
    case ASSAY_U8: return ((const uint8_t *)x)[index];
    case ASSAY_I8: return ((const int8_t *)x)[index];
    case ASSAY_I16: return ((const int16_t *)x)[index];
    default: return ((const int32_t *)x)[index];
    }
}

void assay_arg_extremum(int level, int element, const void *x, size_t outer, size_t middle,
                        size_t inner, int isMinimum, int takesLast, int outElement, void *out) {
    (void)level;
    for (size_t o = 0; o < outer; o++) {
        for (size_t i = 0; i < inner; i++) {
            size_t first = o * middle * inner + i;
            int32_t best = element_at(element, x, first);
            size_t position = 0;
            for (size_t r = 1; r < middle; r++) {
                int32_t value = element_at(element, x, first + r * inner);
                int isBetter = isMinimum ? value < best : value > best;
                if (isBetter || (takesLast && value == best)) {
                    best = value;
                    position = r;
                }
            }
            scalar_store(outElement, &(int32_t){(int32_t)position}, 1,
                         (char *)out + (o * inner + i) * element_size(outElement));
        }
    }
}

/* ---- Look-ups. ---- */

#if defined(__x86_64__)

/* The whole table in four registers: two of them answer for each half of the indices. */
__attribute__((target("avx512f,avx512bw,avx512vl,avx512vbmi"))) static size_t
lookup_bytes_vbmi(const uint8_t *x, uint8_t flip, size_t count, const uint8_t *table,
                  uint8_t *out) {
    __m512i t0 = _mm512_loadu_si512(table), t1 = _mm512_loadu_si512(table + 64);
    __m512i t2 = _mm512_loadu_si512(table + 128), t3 = _mm512_loadu_si512(table + 192);
    __m512i flips = _mm512_set1_epi8((char)flip);
    size_t i = 0;
    for (; i + 64 <= count; i += 64) {
        __m512i index = _mm512_xor_si512(_mm512_loadu_si512(x + i), flips);
        __m512i low = _mm512_permutex2var_epi8(t0, index, t1);
        __m512i high = _mm512_permutex2var_epi8(t2, index, t3);
        _mm512_storeu_si512(out + i,
                            _mm512_mask_blend_epi8(_mm512_movepi8_mask(index), low, high));
    }
    return i;
}

#endif

#define LOOKUP(I, T, LOWEST)                                                               \
    for (size_t i = 0; i < count; i++)                                                     \
        ((T *)out)[i] = ((const T *)table)[(int32_t)((const I *)x)[i] - (LOWEST)]

void assay_lookup(int level, int element, const void *x, size_t count, const void *table,
                  int outElement, void *out) {
    int isWide = outElement == ASSAY_I16;
    if (element == ASSAY_I16) {
        if (isWide) {
            LOOKUP(int16_t, uint16_t, -32768);
        } else {
            LOOKUP(int16_t, uint8_t, -32768);
        }
        return;
    }
#if defined(__x86_64__)
    if (!isWide && level == ASSAY_AVX512_VNNI && __builtin_cpu_supports("avx512vbmi")) {
        size_t done = lookup_bytes_vbmi(x, element == ASSAY_I8 ? 0x80 : 0, count, table, out);
        x = (const uint8_t *)x + done;
        out = (uint8_t *)out + done;
        count -= done;
    }
#endif
    if (element == ASSAY_U8) {
        if (isWide) {
            LOOKUP(uint8_t, uint16_t, 0);
        } else {
            LOOKUP(uint8_t, uint8_t, 0);
        }
    } else if (isWide) {
        LOOKUP(int8_t, uint16_t, -128);
    } else {
        LOOKUP(int8_t, uint8_t, -128);
    }
}

/* ---- Moves. ---- */

static void copy_line(size_t size, size_t count, const char *x, ptrdiff_t step, char *out,
                      ptrdiff_t outStep) {
    if (step == 1 && outStep == 1) {
        memcpy(out, x, count * size);
        return;
    }
#define LINE(T)                                                                       \
    for (size_t i = 0; i < count; i++)                                                \
        ((T *)out)[(ptrdiff_t)i * outStep] = ((const T *)x)[(ptrdiff_t)i * step]
    if (size == 1) {
        LINE(uint8_t);
    } else if (size == 2) {
        LINE(uint16_t);
    } else {
        LINE(uint32_t);
    }
#undef LINE
}

/* Both sides of a transpose stay in cache lines that are used up: small squares at a time. */
static void copy_square(size_t size, size_t rows, size_t columns, const char *x, ptrdiff_t rowStep,
                        ptrdiff_t columnStep, char *out, ptrdiff_t outRowStep,
                        ptrdiff_t outColumnStep) {
    enum { SIDE = 32 };
    ptrdiff_t bytes = (ptrdiff_t)size;
    if (columnStep == outColumnStep || columnStep == 0) {
        for (size_t y = 0; y < rows; y++)
            copy_line(size, columns, x + (ptrdiff_t)y * rowStep * bytes, columnStep,
                      out + (ptrdiff_t)y * outRowStep * bytes, outColumnStep);
        return;
    }
    for (size_t row = 0; row < rows; row += SIDE)
        for (size_t column = 0; column < columns; column += SIDE) {
            size_t height = rows - row < SIDE ? rows - row : SIDE;
            size_t width = columns - column < SIDE ? columns - column : SIDE;
            for (size_t y = row; y < row + height; y++)
                copy_line(size, width,
                          x + ((ptrdiff_t)y * rowStep + (ptrdiff_t)column * columnStep) * bytes,
                          columnStep,
                          out + ((ptrdiff_t)y * outRowStep + (ptrdiff_t)column * outColumnStep) *
                                    bytes,
                          outColumnStep);
        }
}

void assay_copy(size_t size, const assay_copy_box *box, const void *x, void *out) {
    int rank = box->rank;
    if (rank == 0) {
        memcpy(out, x, size);
        return;
    }
    size_t index[ASSAY_COPY_RANK_MAX] = {0};
    int last = rank - 1, planes = rank < 2 ? 0 : rank - 2;
    ptrdiff_t from = 0, to = 0;
    for (;;) {
        const char *source = (const char *)x + from * (ptrdiff_t)size;
        char *target = (char *)out + to * (ptrdiff_t)size;
        if (rank == 1) {
            copy_line(size, box->sizes[0], source, box->steps[0], target, box->outSteps[0]);
        } else {
            copy_square(size, box->sizes[last - 1], box->sizes[last], source,
                        box->steps[last - 1], box->steps[last], target, box->outSteps[last - 1],
                        box->outSteps[last]);
        }
        int axis = planes - 1;
        for (; axis >= 0; axis--) {
            from += box->steps[axis];
            to += box->outSteps[axis];
            if (++index[axis] < box->sizes[axis]) break;
            from -= box->steps[axis] * (ptrdiff_t)box->sizes[axis];
            to -= box->outSteps[axis] * (ptrdiff_t)box->sizes[axis];
            index[axis] = 0;
        }
        if (axis < 0) return;
    }
}

void assay_fill(int element, int32_t value, size_t count, void *out) {
    switch (element) {
    case ASSAY_I16:
        for (size_t i = 0; i < count; i++) ((int16_t *)out)[i] = (int16_t)value;
        break;
    case ASSAY_I32:
        for (size_t i = 0; i < count; i++) ((int32_t *)out)[i] = value;
        break;
    default: memset(out, value & 0xff, count);
    }
}

void assay_take(size_t size, int indexElement, const void *indices, size_t indexCount,
                const void *x, size_t outer, size_t middle, size_t inner, void *out) {
    size_t line = inner * size;
    char *to = out;
    for (size_t o = 0; o < outer; o++) {
        const char *from = (const char *)x + o * middle * line;
        for (size_t j = 0; j < indexCount; j++, to += line)
            memcpy(to, from + (size_t)element_at(indexElement, indices, j) * line, line);
    }
}
