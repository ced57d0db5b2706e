#pragma once
#include <stddef.h>
#include <stdint.h>

/// Arithmetic of p = 2³¹ − 2²⁷ + 1 and of its extension by X⁶ − 31, in bulk.
///
/// Elements are Montgomery forms x · 2³² mod p, below p. A base buffer has one word an element. An
/// extension buffer has blocks of 16 elements: limb l of element i is word
/// (i / 16) · 96 + l · 16 + i mod 16, and whole blocks with zeros behind the last element. 112 words
/// behind either may be read. A single extension element is six words.
///
/// Every function gives equal words at every level: 0 is portable C, 1 is AVX2, 2 is AVX-512 with
/// IFMA, or AVX2 where that is missing. A level above the machine's must not be asked for.

/// Classes of signed integers.
void assay_field_of_i32(int level, const int32_t *x, size_t count, uint32_t *out);
/// Canonical values of elements.
void assay_field_canonical(int level, const uint32_t *x, size_t count, uint32_t *out);
/// Elements of canonical values; 0 when one is not below p. May work in place.
int assay_field_of_canonical(int level, const uint32_t *x, size_t count, uint32_t *out);
/// Elements times one element. May work in place.
void assay_field_scale(int level, uint32_t factor, const uint32_t *x, size_t count, uint32_t *out);

/// Canonical values of `count` extension elements from an index on, six words each.
void assay_extension_canonical(int level, const uint32_t *x, size_t from, size_t count,
                               uint32_t *out);

/// scale · eq(point, b) for all b below 2^size, bit j of b for coordinate j.
void assay_extension_eq(int level, const uint32_t *point, size_t size, const uint32_t *scale,
                        uint32_t *out);

/// Σ x[xFrom + i] · y[yFrom + i] over extension elements.
void assay_extension_dot(int level, const uint32_t *x, size_t xFrom, const uint32_t *y,
                         size_t yFrom, size_t count, uint32_t *out);
/// Σ x[i] · y[yFrom + i], x of the base field.
void assay_field_dot(int level, const uint32_t *x, const uint32_t *y, size_t yFrom, size_t count,
                     uint32_t *out);

/// out[at + i] += factor · x[from + i] over extension elements; one buffer twice only in place.
void assay_extension_add_product(int level, const uint32_t *factor, const uint32_t *x, size_t from,
                                 size_t count, uint32_t *out, size_t at);
/// out[at + i] += factor · x[i], x of the base field.
void assay_field_add_product(int level, const uint32_t *factor, const uint32_t *x, size_t count,
                             uint32_t *out, size_t at);
/// out[at + i] += x[from + i], or -= where `isMinus`.
void assay_extension_add(int level, int isMinus, const uint32_t *x, size_t from, size_t count,
                         uint32_t *out, size_t at);
/// out[at + i] += constant.
void assay_extension_add_constant(int level, const uint32_t *constant, size_t count, uint32_t *out,
                                  size_t at);
/// All elements of `blocks` blocks times one.
void assay_extension_scale(int level, const uint32_t *factor, uint32_t *x, size_t blocks);

/// x[i] *= y[i] over whole blocks.
void assay_extension_multiply(int level, const uint32_t *y, uint32_t *x, size_t blocks);
/// x[i] *= y[i] over whole blocks, y of the base field.
void assay_field_multiply(int level, const uint32_t *y, uint32_t *x, size_t blocks);
/// Σ x[from + i].
void assay_extension_sum(int level, const uint32_t *x, size_t from, size_t count, uint32_t *out);

/// out[i] = x[(positions[i] >> shift) & mask], zero where the position is negative. Gives `count`,
/// or the index of the first position that is not below `size`.
size_t assay_extension_gather(const uint32_t *x, size_t size, const int32_t *positions,
                              size_t count, unsigned shift, uint32_t mask, uint32_t *out);
/// out[positions[i]] += x[i] where the position is not negative. Gives `count`, or the index of the
/// first position that is not below `size`, where it stops.
size_t assay_extension_scatter(const uint32_t *x, const int32_t *positions, size_t count,
                               uint32_t *out, size_t size);

/// out[i] = x[2i] + r · (x[2i + 1] − x[2i]) for i in from ..< to, 2 · to at most the count of x.
void assay_extension_fold(int level, const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                          uint32_t *out);
/// `assay_extension_fold` of base elements.
void assay_field_fold(int level, const uint32_t *r, const uint32_t *x, size_t from, size_t to,
                      uint32_t *out);

/// out[v] = Σ_u weights[u] · x[v · width + u] for rows v in from ..< to.
void assay_field_fold_columns(int level, const uint32_t *weights, size_t width, const uint32_t *x,
                              size_t from, size_t to, uint32_t *out);
/// out[at + k] = Σ_o weights[weightsFrom + o] · x[o · stride + k] for k in from ..< to, o < rows.
void assay_field_weighted_rows(int level, const uint32_t *weights, size_t weightsFrom, size_t rows,
                               const uint32_t *x, size_t stride, size_t from, size_t to,
                               uint32_t *out, size_t at);

/// Six words of Σ x[2i] · y[2i], six of Σ (x[2i+1] − x[2i]) · (y[2i+1] − y[2i]), i in from ..< to.
void assay_extension_round(int level, const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                           uint32_t *out);
/// `assay_extension_round` with x of the base field.
void assay_field_round(int level, const uint32_t *x, const uint32_t *y, size_t from, size_t to,
                       uint32_t *out);
/// Folds x and y by r at 2 · from ..< 2 · to and gives the round of the results, i in from ..< to.
/// Four elements of each exist for every i, zeros of the last block among them.
void assay_extension_fold_round(int level, const uint32_t *r, const uint32_t *x, const uint32_t *y,
                                size_t from, size_t to, uint32_t *xOut, uint32_t *yOut,
                                uint32_t *out);

/// Replaces `count` elements with their inverses; the index of the first zero, or `count`.
/// With a zero all stay as they were. `scratch` holds as many blocks as x.
size_t assay_extension_invert(int level, uint32_t *x, size_t count, uint32_t *scratch);

/// Values of polynomials at the points of a coset, bits of their indices reversed.
///
/// The data are flat words, word i at (i / 16) · blockStride + i mod 16: 2^logRows rows of `width`
/// words, width a power of two, row i the coefficients of Xⁱ. `twiddles` has for each depth d below
/// logRows, from `stageStride` << d on, the 2^d constants c with which the nodes' residues modulo
/// X^h − c and X^h + c come from the ones modulo X^2h − c²; 16 words behind them may be read. `out`
/// may be `x`.
void assay_field_transform(int level, const uint32_t *x, uint32_t *out, size_t blockStride,
                           size_t width, size_t logRows, const uint32_t *twiddles,
                           size_t stageStride);
