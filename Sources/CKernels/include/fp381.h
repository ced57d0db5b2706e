#pragma once
#include <stdint.h>

/// Elements of the prime field of BLS12-381 in Montgomery form (factor 2³⁸⁴), lowest limb first.
/// Operands are at most p, results are below p. Nothing is constant time.
typedef struct {
    uint64_t limb[6];
} assay_fp381;

/// An element real + imaginary · u with u² = -1.
typedef struct {
    assay_fp381 real, imaginary;
} assay_fp381_complex;

/// a · b.
assay_fp381 assay_fp381_product(const assay_fp381 *a, const assay_fp381 *b);

/// a · b + c · d with one reduction.
assay_fp381 assay_fp381_sum_of_products(const assay_fp381 *a, const assay_fp381 *b,
                                        const assay_fp381 *c, const assay_fp381 *d);

/// a · b and a · a in the quadratic extension.
assay_fp381_complex assay_fp381_complex_product(const assay_fp381_complex *a,
                                                const assay_fp381_complex *b);
assay_fp381_complex assay_fp381_complex_square(const assay_fp381_complex *a);

/// The first two without special instructions: what runs where the machine has none.
assay_fp381 assay_fp381_portable_product(const assay_fp381 *a, const assay_fp381 *b);
assay_fp381 assay_fp381_portable_sum_of_products(const assay_fp381 *a, const assay_fp381 *b,
                                                 const assay_fp381 *c, const assay_fp381 *d);
