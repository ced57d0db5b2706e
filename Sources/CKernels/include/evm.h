#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#pragma clang assume_nonnull begin

/// Digests of 64 bytes, which are the slots of mappings, that one machine computed lately.
struct assay_evm_digests;

struct assay_evm_digests *assay_evm_make_digests(void);
void assay_evm_release_digests(struct assay_evm_digests *digests);

/// The registers of a running EVM frame. Words are four limbs, least significant first.
struct assay_evm_registers {
    /// The next opcode. Code is followed by 33 zero bytes.
    const uint8_t *counter;
    /// One past the last word.
    uint64_t *top;
    int64_t gas;
    const uint64_t *bottom;
    /// The frame's memory: the bytes paid for, and how many there may be before it must move.
    uint8_t *memory;
    uint64_t memory_count;
    uint64_t memory_room;
    /// Up to where the memory is known to be zeros past `memory_count`; at least that.
    uint64_t memory_clean;
    /// The kernel's own: the end of what an opcode needs.
    uint64_t memory_wanted;
    const uint8_t *code;
    uint64_t code_count;
    /// One bit a byte of code, set at each `JUMPDEST`; null until a jump needed it.
    const uint8_t *_Nullable destinations;
    /// `code_count` when `destinations` is known, else 0.
    uint64_t destination_count;
    const uint8_t *input;
    uint64_t input_count;
    /// What the last callee answered.
    const uint8_t *answer;
    uint64_t answer_count;
    struct assay_evm_digests *digests;
};

/// What the kernel assumes of an opcode: fixed cost, words taken, words left in their place.
struct assay_evm_facts {
    uint16_t gas;
    uint8_t takes;
    uint8_t gives;
};

/// The facts of an opcode that the kernel runs; false for one that it leaves to its caller.
bool assay_evm_facts(uint8_t opcode, struct assay_evm_facts *facts);

/// Fills 256 places with the kernel's handlers of the opcodes that are `allowed`; any other
/// opcode ends `assay_evm_run`.
void assay_evm_make_handlers(const bool *allowed, const void *_Nonnull *_Nonnull handlers);

/// Runs opcodes until one that it must leave to its caller, and leaves the registers in front of
/// it, nothing charged: an opcode without a handler, too little gas, a stack too low or too full,
/// memory that must move first, a jump that may be wrong.
void assay_evm_run(struct assay_evm_registers *registers,
                   const void *_Nonnull const *_Nonnull handlers);

#pragma clang assume_nonnull end
