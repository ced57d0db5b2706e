#include "integer_matmul.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Sums wrap: unsigned arithmetic keeps that defined, and order cannot matter. */

static int32_t dot_u8_scalar(const uint8_t *x, const int8_t *w, size_t from, size_t inner,
                             uint32_t sum) {
    for (size_t i = from; i < inner; i++) sum += (uint32_t)((int32_t)x[i] * (int32_t)w[i]);
    return (int32_t)sum;
}

static int32_t dot_i16_scalar(const int16_t *x, const int8_t *w, size_t from, size_t inner,
                              uint32_t sum) {
    for (size_t i = from; i < inner; i++) sum += (uint32_t)((int32_t)x[i] * (int32_t)w[i]);
    return (int32_t)sum;
}

#if defined(__x86_64__)

__attribute__((target("avx2"))) static inline uint32_t sum_avx2(__m256i v) {
    __m128i s = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0x4e));
    s = _mm_add_epi32(s, _mm_shuffle_epi32(s, 0xb1));
    return (uint32_t)_mm_cvtsi128_si32(s);
}

/* Both factors are widened to 16 bits: vpmaddubsw would saturate. */
__attribute__((target("avx2"))) static void multiply_u8_avx2(const uint8_t *x, const int8_t *w,
                                                             size_t inner, size_t rows,
                                                             int32_t *out) {
    for (size_t r = 0; r < rows; r++, w += inner) {
        __m256i sum = _mm256_setzero_si256();
        size_t i = 0;
        for (; i + 16 <= inner; i += 16) {
            __m256i a = _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)(x + i)));
            __m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + i)));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
        }
        out[r] = dot_u8_scalar(x, w, i, inner, sum_avx2(sum));
    }
}

__attribute__((target("avx2"))) static void multiply_i16_avx2(const int16_t *x, const int8_t *w,
                                                              size_t inner, size_t rows,
                                                              int32_t *out) {
    for (size_t r = 0; r < rows; r++, w += inner) {
        __m256i sum = _mm256_setzero_si256();
        size_t i = 0;
        for (; i + 16 <= inner; i += 16) {
            __m256i a = _mm256_loadu_si256((const __m256i *)(x + i));
            __m256i b = _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(w + i)));
            sum = _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
        }
        out[r] = dot_i16_scalar(x, w, i, inner, sum_avx2(sum));
    }
}

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

/* Four rows share each load of x; masked loads read nothing behind the end. */
VNNI static void multiply_u8_vnni(const uint8_t *x, const int8_t *w, size_t inner, size_t rows,
                                  int32_t *out) {
    size_t whole = inner & ~(size_t)63;
    __mmask64 rest = (inner & 63) ? (~(uint64_t)0 >> (64 - (inner & 63))) : 0;
    size_t r = 0;
    for (; r + 4 <= rows; r += 4, w += 4 * inner) {
        __m512i s0 = _mm512_setzero_si512(), s1 = s0, s2 = s0, s3 = s0;
        for (size_t i = 0; i < whole; i += 64) {
            __m512i a = _mm512_loadu_si512(x + i);
            s0 = _mm512_dpbusd_epi32(s0, a, _mm512_loadu_si512(w + i));
            s1 = _mm512_dpbusd_epi32(s1, a, _mm512_loadu_si512(w + inner + i));
            s2 = _mm512_dpbusd_epi32(s2, a, _mm512_loadu_si512(w + 2 * inner + i));
            s3 = _mm512_dpbusd_epi32(s3, a, _mm512_loadu_si512(w + 3 * inner + i));
        }
        if (rest) {
            const int8_t *end = w + whole;
            __m512i a = _mm512_maskz_loadu_epi8(rest, x + whole);
            s0 = _mm512_dpbusd_epi32(s0, a, _mm512_maskz_loadu_epi8(rest, end));
            s1 = _mm512_dpbusd_epi32(s1, a, _mm512_maskz_loadu_epi8(rest, end + inner));
            s2 = _mm512_dpbusd_epi32(s2, a, _mm512_maskz_loadu_epi8(rest, end + 2 * inner));
            s3 = _mm512_dpbusd_epi32(s3, a, _mm512_maskz_loadu_epi8(rest, end + 3 * inner));
        }
        out[r] = _mm512_reduce_add_epi32(s0);
        out[r + 1] = _mm512_reduce_add_epi32(s1);
        out[r + 2] = _mm512_reduce_add_epi32(s2);
        out[r + 3] = _mm512_reduce_add_epi32(s3);
    }
    for (; r < rows; r++, w += inner) {
        __m512i sum = _mm512_setzero_si512();
        for (size_t i = 0; i < whole; i += 64)
            sum = _mm512_dpbusd_epi32(sum, _mm512_loadu_si512(x + i), _mm512_loadu_si512(w + i));
        if (rest)
            sum = _mm512_dpbusd_epi32(sum, _mm512_maskz_loadu_epi8(rest, x + whole),
                                      _mm512_maskz_loadu_epi8(rest, w + whole));
        out[r] = _mm512_reduce_add_epi32(sum);
    }
}

VNNI static void multiply_i16_vnni(const int16_t *x, const int8_t *w, size_t inner, size_t rows,
                                   int32_t *out) {
    size_t whole = inner & ~(size_t)31;
    __mmask32 rest = (inner & 31) ? (~(uint32_t)0 >> (32 - (inner & 31))) : 0;
    for (size_t r = 0; r < rows; r++, w += inner) {
        __m512i sum = _mm512_setzero_si512();
        for (size_t i = 0; i < whole; i += 32) {
            __m512i b = _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(w + i)));
            sum = _mm512_dpwssd_epi32(sum, _mm512_loadu_si512(x + i), b);
        }
        if (rest) {
            __m512i b = _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(rest, w + whole));
            sum = _mm512_dpwssd_epi32(sum, _mm512_maskz_loadu_epi16(rest, x + whole), b);
        }
        out[r] = _mm512_reduce_add_epi32(sum);
    }
}

int assay_integer_level(void) {
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return ASSAY_AVX512_VNNI;
    return __builtin_cpu_supports("avx2") ? ASSAY_AVX2 : ASSAY_SCALAR;
}

#else

int assay_integer_level(void) { return ASSAY_SCALAR; }

#endif

void assay_multiply_u8(int level, const uint8_t *x, const int8_t *weights, size_t inner,
                       size_t rows, int32_t *out) {
#if defined(__x86_64__)
    if (level == ASSAY_AVX512_VNNI) return multiply_u8_vnni(x, weights, inner, rows, out);
    if (level == ASSAY_AVX2) return multiply_u8_avx2(x, weights, inner, rows, out);
#endif
    for (size_t r = 0; r < rows; r++)
        out[r] = dot_u8_scalar(x, weights + r * inner, 0, inner, 0);
}

void assay_multiply_i16(int level, const int16_t *x, const int8_t *weights, size_t inner,
                        size_t rows, int32_t *out) {
#if defined(__x86_64__)
    if (level == ASSAY_AVX512_VNNI) return multiply_i16_vnni(x, weights, inner, rows, out);
    if (level == ASSAY_AVX2) return multiply_i16_avx2(x, weights, inner, rows, out);
#endif
    for (size_t r = 0; r < rows; r++)
        out[r] = dot_i16_scalar(x, weights + r * inner, 0, inner, 0);
}
