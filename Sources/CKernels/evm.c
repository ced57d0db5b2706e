// The EVM's short opcodes: stack, arithmetic, memory, jumps. One function an opcode; each ends by
// calling the next one's as its last act, in the calling convention that keeps all registers.
//
// The Swift interpreter runs every opcode too, and all that this leaves to it; tests hold them
// equal. Each handler checks its requirements first, and leaves before anything is changed.

#include "evm.h"

#include "evm_digests.h"
#include "evm_words.h"

#define PRESERVE_NONE __attribute__((preserve_none))
#define TAIL __attribute__((musttail)) return
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)

// The top word is in registers; its place in memory is stale. The word under the lowest one of a
// frame belongs to another, and is written back as it was read.
#define REGISTERS                                                                       \
    const uint8_t *counter, uint64_t *top, int64_t gas, const void *const *handlers,    \
        const uint64_t *bottom, struct assay_evm_registers *r, uint64_t t0,             \
        uint64_t t1, uint64_t t2, uint64_t t3
#define SAME counter, top, gas, handlers, bottom, r, t0, t1, t2, t3
#define TOP ((word){{t0, t1, t2, t3}})
#define SET_TOP(expression)                                                             \
    do {                                                                                \
        word set_ = (expression);                                                       \
        t0 = set_.limb[0], t1 = set_.limb[1], t2 = set_.limb[2], t3 = set_.limb[3];     \
    } while (0)

/// The place of a word `depth` under the top one, which is at 0.
#define PLACE(depth) (top - ((depth) + 1) * WORD)

typedef PRESERVE_NONE void (*handler)(REGISTERS);

#define NEXT TAIL((handler)handlers[*counter])(SAME)

PRESERVE_NONE static void leave(REGISTERS) {
    (void)handlers, (void)bottom;
    put_word(PLACE(0), TOP);
    r->counter = counter;
    r->top = top;
    r->gas = gas;
}

enum { STACK_WORDS = 1024 };

/// Ends the kernel before the opcode unless gas and stack suffice.
#define REQUIRE(cost, takes, gives)                                                     \
    do {                                                                                \
        if (UNLIKELY(gas < (cost))) TAIL leave(SAME);                                   \
        if ((takes) > 0 && UNLIKELY(top < bottom + (takes) * WORD)) TAIL leave(SAME);   \
        if ((gives) > (takes) && UNLIKELY(top >= bottom + STACK_WORDS * WORD))          \
            TAIL leave(SAME);                                                           \
    } while (0)

/// Goes on behind the opcode, the top word being what `SET_TOP` made it.
#define DONE(cost, takes, gives, bytes)                                                 \
    do {                                                                                \
        gas -= (cost);                                                                  \
        top += ((gives) - (takes)) * WORD;                                              \
        counter += (bytes);                                                             \
        NEXT;                                                                           \
    } while (0)

// MARK: Facts

// Opcode, name, cost, words taken, words left.
#define BINARY_OPCODES(X)                                                               \
    X(0x01, add, 3, 2, 1)                                                               \
    X(0x02, multiply, 5, 2, 1)                                                          \
    X(0x03, subtract, 3, 2, 1)                                                          \
    X(0x0b, sign_extend, 5, 2, 1)                                                       \
    X(0x10, less_than, 3, 2, 1)                                                         \
    X(0x11, greater_than, 3, 2, 1)                                                      \
    X(0x12, signed_less_than, 3, 2, 1)                                                  \
    X(0x13, signed_greater_than, 3, 2, 1)                                               \
    X(0x14, equal, 3, 2, 1)                                                             \
    X(0x16, and, 3, 2, 1)                                                               \
    X(0x17, or, 3, 2, 1)                                                                \
    X(0x18, exclusive_or, 3, 2, 1)                                                      \
    X(0x1a, byte, 3, 2, 1)                                                              \
    X(0x1b, shift_left, 3, 2, 1)                                                        \
    X(0x1c, shift_right, 3, 2, 1)                                                       \
    X(0x1d, shift_right_signed, 3, 2, 1)

#define UNARY_OPCODES(X)                                                                \
    X(0x15, is_zero, 3, 1, 1)                                                           \
    X(0x19, not, 3, 1, 1)                                                               \
    X(0x1e, count_leading_zeros, 5, 1, 1)

#define DIVISION_OPCODES(X)                                                             \
    X(0x04, divide, 5, 2, 1)                                                            \
    X(0x05, divide_signed, 5, 2, 1)                                                     \
    X(0x06, remainder, 5, 2, 1)                                                         \
    X(0x07, remainder_signed, 5, 2, 1)                                                  \
    X(0x08, add_modulo, 8, 3, 1)                                                        \
    X(0x09, multiply_modulo, 8, 3, 1)

#define PUSHING_OPCODES(X)                                                              \
    X(0x36, call_data_size, 2, 0, 1)                                                    \
    X(0x38, code_size, 2, 0, 1)                                                         \
    X(0x3d, return_data_size, 2, 0, 1)                                                  \
    X(0x58, program_counter, 2, 0, 1)                                                   \
    X(0x59, memory_size, 2, 0, 1)                                                       \
    X(0x5a, gas_left, 2, 0, 1)                                                          \
    X(0x5f, push_zero, 2, 0, 1)

#define SPECIAL_OPCODES(X)                                                              \
    X(0x0a, power, 10, 2, 1)                                                            \
    X(0x20, keccak, 30, 2, 1)                                                           \
    X(0x35, call_data_load, 3, 1, 1)                                                    \
    X(0x37, call_data_copy, 3, 3, 0)                                                    \
    X(0x39, code_copy, 3, 3, 0)                                                         \
    X(0x3e, return_data_copy, 3, 3, 0)                                                  \
    X(0x50, pop, 2, 1, 0)                                                               \
    X(0x51, memory_load, 3, 1, 1)                                                       \
    X(0x52, memory_store, 3, 2, 0)                                                      \
    X(0x53, memory_store_byte, 3, 2, 0)                                                 \
    X(0x56, jump, 8, 1, 0)                                                              \
    X(0x57, jump_if, 10, 2, 0)                                                          \
    X(0x5b, jump_destination, 1, 0, 0)                                                  \
    X(0x5e, memory_copy, 3, 3, 0)

// First opcode, then the sizes or depths that follow on each other.
#define PUSHES(X)                                                                       \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15)    \
    X(16) X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29) \
    X(30) X(31) X(32)
#define DEPTHS(X)                                                                       \
    X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)

// MARK: Arithmetic

static inline word op_add(word x, const uint64_t *y) { return word_add(x, y); }
static inline word op_multiply(word x, const uint64_t *y) { return word_multiply(x, y); }
static inline word op_subtract(word x, const uint64_t *y) { return word_subtract(x, y); }
static inline word op_sign_extend(word x, const uint64_t *y) { return word_sign_extend(x, y); }
static inline word op_less_than(word x, const uint64_t *y) {
    return small_word(word_is_less(x, y));
}
static inline word op_greater_than(word x, const uint64_t *y) {
    return small_word(word_is_greater(x, y));
}
static inline word op_signed_less_than(word x, const uint64_t *y) {
    return small_word(word_is_less_signed(x, y));
}
static inline word op_signed_greater_than(word x, const uint64_t *y) {
    return small_word(word_is_greater_signed(x, y));
}
static inline word op_equal(word x, const uint64_t *y) { return small_word(word_is_equal(x, y)); }
static inline word op_is_zero(word x) { return small_word(is_zero(x)); }

#define EACH_LIMB(expression)                                                           \
    for (int i = 0; i < WORD; i++) x.limb[i] = expression;                              \
    return x
static inline word op_and(word x, const uint64_t *y) { EACH_LIMB(x.limb[i] & y[i]); }
static inline word op_or(word x, const uint64_t *y) { EACH_LIMB(x.limb[i] | y[i]); }
static inline word op_exclusive_or(word x, const uint64_t *y) { EACH_LIMB(x.limb[i] ^ y[i]); }
static inline word op_not(word x) { EACH_LIMB(~x.limb[i]); }

static inline word op_byte(word x, const uint64_t *y) { return word_byte(x, y); }
static inline word op_shift_left(word x, const uint64_t *y) { return word_shift_left(x, y); }
static inline word op_shift_right(word x, const uint64_t *y) { return word_shift_right(x, y); }
static inline word op_shift_right_signed(word x, const uint64_t *y) {
    return word_shift_right_signed(x, y);
}
static inline word op_count_leading_zeros(word x) { return word_count_leading_zeros(x); }

#define BINARY(opcode, name, cost, takes, gives)                                        \
    PRESERVE_NONE static void run_##name(REGISTERS) {                                   \
        REQUIRE(cost, takes, gives);                                                    \
        SET_TOP(op_##name(TOP, PLACE(1)));                                              \
        DONE(cost, takes, gives, 1);                                                    \
    }
BINARY_OPCODES(BINARY)

#define UNARY(opcode, name, cost, takes, gives)                                         \
    PRESERVE_NONE static void run_##name(REGISTERS) {                                   \
        REQUIRE(cost, takes, gives);                                                    \
        SET_TOP(op_##name(TOP));                                                        \
        DONE(cost, takes, gives, 1);                                                    \
    }
UNARY_OPCODES(UNARY)

#define DIVISION(opcode, name, cost, takes, gives)                                      \
    PRESERVE_NONE static void run_##name(REGISTERS) {                                   \
        REQUIRE(cost, takes, gives);                                                    \
        put_word(PLACE(0), TOP);                                                        \
        assay_word_##name(PLACE((takes) - 1));                                          \
        SET_TOP(word_at(PLACE((takes) - 1)));                                           \
        DONE(cost, takes, gives, 1);                                                    \
    }
DIVISION_OPCODES(DIVISION)

/// The price of a byte of exponent since EIP-160; the kernel leaves older ones to the loop.
enum { EXPONENT_BYTE_GAS = 50 };

/// Squares and multiplies, from the exponent's highest bit down.
__attribute__((noinline)) static void raise(uint64_t *base, const uint64_t *exponent, int bits) {
    uint64_t power[WORD];
    put_word(power, small_word(1));
    for (int bit = bits - 1; bit >= 0; bit--) {
        put_word(power, word_multiply(word_at(power), power));
        if (exponent[bit >> 6] >> (bit & 63) & 1) {
            put_word(power, word_multiply(word_at(power), base));
        }
    }
    put_word(base, word_at(power));
}

PRESERVE_NONE static void run_power(REGISTERS) {
    REQUIRE(10, 2, 1);
    int bits = 256 - (int)word_count_leading_zeros(word_at(PLACE(1))).limb[0];
    int64_t cost = 10 + EXPONENT_BYTE_GAS * (int64_t)((bits + 7) / 8);
    if (UNLIKELY(gas < cost)) TAIL leave(SAME);
    put_word(PLACE(0), TOP);
    raise(PLACE(0), PLACE(1), bits);
    SET_TOP(word_at(PLACE(0)));
    DONE(cost, 2, 1, 1);
}

// MARK: Small facts

#define op_call_data_size r->input_count
#define op_code_size r->code_count
#define op_return_data_size r->answer_count
#define op_program_counter (uint64_t)(counter - r->code)
#define op_memory_size r->memory_count
#define op_gas_left (uint64_t)gas - 2
#define op_push_zero 0

#define PUSHING(opcode, name, cost, takes, gives)                                       \
    PRESERVE_NONE static void run_##name(REGISTERS) {                                   \
        REQUIRE(cost, takes, gives);                                                    \
        put_word(PLACE(0), TOP);                                                        \
        SET_TOP(small_word(op_##name));                                                 \
        DONE(cost, takes, gives, 1);                                                    \
    }
PUSHING_OPCODES(PUSHING)

// MARK: Call data and memory

/// Fewer than 32 bytes as the upper ones of a word.
__attribute__((noinline, cold)) static word padded_word(const uint8_t *bytes, uint64_t count) {
    uint8_t padded[32] = {0};
    memcpy(padded, bytes, count);
    return word_from_bytes(padded);
}

PRESERVE_NONE static void run_call_data_load(REGISTERS) {
    REQUIRE(3, 1, 1);
    if (!is_below(TOP, r->input_count)) {
        SET_TOP(small_word(0));
    } else {
        const uint8_t *bytes = r->input + t0;
        uint64_t left = r->input_count - t0;
        SET_TOP(left < 32 ? padded_word(bytes, left) : word_from_bytes(bytes));
    }
    DONE(3, 1, 1, 1);
}

/// The price of a memory of so many words (Yellow Paper, equation 326).
static inline uint64_t memory_price(uint64_t words) { return 3 * words + words * words / 512; }

/// Memory is cleared in steps of so many bytes, ahead of what is paid for.
enum { CLEARED_BYTES = 1024 };

/// Pays for memory up to `memory_wanted`, clears it, and runs the opcode again.
PRESERVE_NONE __attribute__((noinline)) static void grow(REGISTERS) {
    uint64_t count = (r->memory_wanted + 31) & ~(uint64_t)31;
    if (count > r->memory_room) TAIL leave(SAME);
    uint64_t price = memory_price(count / 32) - memory_price(r->memory_count / 32);
    if (price > (uint64_t)gas) TAIL leave(SAME);
    if (count > r->memory_clean) {
        uint64_t clean = (count + CLEARED_BYTES - 1) & ~(uint64_t)(CLEARED_BYTES - 1);
        if (clean > r->memory_room) clean = r->memory_room;
        memset(r->memory + r->memory_clean, 0, clean - r->memory_clean);
        r->memory_clean = clean;
    }
    r->memory_count = count;
    gas -= (int64_t)price;
    NEXT;
}

/// Makes `count` bytes from the word on usable; otherwise the opcode ends here. Neither operand is
/// above 2³².
#define RESERVE(offset, count)                                                          \
    do {                                                                                \
        word offset_ = (offset);                                                        \
        if (UNLIKELY(!is_small(offset_) || offset_.limb[0] >> 32)) TAIL leave(SAME);    \
        uint64_t end_ = offset_.limb[0] + (count);                                      \
        if (UNLIKELY(end_ > r->memory_count)) {                                         \
            r->memory_wanted = end_;                                                    \
            TAIL grow(SAME);                                                            \
        }                                                                               \
    } while (0)

PRESERVE_NONE static void run_memory_load(REGISTERS) {
    REQUIRE(3, 1, 1);
    RESERVE(TOP, 32);
    SET_TOP(word_from_bytes(r->memory + t0));
    DONE(3, 1, 1, 1);
}

PRESERVE_NONE static void run_memory_store(REGISTERS) {
    REQUIRE(3, 2, 0);
    RESERVE(TOP, 32);
    word_to_bytes(word_at(PLACE(1)), r->memory + t0);
    SET_TOP(word_at(PLACE(2)));
    DONE(3, 2, 0, 1);
}

PRESERVE_NONE static void run_memory_store_byte(REGISTERS) {
    REQUIRE(3, 2, 0);
    RESERVE(TOP, 1);
    r->memory[t0] = (uint8_t)*PLACE(1);
    SET_TOP(word_at(PLACE(2)));
    DONE(3, 2, 0, 1);
}

/// Makes the bytes from the word on usable, as many as the word at `depth` tells; `count` and
/// `cost` become theirs. An empty range, wherever it is, is left to the loop.
#define RESERVE_RANGE(depth, fixed, each)                                               \
    word count_ = word_at(PLACE(depth));                                                \
    uint64_t count = count_.limb[0];                                                    \
    if (UNLIKELY(!is_small(count_) || count == 0 || count >> 32)) TAIL leave(SAME);     \
    int64_t cost = (fixed) + (each) * (int64_t)((count + 31) / 32);                     \
    if (UNLIKELY(gas < cost)) TAIL leave(SAME);                                         \
    RESERVE(TOP, count)

PRESERVE_NONE static void run_keccak(REGISTERS) {
    REQUIRE(30, 2, 1);
    RESERVE_RANGE(1, 30, 6);
    SET_TOP(assay_evm_hash(r->digests, r->memory + t0, count));
    DONE(cost, 2, 1, 1);
}

/// Copies `count` bytes of a source from `from` on, and zeros past its end.
static void copy_padded(
    uint8_t *to, uint64_t count, const uint8_t *source, uint64_t source_count, word from) {
    uint64_t skipped = is_below(from, source_count) ? from.limb[0] : source_count;
    uint64_t left = source_count - skipped, copied = count < left ? count : left;
    memcpy(to, source + skipped, copied);
    if (copied < count) memset(to + copied, 0, count - copied);
}

PRESERVE_NONE static void run_call_data_copy(REGISTERS) {
    REQUIRE(3, 3, 0);
    RESERVE_RANGE(2, 3, 3);
    copy_padded(r->memory + t0, count, r->input, r->input_count, word_at(PLACE(1)));
    SET_TOP(word_at(PLACE(3)));
    DONE(cost, 3, 0, 1);
}

PRESERVE_NONE static void run_code_copy(REGISTERS) {
    REQUIRE(3, 3, 0);
    RESERVE_RANGE(2, 3, 3);
    copy_padded(r->memory + t0, count, r->code, r->code_count, word_at(PLACE(1)));
    SET_TOP(word_at(PLACE(3)));
    DONE(cost, 3, 0, 1);
}

PRESERVE_NONE static void run_return_data_copy(REGISTERS) {
    REQUIRE(3, 3, 0);
    word from = word_at(PLACE(1)), wanted = word_at(PLACE(2));
    // Reading past the end halts, whatever gas there is, which is the loop's to do.
    bool is_inside = is_below(from, r->answer_count) && is_small(wanted) &&
                     wanted.limb[0] <= r->answer_count - from.limb[0];
    if (UNLIKELY(!is_inside)) TAIL leave(SAME);
    RESERVE_RANGE(2, 3, 3);
    memcpy(r->memory + t0, r->answer + from.limb[0], count);
    SET_TOP(word_at(PLACE(3)));
    DONE(cost, 3, 0, 1);
}

PRESERVE_NONE static void run_memory_copy(REGISTERS) {
    REQUIRE(3, 3, 0);
    RESERVE_RANGE(2, 3, 3);
    uint64_t from = *PLACE(1);
    RESERVE(word_at(PLACE(1)), count);
    memmove(r->memory + t0, r->memory + from, count);
    SET_TOP(word_at(PLACE(3)));
    DONE(cost, 3, 0, 1);
}

// MARK: Flow

/// Whether the word is the place of a `JUMPDEST`, as far as is known already.
static inline bool is_destination(word target, const struct assay_evm_registers *r) {
    return is_below(target, r->destination_count) &&
           (r->destinations[target.limb[0] >> 3] >> (target.limb[0] & 7) & 1) != 0;
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
    uint64_t target = t0;
    if (UNLIKELY(!is_destination(TOP, r))) TAIL leave(SAME);
    SET_TOP(word_at(PLACE(1)));
    gas -= 8;
    top -= WORD;
    GO(target);
}

PRESERVE_NONE static void run_jump_if(REGISTERS) {
    REQUIRE(10, 2, 0);
    uint64_t target = t0;
    bool is_taken = !is_zero(word_at(PLACE(1)));
    if (is_taken && UNLIKELY(!is_destination(TOP, r))) TAIL leave(SAME);
    SET_TOP(word_at(PLACE(2)));
    if (!is_taken) DONE(10, 2, 0, 1);
    gas -= 10;
    top -= 2 * WORD;
    GO(target);
}

// MARK: Stack

PRESERVE_NONE static void run_pop(REGISTERS) {
    REQUIRE(2, 1, 0);
    SET_TOP(word_at(PLACE(1)));
    DONE(2, 1, 0, 1);
}

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
        put_word(PLACE(0), TOP);                                                        \
        t0 = pushed_limb(counter + 1, count, 0), t1 = pushed_limb(counter + 1, count, 1);\
        t2 = pushed_limb(counter + 1, count, 2), t3 = pushed_limb(counter + 1, count, 3);\
        DONE(3, 0, 1, count + 1);                                                       \
    }
PUSHES(PUSH)

#define DUPLICATE(depth)                                                                \
    PRESERVE_NONE static void run_duplicate##depth(REGISTERS) {                         \
        REQUIRE(3, depth, depth + 1);                                                   \
        put_word(PLACE(0), TOP);                                                        \
        if ((depth) > 1) SET_TOP(word_at(PLACE((depth) - 1)));                          \
        DONE(3, depth, depth + 1, 1);                                                   \
    }
DEPTHS(DUPLICATE)

#define SWAP(depth)                                                                     \
    PRESERVE_NONE static void run_swap##depth(REGISTERS) {                              \
        REQUIRE(3, depth + 1, depth + 1);                                               \
        word other = word_at(PLACE(depth));                                             \
        put_word(PLACE(depth), TOP);                                                    \
        SET_TOP(other);                                                                 \
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
    BINARY_OPCODES(NAMED) UNARY_OPCODES(NAMED) DIVISION_OPCODES(NAMED) PUSHING_OPCODES(NAMED)
    SPECIAL_OPCODES(NAMED) PUSHES(PUSHED) DEPTHS(DUPLICATED) DEPTHS(SWAPPED)
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
    word t = word_at(r->top - WORD);
    ((handler)handlers[*r->counter])(
        r->counter, r->top, r->gas, handlers, r->bottom, r, t.limb[0], t.limb[1], t.limb[2],
        t.limb[3]);
}
