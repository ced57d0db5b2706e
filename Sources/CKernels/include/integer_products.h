#pragma once
#include <stddef.h>
#include <stdint.h>

/// Instruction sets that the integer kernels can use, each a superset of the one before.
///
/// Every function here gives equal bytes at every level; a level above the machine's must not be
/// asked for. Sums wrap modulo 2³².
enum {
    ASSAY_SCALAR = 0,
    ASSAY_AVX2 = 1,
    ASSAY_AVX512_VNNI = 2,
};

/// The best level of this machine.
int assay_integer_level(void);

/// Element types, numbered as in the integer graph's bytes.
enum { ASSAY_U8 = 0, ASSAY_I8 = 1, ASSAY_I16 = 2, ASSAY_I32 = 3 };

/// How operands lie in memory for a product.
///
/// Four bytes hold neighbours along the inner axis: four unsigned 8-bit activations and four signed
/// 8-bit weights (quads), or two signed 16-bit numbers of each (pairs). An inner size that is no
/// whole number of them is filled up with zeros. Signed 8-bit activations enter quads with 128
/// added, which the bias takes back.
enum {
    ASSAY_QUADS = 0,
    ASSAY_PAIRS = 1,
};

/// The form that a level uses for activations of an element type.
int assay_product_form(int level, int element);
/// 32-bit sums in one vector: 16, 8 or 1.
size_t assay_product_lanes(int level);

/// How sums become outputs: `clamp((sum + bias + 2^(s-1)) >> s, low, high)`, or `sum + bias`.
typedef struct {
    /// One for each output channel.
    const int32_t *bias;
    /// One for each output channel; null where the bare sums are the outputs, as 32-bit integers.
    const int32_t *shifts;
    int32_t low;
    int32_t high;
    /// Of the output.
    int32_t element;
} assay_rescale;

/// Activations by weights with the outputs along the lanes: dense layers.
///
/// `x` has `rows` rows of `steps` four-byte groups. `packed` holds, for each block of lanes of
/// outputs and each group, one group for each lane; `isWide` says that its numbers are 16 bits wide,
/// otherwise weights are 8 bits wide (a group of a pair is then two bytes). Output row `r` starts at
/// `out + r · stride` elements. Only the blocks `from ..< to` are computed.
void assay_product_rows(int level, int form, int isWide, const void *x, size_t rows, size_t steps,
                        const void *packed, size_t from, size_t to, size_t outputs,
                        const assay_rescale *rescale, void *out, size_t stride);

/// Weights by activations with the positions along the lanes: convolutions.
///
/// `weights` has `channels` rows of `steps` groups, 16-bit numbers in pairs. `panel` has for each
/// group `stride` positions, of which `positions` count. Output channel `c` starts at
/// `out + c · outStride` elements.
void assay_product_planes(int level, int form, const void *weights, size_t channels, size_t steps,
                          const void *panel, size_t stride, size_t positions,
                          const assay_rescale *rescale, void *out, size_t outStride);

/// Copies `rows` rows of `inner` elements into groups, filled up with zeros.
void assay_stage_rows(int form, int element, const void *x, size_t rows, size_t inner,
                      size_t xStride, void *out);

/// Copies `channels` planes into wider ones with zeros around, in the form's number format.
/// Behind the last plane `slack` elements are written too.
void assay_stage_planes(int form, int element, const void *x, size_t channels, size_t height,
                        size_t width, size_t top, size_t left, size_t paddedHeight,
                        size_t paddedWidth, size_t slack, void *out);

/// Fills a panel for `positions` positions of one row-major output, from position `first` on.
///
/// `offsets` says for each inner index where its tap lies relative to the corner of a position; the
/// corner of output `(y, x)` is `y · rowStep + x · columnStep`. Vectors may be read behind the end
/// of the planes and written behind the end of the panel, by less than 64 bytes.
void assay_fill_panel(int level, int form, const void *planes, const int32_t *offsets,
                      size_t inner, size_t first, size_t positions, size_t width, size_t rowStep,
                      size_t columnStep, size_t stride, void *panel);

/// Packs a row-major `inner × outputs` matrix of activations for `assay_product_rows`, wide pairs.
void assay_pack_columns(int level, int element, const void *x, size_t inner, size_t outputs,
                        void *packed);
