#include "babybear.h"

#include "babybear_scalar.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define UNROLL _Pragma("clang loop unroll(full)")

/* Vectors of the compiler's baseline. */
#define NAME(x) portable_##x
#define TARGET
#define LANES 4
#define USES_IFMA 0
#include "babybear_core.h"
#include "babybear_kernel.h"
#include "babybear_transform_kernel.h"
#include "babybear_end.h"

#if defined(__x86_64__)

#define NAME(x) avx2_##x
#define TARGET __attribute__((target("avx2")))
#define LANES 8
#define USES_IFMA 0
#include "babybear_core.h"
#include "babybear_kernel.h"
#include "babybear_transform_kernel.h"
#include "babybear_end.h"

#define NAME(x) avx512_##x
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512ifma")))
#define LANES 16
#define USES_IFMA 1
#include "babybear_core.h"
#include "babybear_kernel.h"
#include "babybear_transform_kernel.h"
#include "babybear_end.h"

static int has_ifma(void) {
    return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

/* `call` at a level, or at the one below where an instruction set is missing. */
#define DISPATCH(call)                                      \
    do {                                                    \
        if (level >= 2 && has_ifma()) return avx512_##call; \
        if (level >= 1) return avx2_##call;                 \
        return portable_##call;                             \
    } while (0)
#else
#define DISPATCH(call)          \
    do {                        \
        (void)level;            \
        return portable_##call; \
    } while (0)
#endif

void assay_field_of_i32(int level, const int32_t *x, size_t count, uint32_t *out) {
    DISPATCH(of_i32(x, count, out));
}

void assay_field_canonical(int level, const uint32_t *x, size_t count, uint32_t *out) {
    DISPATCH(canonical(x, count, out));
}

int assay_field_of_canonical(int level, const uint32_t *x, size_t count, uint32_t *out) {
    DISPATCH(of_canonical(x, count, out));
}

void assay_field_scale(int level, uint32_t factor, const uint32_t *x, size_t count,
                       uint32_t *out) {
    DISPATCH(scale_base(factor, x, count, out));
}

void assay_extension_canonical(int level, const uint32_t *x, size_t from, size_t count,
                               uint32_t *out) {
    for (size_t i = 0; i < count; i++) {
        bb_element element = bb_get(x, from + i);
        memcpy(out + 6 * i, element.l, 24);
    }
    assay_field_canonical(level, out, 6 * count, out);
}

void assay_extension_eq(int level, const uint32_t *point, size_t size, const uint32_t *scale,
                        uint32_t *out) {
    DISPATCH(eq(point, size, scale, out));
}

/* The function's element goes to out. */
#define ELEMENT(name, ...)                         \
    do {                                           \
        bb_element sum = name(level, __VA_ARGS__); \
        memcpy(out, sum.l, sizeof sum.l);          \
    } while (0)

static bb_element dot(int level, const uint32_t *x, size_t xFrom, const uint32_t *y, size_t yFrom,
                      size_t count) {
    DISPATCH(dot(x, xFrom, y, yFrom, count));
}

void assay_extension_dot(int level, const uint32_t *x, size_t xFrom, const uint32_t *y,
                         size_t yFrom, size_t count, uint32_t *out) {
    ELEMENT(dot, x, xFrom, y, yFrom, count);
}

static bb_element base_dot(int level, const uint32_t *x, const uint32_t *y, size_t yFrom,
                           size_t count) {
    DISPATCH(base_dot(x, y, yFrom, count));
}

void assay_field_dot(int level, const uint32_t *x, const uint32_t *y, size_t yFrom, size_t count,
                     uint32_t *out) {
    ELEMENT(base_dot, x, y, yFrom, count);
}

void assay_extension_add_product(int level, const uint32_t *factor, const uint32_t *x, size_t from,
                                 size_t count, uint32_t *out, size_t at) {
    DISPATCH(add_product(factor, x, from, count, out, at));
}

void assay_field_add_product(int level, const uint32_t *factor, const uint32_t *x, size_t count,
                             uint32_t *out, size_t at) {
    DISPATCH(base_add_product(factor, x, count, out, at));
}

void assay_extension_add(int level, int isMinus, const uint32_t *x, size_t from, size_t count,
                         uint32_t *out, size_t at) {
    DISPATCH(add_elements(isMinus, x, from, count, out, at));
}

void assay_extension_add_constant(int level, const uint32_t *constant, size_t count, uint32_t *out,
                                  size_t at) {
    DISPATCH(add_constant(constant, count, out, at));
}

void assay_extension_scale(int level, const uint32_t *factor, uint32_t *x, size_t blocks) {
    DISPATCH(scale(factor, x, blocks));
}

void assay_extension_multiply(int level, const uint32_t *y, uint32_t *x, size_t blocks) {
    DISPATCH(multiply(y, x, blocks));
}

void assay_field_multiply(int level, const uint32_t *y, uint32_t *x, size_t blocks) {
    DISPATCH(base_multiply(y, x, blocks));
}

static bb_element sum_of(int level, const uint32_t *x, size_t from, size_t count) {
    DISPATCH(sum(x, from, count));
}

void assay_extension_sum(int level, const uint32_t *x, size_t from, size_t count, uint32_t *out) {
    ELEMENT(sum_of, x, from, count);
}

size_t assay_extension_gather(const uint32_t *x, size_t size, const int32_t *positions,
                              size_t count, unsigned shift, uint32_t mask, uint32_t *out) {
    for (size_t i = 0; i < count; i++) {
        if (positions[i] < 0) {
            bb_put(out, i, (bb_element){{0}});
            continue;
        }
        uint32_t position = ((uint32_t)positions[i] >> shift) & mask;
        if (position >= size) return i;
        bb_put(out, i, bb_get(x, position));
    }
    return count;
}

size_t assay_extension_scatter(const uint32_t *x, const int32_t *positions, size_t count,
                               uint32_t *out, size_t size) {
    for (size_t i = 0; i < count; i++) {
        if (positions[i] < 0) continue;
        size_t position = (size_t)positions[i];
        if (position >= size) return i;
        bb_put(out, position, bb_add6(bb_get(out, position), bb_get(x, i)));
    }
    return count;
}

void assay_extension_fold(int level, const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                          uint32_t *out) {
    DISPATCH(fold(r, x, from, to, out));
}

void assay_field_fold(int level, const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                      uint32_t *out) {
    DISPATCH(base_fold(r, x, from, to, out));
}

void assay_field_fold_columns(int level, const uint32_t *weights, size_t width, const uint32_t *x,
                              size_t from, size_t to, uint32_t *out) {
    DISPATCH(fold_columns(weights, width, x, from, to, out));
}

void assay_field_weighted_rows(int level, const uint32_t *weights, size_t weightsFrom, size_t rows,
                               const uint32_t *x, size_t stride, size_t from, size_t to,
                               uint32_t *out, size_t at) {
    DISPATCH(weighted_rows(weights, weightsFrom, rows, x, stride, from, to, out, at));
}

void assay_extension_round(int level, const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                           uint32_t *out) {
    DISPATCH(round(x, y, from, to, out));
}

void assay_field_round(int level, const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                       uint32_t *out) {
    DISPATCH(base_round(x, y, from, to, out));
}

void assay_extension_fold_round(int level, const uint32_t *r, const uint32_t *x, const uint32_t *y,
                                size_t from, size_t to, uint32_t *xOut, uint32_t *yOut,
                                uint32_t *out) {
    DISPATCH(fold_round(r, x, y, from, to, xOut, yOut, out));
}

size_t assay_extension_invert(int level, uint32_t *x, size_t count, uint32_t *scratch) {
    DISPATCH(invert(x, count, scratch));
}

void assay_field_transform(int level, const uint32_t *x, uint32_t *out, size_t blockStride,
                           size_t width, size_t logRows, const uint32_t *twiddles,
                           size_t stageStride) {
    DISPATCH(transform(x, out, blockStride, width, logRows, twiddles, stageStride));
}
