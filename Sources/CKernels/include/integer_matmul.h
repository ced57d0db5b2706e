#pragma once
#include <stddef.h>
#include <stdint.h>

/// Instruction sets that the products below can use, each a superset of the one before.
enum {
    ASSAY_SCALAR = 0,
    ASSAY_AVX2 = 1,
    ASSAY_AVX512_VNNI = 2,
};

/// The best level of this machine.
int assay_integer_level(void);

/// `out[r] = Σ x[i] · weights[r · inner + i]` modulo 2³² for `rows` rows of weights.
/// All levels give equal bytes. A level above the machine's must not be asked for.
void assay_multiply_u8(int level, const uint8_t *x, const int8_t *weights, size_t inner,
                       size_t rows, int32_t *out);
void assay_multiply_i16(int level, const int16_t *x, const int8_t *weights, size_t inner,
                        size_t rows, int32_t *out);
