// Keccak-256 as a word, with a memory for what contracts hash again and again.
#pragma once
#include "evm_words.h"

struct assay_evm_digests;

word assay_evm_hash(struct assay_evm_digests *known, const uint8_t *bytes, uint64_t count);
