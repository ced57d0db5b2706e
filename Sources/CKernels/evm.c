// The EVM's short opcodes: stack, arithmetic, memory, jumps. One function an opcode; each ends by
// calling the next one's as its last act, in the calling convention that keeps all registers.
//
// The Swift interpreter runs every opcode too, and all that this leaves to it; tests hold them
// equal. Each handler checks its requirements first, and leaves before anything is changed.

#include "evm.h"

#include "evm_words.h"
#include "keccak.h"

#define PRESERVE_NONE __attribute__((preserve_none))
#define TAIL __attribute__((musttail)) return
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

#define REGISTERS                                                                       \
    const uint8_t *counter, uint64_t *top, int64_t gas, const void *const *handlers,    \
        const uint64_t *bottom, struct assay_evm_registers *r
#define SAME counter, top, gas, handlers, bottom, r

typedef PRESERVE_NONE void (*handler)(REGISTERS);

#define NEXT TAIL((handler)handlers[*counter])(SAME)

PRESERVE_NONE static void leave(REGISTERS) {
    (void)handlers, (void)bottom;
    r->counter = counter;
    r->top = top;
    r->gas = gas;
}

enum { WORD = 4, STACK_BYTES = 1024 * 32 };

/// Ends the kernel before the opcode unless gas and stack suffice.
#define REQUIRE(cost, takes, gives)                                                     \
    do {                                                                                \
        intptr_t height = (const char *)top - (const char *)bottom;                     \
        if (UNLIKELY(gas < (cost))) TAIL leave(SAME);                                   \
        if ((takes) > 0 && UNLIKELY(height < (takes) * 32)) TAIL leave(SAME);           \
        if ((gives) > (takes) && UNLIKELY(height >= STACK_BYTES)) TAIL leave(SAME);     \
    } while (0)

#define DONE(cost, takes, gives, bytes)                                                 \
    do {                                                                                \
        gas -= (cost);                                                                  \
        top += ((gives) - (takes)) * WORD;                                              \
        counter += (bytes);                                                             \
        NEXT;                                                                           \
    } while (0)

// MARK: Facts

// Opcode, name, cost, words taken, words left.
#define PLAIN_OPCODES(X)                                                                \
    X(0x01, add, 3, 2, 1)                                                               \
    X(0x02, multiply, 5, 2, 1)                                                          \
    X(0x03, subtract, 3, 2, 1)                                                          \
    X(0x04, divide, 5, 2, 1)                                                            \
    X(0x05, divide_signed, 5, 2, 1)                                                     \
    X(0x06, remainder, 5, 2, 1)                                                         \
    X(0x07, remainder_signed, 5, 2, 1)                                                  \
    X(0x08, add_modulo, 8, 3, 1)                                                        \
    X(0x09, multiply_modulo, 8, 3, 1)                                                   \
    X(0x0b, sign_extend, 5, 2, 1)                                                       \
    X(0x10, less_than, 3, 2, 1)                                                         \
    X(0x11, greater_than, 3, 2, 1)                                                      \
    X(0x12, signed_less_than, 3, 2, 1)                                                  \
    X(0x13, signed_greater_than, 3, 2, 1)                                               \
    X(0x14, equal, 3, 2, 1)                                                             \
    X(0x15, is_zero, 3, 1, 1)                                                           \
    X(0x16, and, 3, 2, 1)                                                               \
    X(0x17, or, 3, 2, 1)                                                                \
    X(0x18, exclusive_or, 3, 2, 1)                                                      \
    X(0x19, not, 3, 1, 1)                                                               \
    X(0x1a, byte, 3, 2, 1)                                                              \
    X(0x1b, shift_left, 3, 2, 1)                                                        \
    X(0x1c, shift_right, 3, 2, 1)                                                       \
    X(0x1d, shift_right_signed, 3, 2, 1)                                                \
    X(0x1e, count_leading_zeros, 5, 1, 1)                                               \
    X(0x36, call_data_size, 2, 0, 1)                                                    \
    X(0x38, code_size, 2, 0, 1)                                                         \
    X(0x50, pop, 2, 1, 0)                                                               \
    X(0x59, memory_size, 2, 0, 1)                                                       \
    X(0x5f, push_zero, 2, 0, 1)

#define SPECIAL_OPCODES(X)                                                              \
    X(0x20, keccak, 30, 2, 1)                                                           \
    X(0x35, call_data_load, 3, 1, 1)                                                    \
    X(0x51, memory_load, 3, 1, 1)                                                       \
    X(0x52, memory_store, 3, 2, 0)                                                      \
    X(0x53, memory_store_byte, 3, 2, 0)                                                 \
    X(0x56, jump, 8, 1, 0)                                                              \
    X(0x57, jump_if, 10, 2, 0)                                                          \
    X(0x58, program_counter, 2, 0, 1)                                                   \
    X(0x5a, gas_left, 2, 0, 1)                                                          \
    X(0x5b, jump_destination, 1, 0, 0)

// First opcode, then the sizes or depths that follow on each other.
#define PUSHES(X)                                                                       \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)    \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) \
    X(30) X(31) X(32)
#define DEPTHS(X)                                                                       \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)

// MARK: Plain opcodes, on the place of their result

#define PLACE static inline void
#define UNUSED __attribute__((unused)) const struct assay_evm_registers *r

PLACE op_add(uint64_t *last, UNUSED) { word_add(last); }
PLACE op_multiply(uint64_t *last, UNUSED) { word_multiply(last); }
PLACE op_subtract(uint64_t *last, UNUSED) { word_subtract(last); }
PLACE op_divide(uint64_t *last, UNUSED) { assay_word_divide(last); }
PLACE op_divide_signed(uint64_t *last, UNUSED) { assay_word_divide_signed(last); }
PLACE op_remainder(uint64_t *last, UNUSED) { assay_word_remainder(last); }
PLACE op_remainder_signed(uint64_t *last, UNUSED) { assay_word_remainder_signed(last); }
PLACE op_add_modulo(uint64_t *last, UNUSED) { assay_word_add_modulo(last); }
PLACE op_multiply_modulo(uint64_t *last, UNUSED) { assay_word_multiply_modulo(last); }
PLACE op_sign_extend(uint64_t *last, UNUSED) { word_sign_extend(last); }

PLACE op_less_than(uint64_t *last, UNUSED) { set_word(last, word_is_less(last + WORD, last)); }
PLACE op_greater_than(uint64_t *last, UNUSED) { set_word(last, word_is_less(last, last + WORD)); }
PLACE op_signed_less_than(uint64_t *last, UNUSED) {
    set_word(last, word_is_less_signed(last + WORD, last));
}
PLACE op_signed_greater_than(uint64_t *last, UNUSED) {
    set_word(last, word_is_less_signed(last, last + WORD));
}
PLACE op_equal(uint64_t *last, UNUSED) { set_word(last, word_is_equal(last, last + WORD)); }
PLACE op_is_zero(uint64_t *last, UNUSED) { set_word(last, is_zero(last)); }

#define EACH_LIMB(expression)                                                           \
    for (int i = 0; i < WORD; i++) last[i] = alone(expression)
PLACE op_and(uint64_t *last, UNUSED) { EACH_LIMB(last[WORD + i] & last[i]); }
PLACE op_or(uint64_t *last, UNUSED) { EACH_LIMB(last[WORD + i] | last[i]); }
PLACE op_exclusive_or(uint64_t *last, UNUSED) { EACH_LIMB(last[WORD + i] ^ last[i]); }
PLACE op_not(uint64_t *last, UNUSED) { EACH_LIMB(~last[i]); }

PLACE op_byte(uint64_t *last, UNUSED) { word_byte(last); }
PLACE op_shift_left(uint64_t *last, UNUSED) { word_shift_left(last); }
PLACE op_shift_right(uint64_t *last, UNUSED) { word_shift_right(last); }
PLACE op_shift_right_signed(uint64_t *last, UNUSED) { word_shift_right_signed(last); }
PLACE op_count_leading_zeros(uint64_t *last, UNUSED) { word_count_leading_zeros(last); }

PLACE op_call_data_size(uint64_t *last, UNUSED) { set_word(last, r->input_count); }
PLACE op_code_size(uint64_t *last, UNUSED) { set_word(last, r->code_count); }
PLACE op_memory_size(uint64_t *last, UNUSED) { set_word(last, r->memory_count); }
PLACE op_push_zero(uint64_t *last, UNUSED) { set_word(last, 0); }
PLACE op_pop(__attribute__((unused)) uint64_t *last, UNUSED) {}

#define PLAIN(opcode, name, cost, takes, gives)                                         \
    PRESERVE_NONE static void run_##name(REGISTERS) {                                   \
        REQUIRE(cost, takes, gives);                                                    \
        op_##name(top - (takes) * WORD, r);                                             \
        DONE(cost, takes, gives, 1);                                                    \
    }
PLAIN_OPCODES(PLAIN)

// MARK: Call data and memory

PRESERVE_NONE static void run_call_data_load(REGISTERS) {
    REQUIRE(3, 1, 1);
    uint64_t *last = top - WORD;
    if (!is_below(last, r->input_count)) {
        set_word(last, 0);
    } else {
        uint8_t padded[32] = {0};
        const uint8_t *bytes = r->input + last[0];
        uint64_t left = r->input_count - last[0];
        if (UNLIKELY(left < 32)) {
            for (uint64_t i = 0; i < left; i++) padded[i] = bytes[i];
            bytes = padded;
        }
        for (int i = 0; i < WORD; i++) last[i] = load_big_endian(bytes + 24 - 8 * i);
    }
    DONE(3, 1, 1, 1);
}

/// The price of a memory of so many words (Yellow Paper, equation 326).
static inline uint64_t memory_price(uint64_t words) { return 3 * words + words * words / 512; }

/// Pays for memory up to `end` and clears it; false when it has no room or the gas is short.
__attribute__((noinline)) static bool grow(
    struct assay_evm_registers *r, uint64_t end, int64_t *gas) {
    uint64_t count = (end + 31) & ~(uint64_t)31;
    if (count > r->memory_room) return false;
    uint64_t price = memory_price(count / 32) - memory_price(r->memory_count / 32);
    if (price > (uint64_t)*gas) return false;
    memset(r->memory + r->memory_count, 0, count - r->memory_count);
    r->memory_count = count;
    *gas -= (int64_t)price;
    return true;
}

/// Makes `count` bytes from the word on usable; `gas` is what the opcode leaves.
static inline bool reserve(
    struct assay_evm_registers *r, const uint64_t *offset, uint64_t count, int64_t *gas) {
    if (UNLIKELY(!is_below(offset, UINT32_MAX))) return false;
    uint64_t end = offset[0] + count;
    return __builtin_expect(end <= r->memory_count, 1) || grow(r, end, gas);
}

PRESERVE_NONE static void run_memory_load(REGISTERS) {
    REQUIRE(3, 1, 1);
    uint64_t *last = top - WORD;
    int64_t left = gas - 3;
    if (UNLIKELY(!reserve(r, last, 32, &left))) TAIL leave(SAME);
    const uint8_t *bytes = r->memory + last[0];
    for (int i = 0; i < WORD; i++) last[i] = alone(load_big_endian(bytes + 24 - 8 * i));
    gas = left;
    DONE(0, 1, 1, 1);
}

PRESERVE_NONE static void run_memory_store(REGISTERS) {
    REQUIRE(3, 2, 0);
    const uint64_t *offset = top - WORD, *word = top - 2 * WORD;
    int64_t left = gas - 3;
    if (UNLIKELY(!reserve(r, offset, 32, &left))) TAIL leave(SAME);
    uint8_t *bytes = r->memory + offset[0];
    for (int i = 0; i < WORD; i++) store_big_endian(bytes + 24 - 8 * i, alone(word[i]));
    gas = left;
    DONE(0, 2, 0, 1);
}

PRESERVE_NONE static void run_memory_store_byte(REGISTERS) {
    REQUIRE(3, 2, 0);
    const uint64_t *offset = top - WORD, *word = top - 2 * WORD;
    int64_t left = gas - 3;
    if (UNLIKELY(!reserve(r, offset, 1, &left))) TAIL leave(SAME);
    r->memory[offset[0]] = (uint8_t)word[0];
    gas = left;
    DONE(0, 2, 0, 1);
}

PRESERVE_NONE static void run_keccak(REGISTERS) {
    REQUIRE(30, 2, 1);
    const uint64_t *offset = top - WORD;
    uint64_t *last = top - 2 * WORD;
    // An empty range, wherever it is, is left to the loop.
    if (UNLIKELY(is_zero(last) || !is_below(last, UINT32_MAX))) TAIL leave(SAME);
    int64_t left = gas - 30 - 6 * (int64_t)((last[0] + 31) / 32);
    if (UNLIKELY(left < 0 || !reserve(r, offset, last[0], &left))) TAIL leave(SAME);
    uint8_t digest[32];
    assay_keccak256(r->memory + offset[0], last[0], digest);
    for (int i = 0; i < WORD; i++) last[i] = load_big_endian(digest + 24 - 8 * i);
    gas = left;
    DONE(0, 2, 1, 1);
}

// MARK: Flow

/// Whether the word is the place of a `JUMPDEST`, as far as is known already.
static inline bool is_destination(const uint64_t *target, const struct assay_evm_registers *r) {
    return is_below(target, r->code_count) && r->destinations != NULL &&
           (r->destinations[target[0] >> 3] >> (target[0] & 7) & 1) != 0;
}

/// Runs all that follow on each other.
PRESERVE_NONE static void run_jump_destination(REGISTERS) {
    REQUIRE(1, 0, 0);
    do {
        gas -= 1;
        counter += 1;
    } while (*counter == 0x5b && gas > 0);
    NEXT;
}

/// Goes to a `JUMPDEST` and, if its gas is there, past it.
#define GO(target)                                                                      \
    do {                                                                                \
        counter = r->code + (target);                                                   \
        if (UNLIKELY(gas < 1)) NEXT;                                                    \
        gas -= 1;                                                                       \
        counter += 1;                                                                   \
        NEXT;                                                                           \
    } while (0)

PRESERVE_NONE static void run_jump(REGISTERS) {
    REQUIRE(8, 1, 0);
    const uint64_t *target = top - WORD;
    if (UNLIKELY(!is_destination(target, r))) TAIL leave(SAME);
    gas -= 8;
    top -= WORD;
    GO(top[0]);
}

PRESERVE_NONE static void run_jump_if(REGISTERS) {
    REQUIRE(10, 2, 0);
    const uint64_t *target = top - WORD, *condition = top - 2 * WORD;
    if (is_zero(condition)) DONE(10, 2, 0, 1);
    if (UNLIKELY(!is_destination(target, r))) TAIL leave(SAME);
    gas -= 10;
    top -= 2 * WORD;
    GO(top[WORD]);
}

PRESERVE_NONE static void run_program_counter(REGISTERS) {
    REQUIRE(2, 0, 1);
    set_word(top, (uint64_t)(counter - r->code));
    DONE(2, 0, 1, 1);
}

PRESERVE_NONE static void run_gas_left(REGISTERS) {
    REQUIRE(2, 0, 1);
    set_word(top, (uint64_t)gas - 2);
    DONE(2, 0, 1, 1);
}

// MARK: Stack

/// Limb `index` of the `count` bytes that follow the opcode.
static inline uint64_t pushed_limb(const uint8_t *bytes, int count, int index) {
    int left = count - 8 * index;
    if (left <= 0) return 0;
    if (left >= 8) return load_big_endian(bytes + left - 8);
    return load_big_endian(bytes) >> (64 - 8 * left);
}

#define PUSH(count)                                                                     \
    PRESERVE_NONE static void run_push##count(REGISTERS) {                              \
        REQUIRE(3, 0, 1);                                                               \
        for (int i = 0; i < WORD; i++) top[i] = pushed_limb(counter + 1, count, i);     \
        DONE(3, 0, 1, count + 1);                                                       \
    }
PUSHES(PUSH)

#define DUPLICATE(depth)                                                                \
    PRESERVE_NONE static void run_duplicate##depth(REGISTERS) {                         \
        REQUIRE(3, depth, depth + 1);                                                   \
        copy_word(top, top - (depth) * WORD);                                           \
        DONE(3, depth, depth + 1, 1);                                                   \
    }
DEPTHS(DUPLICATE)

#define SWAP(depth)                                                                     \
    PRESERVE_NONE static void run_swap##depth(REGISTERS) {                              \
        REQUIRE(3, depth + 1, depth + 1);                                               \
        uint64_t *last = top - WORD, *other = last - (depth) * WORD;                    \
        for (int i = 0; i < WORD; i++) {                                                \
            uint64_t upper = alone(last[i]), lower = alone(other[i]);                   \
            last[i] = lower, other[i] = upper;                                          \
        }                                                                               \
        DONE(3, depth + 1, depth + 1, 1);                                               \
    }
DEPTHS(SWAP)

// MARK: Tables

struct entry {
    handler run;
    struct assay_evm_facts facts;
};

#define NAMED(opcode, name, cost, takes, gives) [opcode] = {run_##name, {cost, takes, gives}},
#define PUSHED(count) [0x5f + (count)] = {run_push##count, {3, 0, 1}},
#define DUPLICATED(depth) [0x7f + (depth)] = {run_duplicate##depth, {3, depth, (depth) + 1}},
#define SWAPPED(depth) [0x8f + (depth)] = {run_swap##depth, {3, (depth) + 1, (depth) + 1}},

static const struct entry entries[256] = {
    PLAIN_OPCODES(NAMED) SPECIAL_OPCODES(NAMED) PUSHES(PUSHED) DEPTHS(DUPLICATED) DEPTHS(SWAPPED)
};

bool assay_evm_facts(uint8_t opcode, struct assay_evm_facts *facts) {
    *facts = entries[opcode].facts;
    return entries[opcode].run != NULL;
}

void assay_evm_make_handlers(const bool *allowed, const void **handlers) {
    for (int opcode = 0; opcode < 256; opcode++) {
        handler known = entries[opcode].run;
        handlers[opcode] = (const void *)(allowed[opcode] && known != NULL ? known : leave);
    }
}

void assay_evm_run(struct assay_evm_registers *r, const void *const *handlers) {
    ((handler)handlers[*r->counter])(r->counter, r->top, r->gas, handlers, r->bottom, r);
}
