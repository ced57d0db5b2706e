/* One kernel for all instruction sets: sums of R rows by V vectors, kept in registers.
 *
 * The including file defines NAME(x), TARGET, LANES, VEC, ZERO(), ROWS_MAX, VECTORS_MAX, and
 *   VECTOR(p)        the operand along the lanes, from one group for each lane
 *   VECTOR_BYTES     what VECTOR reads
 *   DOT(sum, v, b)   adds the products of a vector with one group `b` for all lanes
 *   ROW(p, i)        group i of a row, in all lanes
 * and, once for each instruction set, the epilogue's FINISH and STORE (see integer_products.c).
 */

#define TILE(R, V)                                                                               \
    TARGET static void NAME(tile_##R##_##V)(const char *rows, size_t rowStride, size_t steps,    \
                                            const char *vectors, size_t groupStride,             \
                                            size_t vectorStride, VEC sums[R][V]) {               \
        VEC s[R][V];                                                                             \
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) s[r][v] = ZERO();  \
        for (size_t i = 0; i < steps; i++) {                                                     \
            VEC x[V];                                                                            \
            UNROLL for (int v = 0; v < V; v++) x[v] =                                            \
                VECTOR(vectors + i * groupStride + v * vectorStride);                            \
            UNROLL for (int r = 0; r < R; r++) {                                                 \
                VEC b = ROW(rows + r * rowStride, i);                                            \
                UNROLL for (int v = 0; v < V; v++) s[r][v] = DOT(s[r][v], x[v], b);              \
            }                                                                                    \
        }                                                                                        \
        UNROLL for (int r = 0; r < R; r++) UNROLL for (int v = 0; v < V; v++) sums[r][v] =       \
            s[r][v];                                                                             \
    }

TILE(1, 1)
TILE(1, 2)
TILE(1, 4)
TILE(2, 1)
TILE(2, 2)
TILE(4, 1)
TILE(4, 2)
#if VECTORS_MAX >= 4
TILE(2, 4)
TILE(4, 4)
TILE(6, 4)
TILE(1, 8)
#endif
#undef TILE

/* Chooses the tile of r rows and v vectors. */
TARGET static inline void NAME(tile)(int r, int v, const char *rows, size_t rowStride,
                                     size_t steps, const char *vectors, size_t groupStride,
                                     size_t vectorStride, VEC *sums) {
#define CASE(R, V)                                                                               \
    case R * 16 + V:                                                                             \
        NAME(tile_##R##_##V)(rows, rowStride, steps, vectors, groupStride, vectorStride,         \
                             (VEC(*)[V])sums);                                                   \
        break;
    switch (r * 16 + v) {
        CASE(1, 1)
        CASE(1, 2)
        CASE(1, 4)
        CASE(2, 1)
        CASE(2, 2)
        CASE(4, 1)
        CASE(4, 2)
#if VECTORS_MAX >= 4
        CASE(2, 4)
        CASE(4, 4)
        CASE(6, 4)
        CASE(1, 8)
#endif
    }
#undef CASE
}

/* How many rows and vectors the next tile takes. */
static inline int NAME(tile_rows)(size_t left, int vectors) {
    (void)vectors;
#if VECTORS_MAX >= 4
    if (left >= 6 && vectors == 4) return 6;
#endif
    return left >= 4 ? 4 : left >= 2 ? 2 : 1;
}

static inline int NAME(tile_vectors)(size_t left, size_t rows) {
#if VECTORS_MAX >= 4
    if (rows == 1 && left >= 8) return 8;
    if (left >= 4) return 4;
#else
    if (rows == 1 && left >= 4) return 4;
#endif
    return left >= 2 ? 2 : 1;
}

TARGET static void NAME(rows)(const char *x, size_t rows, size_t steps, const char *packed,
                              size_t from, size_t to, size_t outputs,
                              const assay_rescale *rescale, char *out, size_t stride) {
    size_t size = element_size(rescale->element);
    size_t blockStride = steps * VECTOR_BYTES;
    for (size_t block = from; block < to;) {
        int v = NAME(tile_vectors)(to - block, rows);
        for (size_t row = 0; row < rows;) {
            VEC sums[24];
            int r = NAME(tile_rows)(rows - row, v);
            NAME(tile)(r, v, x + row * steps * 4, steps * 4, steps, packed + block * blockStride,
                       VECTOR_BYTES, blockStride, sums);
            for (int i = 0; i < r; i++)
                for (int j = 0; j < v; j++) {
                    size_t output = (block + j) * LANES;
                    size_t left = outputs - output < LANES ? outputs - output : LANES;
                    VEC sum = FINISH_LANES(sums[i * v + j], rescale, output, left);
                    STORE(sum, rescale->element, left,
                          out + ((row + i) * stride + output) * size);
                }
            row += r;
        }
        block += v;
    }
}

#ifdef PLANES
TARGET static void NAME(planes)(const char *weights, size_t channels, size_t steps,
                                const char *panel, size_t stride, size_t positions,
                                const assay_rescale *rescale, char *out, size_t outStride) {
    size_t size = element_size(rescale->element);
    size_t blocks = (positions + LANES - 1) / LANES;
    for (size_t block = 0; block < blocks;) {
        int v = NAME(tile_vectors)(blocks - block, channels);
        for (size_t channel = 0; channel < channels;) {
            VEC sums[24];
            int r = NAME(tile_rows)(channels - channel, v);
            NAME(tile)(r, v, weights + channel * steps * 4, steps * 4, steps,
                       panel + block * VECTOR_BYTES, stride * 4, VECTOR_BYTES, sums);
            for (int i = 0; i < r; i++)
                for (int j = 0; j < v; j++) {
                    size_t position = (block + j) * LANES;
                    size_t left = positions - position < LANES ? positions - position : LANES;
                    VEC sum = FINISH_CHANNEL(sums[i * v + j], rescale, channel + i);
                    STORE(sum, rescale->element, left,
                          out + ((channel + i) * outStride + position) * size);
                }
            channel += r;
        }
        block += v;
    }
}
#endif
