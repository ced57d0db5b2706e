#include "linear_sites.h"

#include "integer_products.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static void dots_scalar(const int32_t *x, ptrdiff_t step, size_t dots, ptrdiff_t stride,
                        const int64_t *table, size_t count, int64_t *sums) {
    for (size_t d = 0; d < dots; d++, x += step, sums += 8) {
        for (int limb = 0; limb < 8; limb++) sums[limb] = 0;
        const int32_t *at = x;
        for (size_t j = 0; j < count; j++, at += stride)
            for (int limb = 0; limb < 6; limb++) sums[limb] += (int64_t)*at * table[8 * j + limb];
    }
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static void dots_avx2(const int32_t *x, ptrdiff_t step, size_t dots,
                                                      ptrdiff_t stride, const int64_t *table,
                                                      size_t count, int64_t *sums) {
    for (size_t d = 0; d < dots; d++, x += step, sums += 8) {
        __m256i low = _mm256_setzero_si256(), high = low;
        const int32_t *at = x;
        for (size_t j = 0; j < count; j++, at += stride) {
            __m256i factor = _mm256_set1_epi32(*at);
            const __m256i *entry = (const __m256i *)(table + 8 * j);
            low = _mm256_add_epi64(low, _mm256_mul_epi32(factor, _mm256_loadu_si256(entry)));
            high = _mm256_add_epi64(high, _mm256_mul_epi32(factor, _mm256_loadu_si256(entry + 1)));
        }
        _mm256_storeu_si256((__m256i *)sums, low);
        _mm256_storeu_si256((__m256i *)sums + 1, high);
    }
}

__attribute__((target("avx512f"))) static void dots_avx512(const int32_t *x, ptrdiff_t step,
                                                           size_t dots, ptrdiff_t stride,
                                                           const int64_t *table, size_t count,
                                                           int64_t *sums) {
    for (size_t d = 0; d < dots; d++, x += step, sums += 8) {
        __m512i sum = _mm512_setzero_si512(), other = sum;
        const int32_t *at = x;
        size_t j = 0;
        for (; j + 2 <= count; j += 2, at += 2 * stride) {
            sum = _mm512_add_epi64(
                sum, _mm512_mul_epi32(_mm512_set1_epi32(at[0]), _mm512_loadu_si512(table + 8 * j)));
            other = _mm512_add_epi64(other, _mm512_mul_epi32(_mm512_set1_epi32(at[stride]),
                                                             _mm512_loadu_si512(table + 8 * j + 8)));
        }
        if (j < count)
            sum = _mm512_add_epi64(
                sum, _mm512_mul_epi32(_mm512_set1_epi32(at[0]), _mm512_loadu_si512(table + 8 * j)));
        _mm512_storeu_si512(sums, _mm512_add_epi64(sum, other));
    }
}

#endif

void assay_wide_dots(int level, const int32_t *x, ptrdiff_t step, size_t dots, ptrdiff_t stride,
                     const int64_t *table, size_t count, int64_t *sums) {
#if defined(__x86_64__)
    if (level >= ASSAY_AVX512_VNNI) return dots_avx512(x, step, dots, stride, table, count, sums);
    if (level >= ASSAY_AVX2) return dots_avx2(x, step, dots, stride, table, count, sums);
#endif
    dots_scalar(x, step, dots, stride, table, count, sums);
}

/* The compiler makes vectors of this loop, as wide as each caller's instructions allow. */
static inline __attribute__((always_inline)) void accumulate(
    const int16_t *x, size_t rows, const int8_t *w, size_t outputs, size_t inner,
    const int32_t *bias, int32_t *out, size_t rowStride, size_t channelStride) {
    for (size_t r = 0; r < rows; r++) {
        for (size_t o = 0; o < outputs; o++) {
            uint32_t sum = (uint32_t)bias[o];
            for (size_t k = 0; k < inner; k++)
                sum += (uint32_t)(x[r * inner + k] * w[o * inner + k]);
            out[r * rowStride + o * channelStride] = (int32_t)sum;
        }
    }
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void accumulate_avx2(
    const int16_t *x, size_t rows, const int8_t *w, size_t outputs, size_t inner,
    const int32_t *bias, int32_t *out, size_t rowStride, size_t channelStride) {
    accumulate(x, rows, w, outputs, inner, bias, out, rowStride, channelStride);
}

__attribute__((target("avx512f,avx512bw,avx512vl"))) static void accumulate_avx512(
    const int16_t *x, size_t rows, const int8_t *w, size_t outputs, size_t inner,
    const int32_t *bias, int32_t *out, size_t rowStride, size_t channelStride) {
    accumulate(x, rows, w, outputs, inner, bias, out, rowStride, channelStride);
}
#endif

void assay_accumulate(int level, const int16_t *x, size_t rows, const int8_t *w, size_t outputs,
                      size_t inner, const int32_t *bias, int32_t *out, size_t rowStride,
                      size_t channelStride) {
#if defined(__x86_64__)
    if (level >= ASSAY_AVX512_VNNI)
        return accumulate_avx512(x, rows, w, outputs, inner, bias, out, rowStride, channelStride);
    if (level >= ASSAY_AVX2)
        return accumulate_avx2(x, rows, w, outputs, inner, bias, out, rowStride, channelStride);
#endif
    accumulate(x, rows, w, outputs, inner, bias, out, rowStride, channelStride);
}
