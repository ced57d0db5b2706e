#include "integer_products.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define UNROLL _Pragma("clang loop unroll(full)")

static size_t element_size(int element) {
    return element == ASSAY_I32 ? 4 : element == ASSAY_I16 ? 2 : 1;
}

int assay_integer_level(void) {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512vnni") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        return ASSAY_AVX512_VNNI;
    if (__builtin_cpu_supports("avx2")) return ASSAY_AVX2;
#endif
    return ASSAY_SCALAR;
}

int assay_product_form(int level, int element) {
    return level == ASSAY_AVX512_VNNI && element <= ASSAY_I8 ? ASSAY_QUADS : ASSAY_PAIRS;
}

size_t assay_product_lanes(int level) {
    return level == ASSAY_AVX512_VNNI ? 16 : level == ASSAY_AVX2 ? 8 : 1;
}

/* ---- One lane at a time. ---- */

static inline int32_t finish(int32_t sum, const assay_rescale *rescale, size_t channel) {
    uint32_t wrapped = (uint32_t)sum + (uint32_t)rescale->bias[channel];
    if (!rescale->shifts) return (int32_t)wrapped;
    int32_t shift = rescale->shifts[channel];
    int32_t head = (int32_t)(wrapped + ((uint32_t)1 << (shift - 1))) >> shift;
    return head < rescale->low ? rescale->low : head > rescale->high ? rescale->high : head;
}

static inline void store_one(int32_t value, int element, char *out) {
    switch (element) {
    case ASSAY_I32: memcpy(out, &value, 4); break;
    case ASSAY_I16: {
        int16_t narrow = (int16_t)value;
        memcpy(out, &narrow, 2);
        break;
    }
    default: *out = (char)value;
    }
}

static inline int32_t wide_pair(const char *p) {
    int32_t pair;
    memcpy(&pair, p, 4);
    return pair;
}

static inline int32_t narrow_pair(const char *p) {
    return (int32_t)((uint32_t)(uint16_t)(int16_t)(int8_t)p[0] |
                     (uint32_t)(uint16_t)(int16_t)(int8_t)p[1] << 16);
}

static inline int32_t dot_pair(int32_t sum, int32_t x, int32_t y) {
    uint32_t low = (uint32_t)((int32_t)(int16_t)x * (int32_t)(int16_t)y);
    uint32_t high = (uint32_t)((x >> 16) * (y >> 16));
    return (int32_t)((uint32_t)sum + low + high);
}

#define TARGET
#define VEC int32_t
#define LANES 1
#define ZERO() 0
#define VECTORS_MAX 2
#define ROW(p, i) wide_pair((p) + 4 * (i))
#define DOT(sum, v, b) dot_pair(sum, v, b)
#define FINISH_LANES(sum, rescale, output, left) ((void)(left), finish(sum, rescale, output))
#define FINISH_CHANNEL(sum, rescale, channel) finish(sum, rescale, channel)
#define STORE(sum, element, left, out) ((void)(left), store_one(sum, element, out))

#define NAME(x) scalar_narrow_##x
#define VECTOR(p) narrow_pair(p)
#define VECTOR_BYTES 2
#include "integer_product_kernel.h"
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES

#define NAME(x) scalar_wide_##x
#define VECTOR(p) wide_pair(p)
#define VECTOR_BYTES 4
#define PLANES
#include "integer_product_kernel.h"
#undef PLANES
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES
#undef TARGET
#undef VEC
#undef LANES
#undef ZERO
#undef VECTORS_MAX
#undef ROW
#undef DOT
#undef FINISH_LANES
#undef FINISH_CHANNEL
#undef STORE

#if defined(__x86_64__)

/* ---- AVX2: 16-bit pairs, since vpmaddubsw would saturate. ---- */

#define AVX2 __attribute__((target("avx2")))

AVX2 static inline __m256i clamp_avx2(__m256i head, const assay_rescale *rescale) {
    head = _mm256_max_epi32(head, _mm256_set1_epi32(rescale->low));
    return _mm256_min_epi32(head, _mm256_set1_epi32(rescale->high));
}

AVX2 static inline __m256i lanes_avx2(__m256i sum, const assay_rescale *rescale, size_t output,
                                      size_t left) {
    __m256i index = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    __m256i mask = _mm256_cmpgt_epi32(_mm256_set1_epi32((int)left), index);
    sum = _mm256_add_epi32(sum, _mm256_maskload_epi32(rescale->bias + output, mask));
    if (!rescale->shifts) return sum;
    __m256i shift = _mm256_maskload_epi32(rescale->shifts + output, mask);
    __m256i one = _mm256_set1_epi32(1);
    __m256i half = _mm256_sllv_epi32(one, _mm256_sub_epi32(shift, one));
    return clamp_avx2(_mm256_srav_epi32(_mm256_add_epi32(sum, half), shift), rescale);
}

AVX2 static inline __m256i channel_avx2(__m256i sum, const assay_rescale *rescale,
                                        size_t channel) {
    sum = _mm256_add_epi32(sum, _mm256_set1_epi32(rescale->bias[channel]));
    if (!rescale->shifts) return sum;
    int shift = rescale->shifts[channel];
    sum = _mm256_add_epi32(sum, _mm256_set1_epi32(1 << (shift - 1)));
    return clamp_avx2(_mm256_sra_epi32(sum, _mm_cvtsi32_si128(shift)), rescale);
}

AVX2 static inline void store_avx2(__m256i sum, int element, size_t left, char *out) {
    int32_t values[8];
    if (element == ASSAY_I32 && left == 8) {
        _mm256_storeu_si256((__m256i *)out, sum);
        return;
    }
    if (left == 8) {
        /* Heads lie inside the element type, so only the low bytes of each lane matter. */
        __m256i mask = _mm256_set1_epi32(element == ASSAY_I16 ? 0xffff : 0xff);
        __m256i low = _mm256_and_si256(sum, mask);
        __m256i words = _mm256_permute4x64_epi64(_mm256_packus_epi32(low, low), 0x08);
        __m128i half = _mm256_castsi256_si128(words);
        if (element == ASSAY_I16) {
            _mm_storeu_si128((__m128i *)out, half);
        } else {
            _mm_storel_epi64((__m128i *)out, _mm_packus_epi16(half, half));
        }
        return;
    }
    _mm256_storeu_si256((__m256i *)values, sum);
    size_t size = element_size(element);
    for (size_t i = 0; i < left; i++) store_one(values[i], element, out + i * size);
}

#define TARGET AVX2
#define VEC __m256i
#define LANES 8
#define ZERO() _mm256_setzero_si256()
#define VECTORS_MAX 2
#define ROW(p, i) _mm256_set1_epi32(wide_pair((p) + 4 * (i)))
#define DOT(sum, v, b) _mm256_add_epi32(sum, _mm256_madd_epi16(v, b))
#define FINISH_LANES lanes_avx2
#define FINISH_CHANNEL channel_avx2
#define STORE store_avx2

#define NAME(x) avx2_narrow_##x
#define VECTOR(p) _mm256_cvtepi8_epi16(_mm_loadu_si128((const __m128i *)(p)))
#define VECTOR_BYTES 16
#include "integer_product_kernel.h"
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES

#define NAME(x) avx2_wide_##x
#define VECTOR(p) _mm256_loadu_si256((const __m256i *)(p))
#define VECTOR_BYTES 32
#define PLANES
#include "integer_product_kernel.h"
#undef PLANES
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES
#undef TARGET
#undef VEC
#undef LANES
#undef ZERO
#undef VECTORS_MAX
#undef ROW
#undef DOT
#undef FINISH_LANES
#undef FINISH_CHANNEL
#undef STORE

/* ---- AVX-512 with VNNI. ---- */

#define VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512vnni")))

VNNI static inline __m512i clamp_vnni(__m512i head, const assay_rescale *rescale) {
    head = _mm512_max_epi32(head, _mm512_set1_epi32(rescale->low));
    return _mm512_min_epi32(head, _mm512_set1_epi32(rescale->high));
}

VNNI static inline __mmask16 lane_mask(size_t left) { return (__mmask16)((1u << left) - 1); }

VNNI static inline __m512i lanes_vnni(__m512i sum, const assay_rescale *rescale, size_t output,
                                      size_t left) {
    __mmask16 mask = lane_mask(left);
    sum = _mm512_add_epi32(sum, _mm512_maskz_loadu_epi32(mask, rescale->bias + output));
    if (!rescale->shifts) return sum;
    __m512i shift = _mm512_maskz_loadu_epi32(mask, rescale->shifts + output);
    __m512i one = _mm512_set1_epi32(1);
    __m512i half = _mm512_sllv_epi32(one, _mm512_sub_epi32(shift, one));
    return clamp_vnni(_mm512_srav_epi32(_mm512_add_epi32(sum, half), shift), rescale);
}

VNNI static inline __m512i channel_vnni(__m512i sum, const assay_rescale *rescale,
                                        size_t channel) {
    sum = _mm512_add_epi32(sum, _mm512_set1_epi32(rescale->bias[channel]));
    if (!rescale->shifts) return sum;
    int shift = rescale->shifts[channel];
    sum = _mm512_add_epi32(sum, _mm512_set1_epi32(1 << (shift - 1)));
    return clamp_vnni(_mm512_sra_epi32(sum, _mm_cvtsi32_si128(shift)), rescale);
}

VNNI static inline void store_vnni(__m512i sum, int element, size_t left, char *out) {
    __mmask16 mask = lane_mask(left);
    switch (element) {
    case ASSAY_I32: _mm512_mask_storeu_epi32(out, mask, sum); break;
    case ASSAY_I16: _mm512_mask_cvtepi32_storeu_epi16(out, mask, sum); break;
    default: _mm512_mask_cvtepi32_storeu_epi8(out, mask, sum);
    }
}

#define TARGET VNNI
#define VEC __m512i
#define LANES 16
#define ZERO() _mm512_setzero_si512()
#define VECTORS_MAX 4
#define ROW(p, i) _mm512_set1_epi32(wide_pair((p) + 4 * (i)))
#define FINISH_LANES lanes_vnni
#define FINISH_CHANNEL channel_vnni
#define STORE store_vnni

/* Weights along the lanes, activations in all of them. */
#define NAME(x) vnni_quads_##x
#define VECTOR(p) _mm512_loadu_si512(p)
#define VECTOR_BYTES 64
#define DOT(sum, v, b) _mm512_dpbusd_epi32(sum, b, v)
#include "integer_product_kernel.h"
#undef NAME
#undef DOT

/* Activations along the lanes, weights in all of them. */
#define NAME(x) vnni_quad_planes_##x
#define DOT(sum, v, b) _mm512_dpbusd_epi32(sum, v, b)
#define PLANES
#include "integer_product_kernel.h"
#undef NAME
#undef DOT

#define DOT(sum, v, b) _mm512_dpwssd_epi32(sum, v, b)
#define NAME(x) vnni_wide_##x
#include "integer_product_kernel.h"
#undef PLANES
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES

#define NAME(x) vnni_narrow_##x
#define VECTOR(p) _mm512_cvtepi8_epi16(_mm256_loadu_si256((const __m256i *)(p)))
#define VECTOR_BYTES 32
#include "integer_product_kernel.h"
#undef NAME
#undef VECTOR
#undef VECTOR_BYTES
#undef DOT

#endif

void assay_product_rows(int level, int form, int isWide, const void *x, size_t rows, size_t steps,
                        const void *packed, size_t from, size_t to, size_t outputs,
                        const assay_rescale *rescale, void *out, size_t stride) {
#define ROWS(name) name(x, rows, steps, packed, from, to, outputs, rescale, out, stride)
#if defined(__x86_64__)
    if (level == ASSAY_AVX512_VNNI) {
        if (form == ASSAY_QUADS) return ROWS(vnni_quads_rows);
        return isWide ? ROWS(vnni_wide_rows) : ROWS(vnni_narrow_rows);
    }
    if (level == ASSAY_AVX2) return isWide ? ROWS(avx2_wide_rows) : ROWS(avx2_narrow_rows);
#endif
    return isWide ? ROWS(scalar_wide_rows) : ROWS(scalar_narrow_rows);
#undef ROWS
}

void assay_product_planes(int level, int form, const void *weights, size_t channels, size_t steps,
                          const void *panel, size_t stride, size_t positions,
                          const assay_rescale *rescale, void *out, size_t outStride) {
#define PLANES(name) \
    name(weights, channels, steps, panel, stride, positions, rescale, out, outStride)
#if defined(__x86_64__)
    if (level == ASSAY_AVX512_VNNI)
        return form == ASSAY_QUADS ? PLANES(vnni_quad_planes_planes) : PLANES(vnni_wide_planes);
    if (level == ASSAY_AVX2) return PLANES(avx2_wide_planes);
#endif
    return PLANES(scalar_wide_planes);
#undef PLANES
}
