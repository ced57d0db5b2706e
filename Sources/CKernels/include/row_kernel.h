#pragma once
#include <stddef.h>
#include <stdint.h>

/* Rows of a site: affine forms and products over blocks of 16 rows or pairs of rows.
 *
 * Words are Montgomery forms modulo 2^31 - 2^27 + 1, reduced. An element of the extension is six
 * limbs; blocks of 16 elements have limb l of lane i at word 16 * l + i. Levels are those of
 * babybear.h and give equal results.
 *
 * A program is seven counts (sources, sources that are words and not elements, forms, operations,
 * registers, first and second result), then for each form whether it is words, limbs of its slope
 * (1 or 6), constant, number of terms, and per term source, coefficient and whether that is an
 * element; then for each operation code, target, a, b, c. Sources from the number of sources on are
 * forms that came before. Constants are positions in `constants`: one word, or six limbs and 31
 * times each. Registers are the forms, then others.
 *   codes  0 a * b   1 a * b + c   2 a * b - c   3 c - a * b;   4 more: b is words
 * Rows from `rows` on have the values of `padding`, six limbs a source. */

/* Words of scratch memory, 64-byte aligned, that a program wants. */
size_t assay_row_scratch(const uint32_t *program);

/* Sums over blocks of 16 pairs (2i, 2i + 1): sums[6 * x ...] becomes
 *   sum over blocks b and lanes i of result(x) * high[b] * low[i]
 * for each x of `points` (bit x for x in 0...5), where sources are lower + x * (upper - lower).
 * `high` and `low` are blocks of elements. */
void assay_row_sums(int level, const uint32_t *program, const uint64_t *constants,
                    const uint32_t *const *sources, const uint32_t *padding, size_t rows,
                    size_t firstBlock, size_t blockCount, const uint32_t *high,
                    const uint32_t *low, uint32_t points, uint32_t *scratch, uint32_t *sums);

/* Both results for blocks of 16 rows; zero behind the last row. The first block of the results is
 * that of `firstBlock`. All sources are words. */
void assay_row_values(int level, const uint32_t *program, const uint64_t *constants,
                      const uint32_t *const *sources, const uint32_t *padding, size_t rows,
                      size_t firstBlock, size_t blockCount, uint32_t *scratch, uint32_t *first,
                      uint32_t *second);

/* out = lower + r * (upper - lower) over pairs, for blocks of 16 elements of `out`; words become
 * elements. `padding` and r are six limbs. */
void assay_row_fold(int level, const uint32_t *source, int isWords, size_t rows,
                    const uint32_t *padding, const uint32_t *r, size_t firstBlock,
                    size_t blockCount, uint32_t *out);

/* Products of elements, block by block. */
void assay_row_products(int level, const uint32_t *a, const uint32_t *b, size_t blockCount,
                        uint32_t *out);
