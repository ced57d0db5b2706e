#include "row_kernel.h"

#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "babybear_scalar.h"

#define UNROLL _Pragma("clang loop unroll(full)")

/* Points 0...5 of a polynomial of degree 5. */
#define ROW_POINTS 6

typedef struct {
    uint32_t sources, wordSources, forms, operations, registers, first, second;
    const uint32_t *form, *operation;
    const uint64_t *constants;
} row_program;

typedef struct {
    uint32_t isWords, slopeLimbs, start, count;
    /* Source, coefficient, whether the coefficient is an element. */
    const uint32_t *terms;
} row_form;

typedef struct {
    uint32_t *sources, *slopes, *registers, *formSlopes, *sums;
} row_scratch;

static inline row_form row_next_form(const uint32_t **at) {
    const uint32_t *words = *at;
    row_form form = {words[0], words[1], words[2], words[3], words + 4};
    *at = form.terms + 3 * form.count;
    return form;
}

static row_program row_parse(const uint32_t *words, const uint64_t *constants) {
    row_program p = {words[0], words[1], words[2],  words[3], words[4],
                     words[5], words[6], words + 7, NULL,     constants};
    const uint32_t *at = p.form;
    for (uint32_t i = 0; i < p.forms; i++) row_next_form(&at);
    p.operation = at;
    return p;
}

size_t assay_row_scratch(const uint32_t *program) {
    row_program p = row_parse(program, NULL);
    return 96 * (2 * (size_t)p.sources + p.registers + p.forms + ROW_POINTS);
}

static row_scratch row_carve(const row_program *p, uint32_t *memory) {
    row_scratch s;
    s.sources = memory;
    s.slopes = s.sources + 96 * p->sources;
    s.registers = s.slopes + 96 * p->sources;
    s.formSlopes = s.registers + 96 * p->registers;
    s.sums = s.formSlopes + 96 * p->forms;
    return s;
}

/* Rows of a source from `from` on, with padding behind the last, as words or as blocks. */
static void row_tail(const uint32_t *source, int isWords, size_t rows, const uint32_t *padding,
                     size_t from, size_t count, uint32_t *out) {
    for (size_t i = 0; i < count; i++) {
        size_t row = from + i;
        if (isWords) {
            out[i] = row < rows ? source[row] : padding[0];
        } else {
            for (int l = 0; l < 6; l++)
                out[i / 16 * 96 + 16 * l + i % 16] =
                    row < rows ? source[row / 16 * 96 + 16 * l + row % 16] : padding[l];
        }
    }
}

#define NAME(x) x##_scalar
#define TARGET
#define LANES 4
#define USES_IFMA 0
#include "babybear_core.h"
#include "row_kernel_lanes.h"
#include "babybear_end.h"

#if defined(__x86_64__)
#define NAME(x) x##_avx2
#define TARGET __attribute__((target("avx2")))
#define LANES 8
#define USES_IFMA 0
#include "babybear_core.h"
#include "row_kernel_lanes.h"
#include "babybear_end.h"

#define NAME(x) x##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512ifma")))
#define LANES 16
#define USES_IFMA 1
#include "babybear_core.h"
#include "row_kernel_lanes.h"
#include "babybear_end.h"

static int row_has_ifma(void) {
    return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl");
}

/* `call` at a level, or at the one below where an instruction set is missing. */
#define DISPATCH(call)                                                                           \
    if (level >= 2 && row_has_ifma()) {                                                          \
        call(avx512);                                                                            \
    } else if (level >= 1) {                                                                     \
        call(avx2);                                                                              \
    } else {                                                                                     \
        call(scalar);                                                                            \
    }
#else
#define DISPATCH(call)                                                                           \
    (void)level;                                                                                 \
    call(scalar);
#endif

void assay_row_sums(int level, const uint32_t *program, const uint64_t *constants,
                    const uint32_t *const *sources, const uint32_t *padding, size_t rows,
                    size_t firstBlock, size_t blockCount, const uint32_t *high,
                    const uint32_t *low, uint32_t points, uint32_t *scratch, uint32_t *sums) {
    row_program p = row_parse(program, constants);
    row_scratch s = row_carve(&p, scratch);
    memset(s.sums, 0, 4 * 96 * ROW_POINTS);
#define CALL(NAME)                                                                               \
    row_sums_##NAME(&p, sources, padding, rows, firstBlock, blockCount, high, points, s); \
    row_weigh_##NAME(low, s.sums)
    DISPATCH(CALL)
#undef CALL
    for (int i = 0; i < 6 * ROW_POINTS; i++) {
        uint64_t sum = 0;
        for (int lane = 0; lane < 16; lane++) sum += s.sums[16 * i + lane];
        sums[i] = (uint32_t)(sum % P);
    }
}

void assay_row_values(int level, const uint32_t *program, const uint64_t *constants,
                      const uint32_t *const *sources, const uint32_t *padding, size_t rows,
                      size_t firstBlock, size_t blockCount, uint32_t *scratch, uint32_t *first,
                      uint32_t *second) {
    row_program p = row_parse(program, constants);
    row_scratch s = row_carve(&p, scratch);
#define CALL(NAME)                                                                               \
    row_values_##NAME(&p, sources, padding, rows, firstBlock, blockCount, s, first, second)
    DISPATCH(CALL)
#undef CALL
    size_t end = 16 * (firstBlock + blockCount);
    for (size_t row = rows; row < end; row++) {
        size_t at = row - 16 * firstBlock;
        for (int l = 0; l < 6; l++)
            first[at / 16 * 96 + 16 * l + at % 16] = second[at / 16 * 96 + 16 * l + at % 16] = 0;
    }
}

void assay_row_fold(int level, const uint32_t *source, int isWords, size_t rows,
                    const uint32_t *padding, const uint32_t *r, size_t firstBlock,
                    size_t blockCount, uint32_t *out) {
#define CALL(NAME)                                                                               \
    row_fold_##NAME(source, isWords, rows, padding, r, firstBlock, blockCount, out)
    DISPATCH(CALL)
#undef CALL
}

void assay_row_products(int level, const uint32_t *a, const uint32_t *b, size_t blockCount,
                        uint32_t *out) {
#define CALL(NAME) row_products_##NAME(a, b, blockCount, out)
    DISPATCH(CALL)
#undef CALL
}
