#include "integer_products.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

/* Operands on their way into the form that the products take. */

/* One row of numbers as unsigned bytes; 128 is added to signed ones. */
static void bytes_from(int element, const void *x, size_t count, uint8_t *out) {
    const uint8_t *bytes = x;
    if (element == ASSAY_U8) {
        memcpy(out, bytes, count);
    } else {
        for (size_t i = 0; i < count; i++) out[i] = bytes[i] ^ 0x80;
    }
}

static void words_from(int element, const void *x, size_t count, int16_t *out) {
    switch (element) {
    case ASSAY_U8:
        for (size_t i = 0; i < count; i++) out[i] = ((const uint8_t *)x)[i];
        break;
    case ASSAY_I8:
        for (size_t i = 0; i < count; i++) out[i] = ((const int8_t *)x)[i];
        break;
    default: memcpy(out, x, 2 * count);
    }
}

static size_t element_size(int element) { return element == ASSAY_I16 ? 2 : 1; }

void assay_stage_rows(int form, int element, const void *x, size_t rows, size_t inner,
                      size_t xStride, void *out) {
    const char *from = x;
    char *to = out;
    size_t size = element_size(element);
    for (size_t row = 0; row < rows; row++, from += xStride * size) {
        if (form == ASSAY_QUADS) {
            size_t whole = (inner + 3) & ~(size_t)3;
            bytes_from(element, from, inner, (uint8_t *)to);
            memset(to + inner, 0, whole - inner);
            to += whole;
        } else {
            size_t whole = (inner + 1) & ~(size_t)1;
            words_from(element, from, inner, (int16_t *)to);
            memset(to + 2 * inner, 0, 2 * (whole - inner));
            to += 2 * whole;
        }
    }
}

void assay_stage_planes(int form, int element, const void *x, size_t channels, size_t height,
                        size_t width, size_t top, size_t left, size_t paddedHeight,
                        size_t paddedWidth, size_t slack, void *out) {
    const char *from = x;
    char *to = out;
    size_t size = element_size(element);
    size_t toSize = form == ASSAY_QUADS ? 1 : 2;
    int zero = form == ASSAY_QUADS && element == ASSAY_I8 ? 0x80 : 0;
    size_t plane = paddedHeight * paddedWidth;
    int isPadded = plane != height * width;
    if (isPadded) memset(to, zero, channels * plane * toSize);
    memset(to + channels * plane * toSize, zero, slack * toSize);
    for (size_t channel = 0; channel < channels; channel++) {
        /* Without padding a plane is one long row. */
        size_t rows = isPadded ? height : 1;
        size_t count = isPadded ? width : height * width;
        for (size_t y = 0; y < rows; y++, from += count * size) {
            size_t start = channel * plane + (isPadded ? (top + y) * paddedWidth + left : 0);
            if (form == ASSAY_QUADS) {
                bytes_from(element, from, count, (uint8_t *)to + start);
            } else {
                words_from(element, from, count, (int16_t *)to + start);
            }
        }
    }
}

/* The taps of one group: inner indices behind the end have the weight zero and may read any. */
static void taps(const int32_t *offsets, size_t inner, size_t first, int count,
                 size_t result[4]) {
    for (int i = 0; i < count; i++)
        result[i] = (size_t)offsets[first + i < inner ? first + i : inner - 1];
}

static void quads_scalar(const uint8_t *corner, const size_t tap[4], size_t count, size_t step,
                         uint8_t *out) {
    for (size_t i = 0; i < count; i++, corner += step, out += 4)
        for (int j = 0; j < 4; j++) out[j] = corner[tap[j]];
}

static void pairs_scalar(const int16_t *corner, const size_t tap[4], size_t count, size_t step,
                         int16_t *out) {
    for (size_t i = 0; i < count; i++, corner += step, out += 2) {
        out[0] = corner[tap[0]];
        out[1] = corner[tap[1]];
    }
}

#if defined(__x86_64__)

/* Sixteen positions at a time, the last ones past `count`. */
__attribute__((target("avx2"))) static void quads_vector(const uint8_t *corner,
                                                         const size_t tap[4], size_t count,
                                                         uint8_t *out) {
    for (size_t i = 0; i < count; i += 16, corner += 16, out += 64) {
        __m128i a = _mm_loadu_si128((const __m128i *)(corner + tap[0]));
        __m128i b = _mm_loadu_si128((const __m128i *)(corner + tap[1]));
        __m128i c = _mm_loadu_si128((const __m128i *)(corner + tap[2]));
        __m128i d = _mm_loadu_si128((const __m128i *)(corner + tap[3]));
        __m128i abLow = _mm_unpacklo_epi8(a, b), abHigh = _mm_unpackhi_epi8(a, b);
        __m128i cdLow = _mm_unpacklo_epi8(c, d), cdHigh = _mm_unpackhi_epi8(c, d);
        _mm_storeu_si128((__m128i *)out, _mm_unpacklo_epi16(abLow, cdLow));
        _mm_storeu_si128((__m128i *)(out + 16), _mm_unpackhi_epi16(abLow, cdLow));
        _mm_storeu_si128((__m128i *)(out + 32), _mm_unpacklo_epi16(abHigh, cdHigh));
        _mm_storeu_si128((__m128i *)(out + 48), _mm_unpackhi_epi16(abHigh, cdHigh));
    }
}

__attribute__((target("avx2"))) static void pairs_vector(const int16_t *corner,
                                                         const size_t tap[4], size_t count,
                                                         int16_t *out) {
    for (size_t i = 0; i < count; i += 8, corner += 8, out += 16) {
        __m128i a = _mm_loadu_si128((const __m128i *)(corner + tap[0]));
        __m128i b = _mm_loadu_si128((const __m128i *)(corner + tap[1]));
        _mm_storeu_si128((__m128i *)out, _mm_unpacklo_epi16(a, b));
        _mm_storeu_si128((__m128i *)(out + 8), _mm_unpackhi_epi16(a, b));
    }
}

#endif

void assay_fill_panel(int level, int form, const void *planes, const int32_t *offsets,
                      size_t inner, size_t first, size_t positions, size_t width, size_t rowStep,
                      size_t columnStep, size_t stride, void *panel) {
    int group = form == ASSAY_QUADS ? 4 : 2;
    size_t tap[4];
    for (size_t k = 0; k < inner; k += group, panel = (char *)panel + stride * 4) {
        taps(offsets, inner, k, group, tap);
        /* Row by row: what a vector writes too much, the next row or group overwrites. */
        size_t y = first / width, x = first % width;
        for (size_t done = 0; done < positions; y++, x = 0) {
            size_t count = width - x < positions - done ? width - x : positions - done;
            size_t corner = y * rowStep + x * columnStep;
            char *out = (char *)panel + done * 4;
            if (form == ASSAY_QUADS) {
                const uint8_t *from = (const uint8_t *)planes + corner;
#if defined(__x86_64__)
                if (level >= ASSAY_AVX2 && columnStep == 1)
                    quads_vector(from, tap, count, (uint8_t *)out);
                else
#endif
                    quads_scalar(from, tap, count, columnStep, (uint8_t *)out);
            } else {
                const int16_t *from = (const int16_t *)planes + corner;
#if defined(__x86_64__)
                if (level >= ASSAY_AVX2 && columnStep == 1)
                    pairs_vector(from, tap, count, (int16_t *)out);
                else
#endif
                    pairs_scalar(from, tap, count, columnStep, (int16_t *)out);
            }
            done += count;
        }
    }
}

static int16_t word_at(int element, const void *x, size_t index) {
    switch (element) {
    case ASSAY_U8: return ((const uint8_t *)x)[index];
    case ASSAY_I8: return ((const int8_t *)x)[index];
    default: return ((const int16_t *)x)[index];
    }
}

void assay_pack_columns(int level, int element, const void *x, size_t inner, size_t outputs,
                        void *packed) {
    size_t lanes = assay_product_lanes(level);
    int16_t *out = packed;
    for (size_t block = 0; block < outputs; block += lanes) {
        size_t count = outputs - block < lanes ? outputs - block : lanes;
        for (size_t k = 0; k < inner; k += 2, out += 2 * lanes) {
            int hasSecond = k + 1 < inner;
            for (size_t lane = 0; lane < count; lane++) {
                out[2 * lane] = word_at(element, x, k * outputs + block + lane);
                out[2 * lane + 1] =
                    hasSecond ? word_at(element, x, (k + 1) * outputs + block + lane) : 0;
            }
            memset(out + 2 * count, 0, 4 * (lanes - count));
        }
    }
}
