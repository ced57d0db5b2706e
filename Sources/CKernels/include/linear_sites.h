#pragma once
#include <stddef.h>
#include <stdint.h>

/// What the linear argument of a proof sums over a model's tensors. Levels are those of
/// `integer_products.h`; every level gives equal numbers.

/// Dots of integers with elements of the extension field, unreduced.
///
/// `table` holds `count` elements as eight words each: six limbs below 2³¹ and two of any value.
/// For each `d < dots`, `sums[8d ..< 8d + 6]` gets `Σ_j x[d·step + j·stride] · table[j]`, limb by
/// limb; `|x| ≤ 2¹⁶` and `count ≤ 2¹⁶` keep the sums below 2⁶³.
void assay_wide_dots(int level, const int32_t *x, ptrdiff_t step, size_t dots, ptrdiff_t stride,
                     const int64_t *table, size_t count, int64_t *sums);

/// Accumulators of a layer: `out[r·rowStride + o·channelStride] = bias[o] + Σ_k x[r, k] · w[o, k]`,
/// with `x` rows × inner and `w` outputs × inner, both without gaps.
void assay_accumulate(int level, const int16_t *x, size_t rows, const int8_t *w, size_t outputs,
                      size_t inner, const int32_t *bias, int32_t *out, size_t rowStride,
                      size_t channelStride);
