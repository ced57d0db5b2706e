#include "fp381.h"

/* Montgomery multiplication row by row (CIOS): t += a · b[i], then t += m · p with the m that
   clears the lowest limb, then t drops that limb by a change of names. p is below 2³⁸¹, so sums of
   two products stay below 2³⁸⁴ and one subtraction at the end reduces them.

   The rows for x86-64 keep two carry chains alive at once by MULX, ADCX and ADOX, which no compiler
   at hand does by itself (Ozturk et al., "New Instructions Supporting Large Integer Arithmetic on
   Intel Architecture Processors", 2012): 38 ns against 52 for a product, 100 against 152 for a
   complex one, on the machine where this was written. */

#define INLINE static inline __attribute__((always_inline))

typedef unsigned __int128 u128;

static const assay_fp381 p = {{0xb9feffffffffaaab, 0x1eabfffeb153ffff, 0x6730d2a0f6b0f624,
                               0x64774b84f38512bf, 0x4b1ba7b6434bacd7, 0x1a0111ea397fe69a}};
/* -p⁻¹ mod 2⁶⁴. */
static const uint64_t negated_inverse = 0x89f3fffcfffcfffd;

/* left - right, and whether it is negative. */
INLINE uint64_t subtract(assay_fp381 *out, const assay_fp381 *left, const assay_fp381 *right) {
    uint64_t borrow = 0;
    for (int i = 0; i < 6; i++) {
        u128 difference = (u128)left->limb[i] - right->limb[i] - borrow;
        out->limb[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 64) & 1;
    }
    return borrow;
}

INLINE assay_fp381 reduced_once(uint64_t t0, uint64_t t1, uint64_t t2, uint64_t t3, uint64_t t4,
                                uint64_t t5) {
    assay_fp381 value = {{t0, t1, t2, t3, t4, t5}}, less;
    return subtract(&less, &value, &p) ? value : less;
}

INLINE assay_fp381 sum(const assay_fp381 *a, const assay_fp381 *b) {
    uint64_t t[6], carry = 0;
    for (int i = 0; i < 6; i++) {
        u128 s = (u128)a->limb[i] + b->limb[i] + carry;
        t[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return reduced_once(t[0], t[1], t[2], t[3], t[4], t[5]);
}

/* a - b. */
INLINE assay_fp381 difference_of(const assay_fp381 *a, const assay_fp381 *b) {
    assay_fp381 out;
    uint64_t mask = 0 - subtract(&out, a, b), carry = 0;
    for (int i = 0; i < 6; i++) {
        u128 s = (u128)out.limb[i] + (p.limb[i] & mask) + carry;
        out.limb[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    return out;
}

/* The six steps of a product, given ROW(names of t, lowest first; row; word) and FOLD(names). */
#define PRODUCT(ROW, FOLD)                                                                         \
    ROW(t0, t1, t2, t3, t4, t5, t6, a, b->limb[0]);                                                \
    FOLD(t0, t1, t2, t3, t4, t5, t6);                                                              \
    ROW(t1, t2, t3, t4, t5, t6, t0, a, b->limb[1]);                                                \
    FOLD(t1, t2, t3, t4, t5, t6, t0);                                                              \
    ROW(t2, t3, t4, t5, t6, t0, t1, a, b->limb[2]);                                                \
    FOLD(t2, t3, t4, t5, t6, t0, t1);                                                              \
    ROW(t3, t4, t5, t6, t0, t1, t2, a, b->limb[3]);                                                \
    FOLD(t3, t4, t5, t6, t0, t1, t2);                                                              \
    ROW(t4, t5, t6, t0, t1, t2, t3, a, b->limb[4]);                                                \
    FOLD(t4, t5, t6, t0, t1, t2, t3);                                                              \
    ROW(t5, t6, t0, t1, t2, t3, t4, a, b->limb[5]);                                                \
    FOLD(t5, t6, t0, t1, t2, t3, t4);                                                              \
    return reduced_once(t6, t0, t1, t2, t3, t4)

/* ROW for a · b and c · d at once. */
#define TWO_ROWS(ROW, t0, t1, t2, t3, t4, t5, t6, i)                                               \
    ROW(t0, t1, t2, t3, t4, t5, t6, a, b->limb[i]);                                                \
    ROW(t0, t1, t2, t3, t4, t5, t6, c, d->limb[i])

#define SUM_OF_PRODUCTS(ROW, FOLD)                                                                 \
    TWO_ROWS(ROW, t0, t1, t2, t3, t4, t5, t6, 0);                                                  \
    FOLD(t0, t1, t2, t3, t4, t5, t6);                                                              \
    TWO_ROWS(ROW, t1, t2, t3, t4, t5, t6, t0, 1);                                                  \
    FOLD(t1, t2, t3, t4, t5, t6, t0);                                                              \
    TWO_ROWS(ROW, t2, t3, t4, t5, t6, t0, t1, 2);                                                  \
    FOLD(t2, t3, t4, t5, t6, t0, t1);                                                              \
    TWO_ROWS(ROW, t3, t4, t5, t6, t0, t1, t2, 3);                                                  \
    FOLD(t3, t4, t5, t6, t0, t1, t2);                                                              \
    TWO_ROWS(ROW, t4, t5, t6, t0, t1, t2, t3, 4);                                                  \
    FOLD(t4, t5, t6, t0, t1, t2, t3);                                                              \
    TWO_ROWS(ROW, t5, t6, t0, t1, t2, t3, t4, 5);                                                  \
    FOLD(t5, t6, t0, t1, t2, t3, t4);                                                              \
    return reduced_once(t6, t0, t1, t2, t3, t4)

#define START uint64_t t0 = 0, t1 = 0, t2 = 0, t3 = 0, t4 = 0, t5 = 0, t6 = 0

/* MARK: Portable */

/* t += value · word; the old t6 is zero, or below what overflows. */
INLINE void add_row(uint64_t *t0, uint64_t *t1, uint64_t *t2, uint64_t *t3, uint64_t *t4,
                    uint64_t *t5, uint64_t *t6, const assay_fp381 *value, uint64_t word) {
    uint64_t *t[6] = {t0, t1, t2, t3, t4, t5}, carry = 0;
    for (int i = 0; i < 6; i++) {
        u128 s = (u128)value->limb[i] * word + *t[i] + carry;
        *t[i] = (uint64_t)s;
        carry = (uint64_t)(s >> 64);
    }
    *t6 += carry;
}

#define PORTABLE_ROW(t0, t1, t2, t3, t4, t5, t6, value, word)                                      \
    add_row(&t0, &t1, &t2, &t3, &t4, &t5, &t6, value, word)
#define PORTABLE_FOLD(t0, t1, t2, t3, t4, t5, t6)                                                  \
    PORTABLE_ROW(t0, t1, t2, t3, t4, t5, t6, &p, t0 *negated_inverse)

assay_fp381 assay_fp381_portable_product(const assay_fp381 *a, const assay_fp381 *b) {
    START;
    PRODUCT(PORTABLE_ROW, PORTABLE_FOLD);
}

assay_fp381 assay_fp381_portable_sum_of_products(const assay_fp381 *a, const assay_fp381 *b,
                                                 const assay_fp381 *c, const assay_fp381 *d) {
    START;
    SUM_OF_PRODUCTS(PORTABLE_ROW, PORTABLE_FOLD);
}

/* MARK: x86-64 with BMI2 and ADX */

#if defined(__x86_64__)

#define ASM_ROW                                                                                    \
    "xorl %%eax, %%eax\n\t"                                                                        \
    "mulxq 0(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l0]\n\t adoxq %%rcx, %[l1]\n\t"            \
    "mulxq 8(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l1]\n\t adoxq %%rcx, %[l2]\n\t"            \
    "mulxq 16(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l2]\n\t adoxq %%rcx, %[l3]\n\t"           \
    "mulxq 24(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l3]\n\t adoxq %%rcx, %[l4]\n\t"           \
    "mulxq 32(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l4]\n\t adoxq %%rcx, %[l5]\n\t"           \
    "mulxq 40(%[value]), %%rax, %%rcx\n\t adcxq %%rax, %[l5]\n\t adoxq %%rcx, %[l6]\n\t"           \
    "movl $0, %%eax\n\t adcxq %%rax, %[l6]\n\t"

#define ADX_ROW(t0, t1, t2, t3, t4, t5, t6, row, word)                                             \
    __asm__("movq %[by], %%rdx\n\t" ASM_ROW                                                        \
            : [l0] "+r"(t0), [l1] "+r"(t1), [l2] "+r"(t2), [l3] "+r"(t3), [l4] "+r"(t4),           \
              [l5] "+r"(t5), [l6] "+r"(t6)                                                         \
            : [value] "r"(row), [by] "m"(word), "m"(*(row))                                        \
            : "rax", "rcx", "rdx", "cc")

#define ADX_FOLD(t0, t1, t2, t3, t4, t5, t6)                                                       \
    __asm__("movq %[l0], %%rdx\n\t imulq %[inverse], %%rdx\n\t" ASM_ROW                            \
            : [l0] "+r"(t0), [l1] "+r"(t1), [l2] "+r"(t2), [l3] "+r"(t3), [l4] "+r"(t4),           \
              [l5] "+r"(t5), [l6] "+r"(t6)                                                         \
            : [value] "r"(&p), [inverse] "m"(negated_inverse), "m"(p)                              \
            : "rax", "rcx", "rdx", "cc")

static int has_adx;

__attribute__((constructor)) static void detect(void) {
    __builtin_cpu_init();
    has_adx = __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("adx");
}

INLINE assay_fp381 product(const assay_fp381 *a, const assay_fp381 *b) {
    START;
    PRODUCT(ADX_ROW, ADX_FOLD);
}

INLINE assay_fp381 sum_of_products(const assay_fp381 *a, const assay_fp381 *b,
                                   const assay_fp381 *c, const assay_fp381 *d) {
    START;
    SUM_OF_PRODUCTS(ADX_ROW, ADX_FOLD);
}

#else

enum { has_adx = 0 };

#define product assay_fp381_portable_product
#define sum_of_products assay_fp381_portable_sum_of_products

#endif

/* MARK: Choice */

assay_fp381 assay_fp381_product(const assay_fp381 *a, const assay_fp381 *b) {
    return has_adx ? product(a, b) : assay_fp381_portable_product(a, b);
}

assay_fp381 assay_fp381_sum_of_products(const assay_fp381 *a, const assay_fp381 *b,
                                        const assay_fp381 *c, const assay_fp381 *d) {
    return has_adx ? sum_of_products(a, b, c, d)
                   : assay_fp381_portable_sum_of_products(a, b, c, d);
}

assay_fp381_complex assay_fp381_complex_product(const assay_fp381_complex *a,
                                                const assay_fp381_complex *b) {
    assay_fp381 negated;
    subtract(&negated, &p, &a->imaginary);
    assay_fp381_complex out = {
        assay_fp381_sum_of_products(&a->real, &b->real, &negated, &b->imaginary),
        assay_fp381_sum_of_products(&a->real, &b->imaginary, &a->imaginary, &b->real),
    };
    return out;
}

/* (a + bu)² = (a + b)(a - b) + 2abu. */
assay_fp381_complex assay_fp381_complex_square(const assay_fp381_complex *a) {
    assay_fp381 both = sum(&a->real, &a->imaginary);
    assay_fp381 difference = difference_of(&a->real, &a->imaginary);
    assay_fp381 twice = sum(&a->real, &a->real);
    assay_fp381_complex out = {
        assay_fp381_product(&both, &difference),
        assay_fp381_product(&twice, &a->imaginary),
    };
    return out;
}
