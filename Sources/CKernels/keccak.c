#include "keccak.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

static const uint64_t round_constants[24] = {
    0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000,
    0x000000000000808b, 0x0000000080000001, 0x8000000080008081, 0x8000000000008009,
    0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
    0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003,
    0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
    0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
};

#define ROL(x, n) (((x) << (n)) | ((x) >> (64 - (n))))

/* One round from lanes A to lanes E; lanes are named by row (b g k m s) and column (a e i o u). */
#define ROUND(A, E, constant)                                                          \
    do {                                                                               \
        __typeof__(A##ba) c0 = A##ba ^ A##ga ^ A##ka ^ A##ma ^ A##sa;                           \
        __typeof__(A##ba) c1 = A##be ^ A##ge ^ A##ke ^ A##me ^ A##se;                           \
        __typeof__(A##ba) c2 = A##bi ^ A##gi ^ A##ki ^ A##mi ^ A##si;                           \
        __typeof__(A##ba) c3 = A##bo ^ A##go ^ A##ko ^ A##mo ^ A##so;                           \
        __typeof__(A##ba) c4 = A##bu ^ A##gu ^ A##ku ^ A##mu ^ A##su;                           \
        __typeof__(A##ba) d0 = c4 ^ ROL(c1, 1), d1 = c0 ^ ROL(c2, 1), d2 = c1 ^ ROL(c3, 1);     \
        __typeof__(A##ba) d3 = c2 ^ ROL(c4, 1), d4 = c3 ^ ROL(c0, 1);                           \
        __typeof__(A##ba) b0, b1, b2, b3, b4;                                                   \
        b0 = A##ba ^ d0, b1 = ROL(A##ge ^ d1, 44), b2 = ROL(A##ki ^ d2, 43);           \
        b3 = ROL(A##mo ^ d3, 21), b4 = ROL(A##su ^ d4, 14);                            \
        E##ba = b0 ^ (~b1 & b2) ^ (constant), E##be = b1 ^ (~b2 & b3);                 \
        E##bi = b2 ^ (~b3 & b4), E##bo = b3 ^ (~b4 & b0), E##bu = b4 ^ (~b0 & b1);     \
        b0 = ROL(A##bo ^ d3, 28), b1 = ROL(A##gu ^ d4, 20), b2 = ROL(A##ka ^ d0, 3);   \
        b3 = ROL(A##me ^ d1, 45), b4 = ROL(A##si ^ d2, 61);                            \
        E##ga = b0 ^ (~b1 & b2), E##ge = b1 ^ (~b2 & b3), E##gi = b2 ^ (~b3 & b4);     \
        E##go = b3 ^ (~b4 & b0), E##gu = b4 ^ (~b0 & b1);                              \
        b0 = ROL(A##be ^ d1, 1), b1 = ROL(A##gi ^ d2, 6), b2 = ROL(A##ko ^ d3, 25);    \
        b3 = ROL(A##mu ^ d4, 8), b4 = ROL(A##sa ^ d0, 18);                             \
        E##ka = b0 ^ (~b1 & b2), E##ke = b1 ^ (~b2 & b3), E##ki = b2 ^ (~b3 & b4);     \
        E##ko = b3 ^ (~b4 & b0), E##ku = b4 ^ (~b0 & b1);                              \
        b0 = ROL(A##bu ^ d4, 27), b1 = ROL(A##ga ^ d0, 36), b2 = ROL(A##ke ^ d1, 10);  \
        b3 = ROL(A##mi ^ d2, 15), b4 = ROL(A##so ^ d3, 56);                            \
        E##ma = b0 ^ (~b1 & b2), E##me = b1 ^ (~b2 & b3), E##mi = b2 ^ (~b3 & b4);     \
        E##mo = b3 ^ (~b4 & b0), E##mu = b4 ^ (~b0 & b1);                              \
        b0 = ROL(A##bi ^ d2, 62), b1 = ROL(A##go ^ d3, 55), b2 = ROL(A##ku ^ d4, 39);  \
        b3 = ROL(A##ma ^ d0, 41), b4 = ROL(A##se ^ d1, 2);                             \
        E##sa = b0 ^ (~b1 & b2), E##se = b1 ^ (~b2 & b3), E##si = b2 ^ (~b3 & b4);     \
        E##so = b3 ^ (~b4 & b0), E##su = b4 ^ (~b0 & b1);                              \
    } while (0)

#define LANES(T, P)                                                                    \
    T P##ba, P##be, P##bi, P##bo, P##bu, P##ga, P##ge, P##gi, P##go, P##gu;     \
    T P##ka, P##ke, P##ki, P##ko, P##ku, P##ma, P##me, P##mi, P##mo, P##mu;     \
    T P##sa, P##se, P##si, P##so, P##su

#define BODY(T)                                                                        \
    LANES(T, a);                                                                       \
    LANES(T, e);                                                                       \
    aba = s[0], abe = s[1], abi = s[2], abo = s[3], abu = s[4];                        \
    aga = s[5], age = s[6], agi = s[7], ago = s[8], agu = s[9];                        \
    aka = s[10], ake = s[11], aki = s[12], ako = s[13], aku = s[14];                   \
    ama = s[15], ame = s[16], ami = s[17], amo = s[18], amu = s[19];                   \
    asa = s[20], ase = s[21], asi = s[22], aso = s[23], asu = s[24];                   \
    for (int round = 0; round < 24; round += 2) {                                      \
        ROUND(a, e, round_constants[round]);                                           \
        ROUND(e, a, round_constants[round + 1]);                                       \
    }                                                                                  \
    s[0] = aba, s[1] = abe, s[2] = abi, s[3] = abo, s[4] = abu;                        \
    s[5] = aga, s[6] = age, s[7] = agi, s[8] = ago, s[9] = agu;                        \
    s[10] = aka, s[11] = ake, s[12] = aki, s[13] = ako, s[14] = aku;                   \
    s[15] = ama, s[16] = ame, s[17] = ami, s[18] = amo, s[19] = amu;                   \
    s[20] = asa, s[21] = ase, s[22] = asi, s[23] = aso, s[24] = asu

static void permute_generic(uint64_t s[25]) {
    BODY(uint64_t);
}

#if defined(__x86_64__)
__attribute__((target("bmi,bmi2"))) static void permute_bmi(uint64_t s[25]) {
    BODY(uint64_t);
}

#define AVX512 __attribute__((target("avx512f")))

/* Five lanes of a table; the upper three are never looked at. */
#define LANES_OF(a, b, c, d, e) _mm512_setr_epi64(a, b, c, d, e, 0, 0, 0)
#define XOR3(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0x96)
#define CHI(a, b, c) _mm512_ternarylogic_epi64(a, b, c, 0xd2)
#define PICK(indices, lanes) _mm512_permutexvar_epi64(indices, lanes)

/* A state, a register a row. */
struct rows {
    __m512i row[5];
};

/* Chi mixes the lanes of a row, so the rows are turned into columns by pi, which has to move every
   lane anyway, and back into rows after chi. */
AVX512 static inline __attribute__((always_inline)) void permute_rows(struct rows *s) {
    const __m512i before = LANES_OF(4, 0, 1, 2, 3), after = LANES_OF(1, 2, 3, 4, 0);
    const __m512i rho0 = LANES_OF(0, 1, 62, 28, 27), rho1 = LANES_OF(36, 44, 6, 55, 20);
    const __m512i rho2 = LANES_OF(3, 10, 43, 25, 39), rho3 = LANES_OF(41, 45, 15, 21, 8);
    const __m512i rho4 = LANES_OF(18, 2, 61, 56, 14);
    const __m512i pi0 = LANES_OF(0, 3, 1, 4, 2), pi1 = LANES_OF(1, 4, 2, 0, 3);
    const __m512i pi2 = LANES_OF(2, 0, 3, 1, 4), pi3 = LANES_OF(3, 1, 4, 2, 0);
    const __m512i pi4 = LANES_OF(4, 2, 0, 3, 1);
    const __m512i pair0 = LANES_OF(0, 1, 8, 9, 0), pair1 = LANES_OF(2, 3, 10, 11, 0);
    const __m512i pair2 = LANES_OF(4, 5, 12, 13, 0);
    __m512i row0 = s->row[0], row1 = s->row[1], row2 = s->row[2], row3 = s->row[3];
    __m512i row4 = s->row[4];
    for (int round = 0; round < 24; round++) {
        __m512i parity = XOR3(XOR3(row0, row1, row2), row3, row4);
        __m512i left = PICK(before, parity), right = _mm512_rol_epi64(PICK(after, parity), 1);
        __m512i t0 = PICK(pi0, _mm512_rolv_epi64(XOR3(row0, left, right), rho0));
        __m512i t1 = PICK(pi1, _mm512_rolv_epi64(XOR3(row1, left, right), rho1));
        __m512i t2 = PICK(pi2, _mm512_rolv_epi64(XOR3(row2, left, right), rho2));
        __m512i t3 = PICK(pi3, _mm512_rolv_epi64(XOR3(row3, left, right), rho3));
        __m512i t4 = PICK(pi4, _mm512_rolv_epi64(XOR3(row4, left, right), rho4));
        __m512i u0 = CHI(t0, t1, t2), u1 = CHI(t1, t2, t3), u2 = CHI(t2, t3, t4);
        __m512i u3 = CHI(t3, t4, t0), u4 = CHI(t4, t0, t1);
        __m512i constant = _mm512_maskz_set1_epi64(1, (long long)round_constants[round]);
        __m512i even01 = _mm512_unpacklo_epi64(u0, u1), odd01 = _mm512_unpackhi_epi64(u0, u1);
        __m512i even23 = _mm512_unpacklo_epi64(u2, u3), odd23 = _mm512_unpackhi_epi64(u2, u3);
/* Four lanes from two pairs of columns; the fifth, and iota, come by another way meanwhile. */
#define FOURTH(place) _mm512_maskz_permutexvar_epi64(0x10, _mm512_set1_epi64(place), u4)
#define ROW(pairs, upper, lower, rest)                                                   \
    _mm512_xor_si512(_mm512_maskz_permutex2var_epi64(0x0f, upper, pairs, lower), rest)
        row0 = ROW(pair0, even01, even23, _mm512_xor_si512(FOURTH(0), constant));
        row1 = ROW(pair0, odd01, odd23, FOURTH(1));
        row2 = ROW(pair1, even01, even23, FOURTH(2));
        row3 = ROW(pair1, odd01, odd23, FOURTH(3));
        row4 = ROW(pair2, even01, even23, FOURTH(4));
    }
    s->row[0] = row0, s->row[1] = row1, s->row[2] = row2, s->row[3] = row3, s->row[4] = row4;
}

AVX512 static void permute_avx512(uint64_t s[25]) {
    struct rows rows;
    for (int i = 0; i < 5; i++) rows.row[i] = _mm512_maskz_loadu_epi64(0x1f, s + 5 * i);
    permute_rows(&rows);
    for (int i = 0; i < 5; i++) _mm512_mask_storeu_epi64(s + 5 * i, 0x1f, rows.row[i]);
}

static void (*permute)(uint64_t[25]) = permute_generic;
static int has_avx512 = 0;

/* Whether the state can stay in registers from the first byte to the digest. */
static bool hashes_in_rows = false;

__attribute__((constructor)) static void choose(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2")) permute = permute_bmi;
    if (__builtin_cpu_supports("avx512f")) permute = permute_avx512, has_avx512 = 1;
    hashes_in_rows = has_avx512 && __builtin_cpu_supports("avx512bw");
}
#else
#define permute permute_generic
#endif

void assay_keccak_f1600(uint64_t state[25]) {
    permute(state);
}

/* The rate of Keccak-256 in bytes: 1600 − 2·256 bits. */
enum { rate = 136 };

static void absorb(uint64_t state[25], const uint8_t *block) {
    for (int lane = 0; lane < rate / 8; lane++) {
        uint64_t word;
        memcpy(&word, block + 8 * lane, 8);
        state[lane] ^= word;
    }
    permute(state);
}

#if defined(__x86_64__)
enum { row_bytes = 40 };

/* Bits for the bytes of row `i` of a block that come before byte `count`. */
static inline uint64_t bytes_before(size_t count, size_t i) {
    size_t start = i * row_bytes, end = start + row_bytes;
    size_t known = count <= start ? 0 : count >= end ? row_bytes : count - start;
    return ((uint64_t)1 << known) - 1;
}

/* Rows are loaded under masks, so nothing is read past the end, and no block is built in memory,
   where wide loads would wait for narrow stores. */
__attribute__((target("avx512f,avx512bw"))) static void hash_in_rows(
    const uint8_t *data, size_t count, uint8_t *out) {
    struct rows s;
    for (int i = 0; i < 5; i++) s.row[i] = _mm512_setzero_si512();
    while (true) {
        size_t taken = count < rate ? count : rate;
        for (size_t i = 0; i < 4; i++) {
            uint64_t bytes = bytes_before(taken, i);
            const uint8_t *from = bytes == 0 ? data : data + i * row_bytes;
            s.row[i] = _mm512_xor_si512(s.row[i], _mm512_maskz_loadu_epi8(bytes, from));
        }
        if (count < rate) break;
        permute_rows(&s);
        data += rate, count -= rate;
    }
    for (size_t i = 0; i < 4; i++) {
        uint64_t last = bytes_before(count + 1, i) ^ bytes_before(count, i);
        s.row[i] = _mm512_xor_si512(s.row[i], _mm512_maskz_set1_epi8(last, 0x01));
    }
    uint64_t end = (uint64_t)1 << ((rate - 1) % row_bytes);
    s.row[3] = _mm512_xor_si512(s.row[3], _mm512_maskz_set1_epi8(end, (char)0x80));
    permute_rows(&s);
    _mm512_mask_storeu_epi64(out, 0x0f, s.row[0]);
}
#endif

void assay_keccak256(const uint8_t *data, size_t count, uint8_t *out) {
#if defined(__x86_64__)
    if (hashes_in_rows) return hash_in_rows(data, count, out);
#endif
    uint64_t state[25] = {0};
    for (; count >= rate; data += rate, count -= rate) absorb(state, data);
    uint8_t last[rate] = {0};
    if (count > 0) memcpy(last, data, count);
    last[count] = 0x01;
    last[rate - 1] |= 0x80;
    absorb(state, last);
    memcpy(out, state, 32);
}

#if defined(__x86_64__)
/* The same lane of eight states. */
typedef uint64_t eight __attribute__((vector_size(64)));

AVX512 static void permute8(eight s[25]) {
    BODY(eight);
}

/* A block of each message, its words side by side; a message that has ended gives zeros. */
AVX512 static void absorb8(eight state[25], const uint8_t blocks[8][rate]) {
    for (int lane = 0; lane < rate / 8; lane++) {
        eight words;
        for (int message = 0; message < 8; message++) {
            uint64_t word;
            memcpy(&word, blocks[message] + 8 * lane, 8);
            words[message] = word;
        }
        state[lane] ^= words;
    }
    permute8(state);
}

AVX512 static void hash8(const uint8_t *const data[8], const size_t counts[8], uint8_t *out) {
    eight state[25] = {0};
    size_t most = 0;
    for (int message = 0; message < 8; message++)
        if (counts[message] / rate > most) most = counts[message] / rate;
    for (size_t block = 0; block <= most; block++) {
        uint8_t blocks[8][rate];
        for (int message = 0; message < 8; message++) {
            size_t count = counts[message], last = count / rate;
            if (block < last) {
                memcpy(blocks[message], data[message] + block * rate, rate);
                continue;
            }
            memset(blocks[message], 0, rate);
            if (block > last) continue;
            size_t rest = count - last * rate;
            if (rest > 0) memcpy(blocks[message], data[message] + last * rate, rest);
            blocks[message][rest] = 0x01;
            blocks[message][rate - 1] |= 0x80;
        }
        absorb8(state, (const uint8_t(*)[rate])blocks);
        for (int message = 0; message < 8; message++) {
            if (block != counts[message] / rate) continue;
            for (int word = 0; word < 4; word++) {
                uint64_t lane = state[word][message];
                memcpy(out + 32 * message + 8 * word, &lane, 8);
            }
        }
    }
}
#endif

void assay_keccak256_eight(const uint8_t *const data[8], const size_t counts[8], uint8_t *out) {
#if defined(__x86_64__)
    if (has_avx512) {
        hash8(data, counts, out);
        return;
    }
#endif
    for (int message = 0; message < 8; message++)
        assay_keccak256(data[message], counts[message], out + 32 * message);
}
