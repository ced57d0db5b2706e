#pragma once
#include <stddef.h>
#include <stdint.h>

/// Applies Keccak-f[1600] to 25 lanes (FIPS 202, section 3.3).
void assay_keccak_f1600(uint64_t state[25]);

/// Keccak-256 with the original padding (0x01), as Ethereum uses it. `out` is 32 bytes.
void assay_keccak256(const uint8_t *data, size_t count, uint8_t *out);

/// Keccak-256 of eight messages at once, side by side where the processor has AVX-512. `out` is
/// eight times 32 bytes. It costs what the longest message costs.
void assay_keccak256_eight(const uint8_t *const data[8], const size_t counts[8], uint8_t *out);
