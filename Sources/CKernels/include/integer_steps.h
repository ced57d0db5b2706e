#pragma once
#include "integer_products.h"

/// Steps of an integer graph other than products. Sizes count elements; element types are those of
/// `integer_products.h`; `level` as there. Every level gives equal bytes.

/// `y[i] = x[i] · weights[c] + bias[c]`, `c = (i / inner) mod channels`, rescaled by channel.
void assay_affine(int level, int element, const void *x, size_t count, size_t inner,
                  size_t channels, const int32_t *weights, const assay_rescale *rescale,
                  void *out);

/// `y = x₀ · left + x₁ · right`, rescaled by channel zero, whose bias is zero.
void assay_sum(int level, int firstElement, const void *first, int secondElement,
               const void *second, size_t count, int32_t left, int32_t right,
               const assay_rescale *rescale, void *out);

/// `y = x₀ · x₁`, rescaled likewise.
void assay_multiply(int level, int firstElement, const void *first, int secondElement,
                    const void *second, size_t count, const assay_rescale *rescale, void *out);

/// `y = table[x - lowest]`; entries are as wide as `outElement`, 256 or 65,536 of them.
void assay_lookup(int level, int element, const void *x, size_t count, const void *table,
                  int outElement, void *out);

/// `y = condition ≠ 0 ? first : second`.
void assay_select(int level, int conditionElement, const void *condition, int element,
                  const void *first, const void *second, size_t count, void *out);

/// The larger or smaller of two, element by element.
void assay_extremum(int level, int element, const void *first, const void *second, size_t count,
                    int isMinimum, void *out);

/// Windows over planes, as `Window` describes them.
typedef struct {
    size_t channels, height, width, outHeight, outWidth;
    size_t kernelHeight, kernelWidth, strideHeight, strideWidth, dilationHeight, dilationWidth;
    size_t padTop, padLeft;
} assay_pool;

/// The largest of each window; taps outside the plane never win. `row` holds one row of the plane.
void assay_max_pool(int level, int element, const void *x, const assay_pool *pool, void *row,
                    void *out);

/// `acc[o, i] = weight · Σ x[o, r, i]` over the middle axis, rescaled by channel zero. `sums` holds
/// `inner` numbers.
void assay_reduce_sum(int level, int element, const void *x, size_t outer, size_t middle,
                      size_t inner, int32_t weight, const assay_rescale *rescale, int32_t *sums,
                      void *out);

/// The largest or smallest over the middle axis.
void assay_reduce_extremum(int level, int element, const void *x, size_t outer, size_t middle,
                           size_t inner, int isMinimum, void *out);

/// The position of the largest or smallest over the middle axis, the first or last of equals.
void assay_arg_extremum(int level, int element, const void *x, size_t outer, size_t middle,
                        size_t inner, int isMinimum, int takesLast, int outElement, void *out);

enum { ASSAY_COPY_RANK_MAX = 9 };

/// A box of elements that moves: `out[Σ i · outStep] = x[Σ i · step]`.
typedef struct {
    int32_t rank;
    size_t sizes[ASSAY_COPY_RANK_MAX];
    ptrdiff_t steps[ASSAY_COPY_RANK_MAX];
    ptrdiff_t outSteps[ASSAY_COPY_RANK_MAX];
} assay_copy_box;

/// `size` is that of one element: 1, 2 or 4 bytes.
void assay_copy(size_t size, const assay_copy_box *box, const void *x, void *out);

/// Sets `count` elements to one value.
void assay_fill(int element, int32_t value, size_t count, void *out);

/// `out[o, j, i] = x[o, indices[j], i]`; every index is below `middle`.
void assay_take(size_t size, int indexElement, const void *indices, size_t indexCount,
                const void *x, size_t outer, size_t middle, size_t inner, void *out);
