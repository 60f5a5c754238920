// The matrix products of a layer:
//
//     forward     Z = W^T A_prev + b     samples along the lanes, weights repeated in all lanes
//     backward    W delta                the same
//     gradient    A_prev delta^T         units along the lanes (delta transposed), samples summed
//
// Each is C = P B, where the rows of B and C lie in panels (panels.h). The smallest piece is a tile
// of C that stays in registers while k runs: for each k it loads three vectors of B, and each of
// the tile's eight rows multiplies them by its own number of P.
//
//                      B: 3 vectors              one step of k in a tile: 3 + 8 loads
//                     +-----------+              for 24 multiplications and additions
//        P: 8 rows    |   C: 24   |
//                     +-----------+
//
// Three loops around it keep close what is used again. k runs in stretches so short that a panel's
// part of B fits into the first cache, beside what passes through it; all tiles below each other
// use it before the next panel's turn. The rows of P for which they do so are limited, so that
// their part of P fits into the second cache. The lengths follow from the smallest caches that
// processors with these instructions have (32 and 256 KiB), not from one machine.
//
// A sum over k is always taken in the same order. So no result depends on how C is divided.

#pragma once
#include "panels.h"

constexpr int TILE_UNITS = REGISTERS == 32 ? 8 : 4;
constexpr Index FIRST_CACHE = 28672, SECOND_CACHE = 163840;  // bytes: the part that is counted on
constexpr Index WIDEST = VECTORS_OF_A_PANEL * LANES;
// k in a stretch, and the rows of P that share a panel of B.
constexpr Index STRETCH = FIRST_CACHE / (WIDEST * sizeof(REAL));
constexpr Index ROWS = SECOND_CACHE / (STRETCH * sizeof(REAL)) / TILE_UNITS * TILE_UNITS;
// Bytes of W from which on its columns, for the forward product, are copied into the order in which
// tiles read them. Smaller ones are read where they are: they stay in the cache.
constexpr Index LARGE = SECOND_CACHE;
// Samples in a stretch of a gradient: more, since a tile of dW, which is read and written in each
// stretch, is further away. Its rows of A are copied where the panels are so narrow that jumps from
// one to the next would take a good part of the time.
constexpr Index STRETCH_OF_SAMPLES = 2 * STRETCH;
constexpr bool PANELS_ARE_NARROW = WIDEST < 32;
constexpr Index PACKED = ROWS * STRETCH_OF_SAMPLES;  // numbers of such copies, at most

// A part of a matrix C: rows from i to i_end, panels from p to p_end.
struct Block {
    Index i, i_end, p, p_end;
};

// c += weight b, in a tile; and how many vectors of B stay in registers for all of its rows.
#if defined(__x86_64__) && !defined(__AVX__)
// There is no FMA: a product takes a register before it is added. Of the 16, 12 hold c and one the
// weight, which leaves one for B. Compilers would keep more of B, and move c to memory instead.
constexpr int VECTORS_IN_REGISTERS = 1;
INLINE void add_product(V& c, V weight, V b) {
    const V product = weight * b;
#if REAL_BITS == 32
    __asm__ volatile("addps %1, %0" : "+x"(c) : "x"(product) : "memory");
#else
    __asm__ volatile("addpd %1, %0" : "+x"(c) : "x"(product) : "memory");
#endif
}
#else
constexpr int VECTORS_IN_REGISTERS = VECTORS_OF_A_PANEL;
INLINE void add_product(V& c, V weight, V b) {
    c += weight * b;
#if defined(__clang__) && defined(__AVX2__) && !defined(__AVX512F__)
    // It would load the next weight early. With 16 registers a tile leaves room for one.
    __asm__ volatile("" : "+v"(c) : : "memory");
#endif
}
#endif

// With 16 registers, GCC would read a vector from memory again for each use.
#if defined(__x86_64__)
#define KEEP_IN_A_REGISTER(x) __asm__("" : "+v"(x))
#else
#define KEEP_IN_A_REGISTER(x)
#endif

// c[i][v] += sum_k P[i, k] B[k, v], with P[i, k] = P[i * row + k * column].
template <int UNITS, int VECTORS>
INLINE void add_products(V (&c)[UNITS][VECTORS], Index n_k, const REAL* P, Index row, Index column,
                         const REAL* B) {
    for (Index k = 0; k < n_k; k++, P += column, B += VECTORS * LANES) {
        V b[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS && v < VECTORS_IN_REGISTERS; v++) b[v] = load(B + v * LANES);
#pragma GCC unroll 8
        for (int i = 0; i < UNITS; i++) {
            const V weight = all(P[i * row]);
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                add_product(c[i][v], weight,
                            v < VECTORS_IN_REGISTERS ? b[v] : load(B + v * LANES));
        }
    }
}

// act(Number<UNITS>, i): rows i to i_end in tiles of 8, 4, 2, 1.
template <class Act>
INLINE void for_tiles(Index i, Index i_end, const Act& act) {
    if constexpr (TILE_UNITS == 8)
        for (; i + 8 <= i_end; i += 8) act(Number<8>(), i);
    for (; i + 4 <= i_end; i += 4) act(Number<4>(), i);
    if (i + 2 <= i_end) act(Number<2>(), i), i += 2;
    if (i < i_end) act(Number<1>(), i);
}

// -- forward and backward -----------------------------------------------------------------------

// A matrix of weights, or its transpose: P[i, k] = data[i * row + k * column].
struct Weights {
    const REAL* data;
    Index row, column;
};

// C = b + P B, with P of shape (n_i, n_k), B of (n_k, n), C of (n_i, n); b of (n_i,), or null for
// 0. If `adds`, C += P B.
struct Product {
    Index n_i, n_k;
    Weights P;
    const REAL *b, *B;
    REAL* C;
    bool adds = false;
};

// A stretch of columns of W for the tiles of rows i to i_end, each tile's numbers in the order in
// which it reads them: packed[(i - first) STRETCH + k UNITS + row of the tile]. W is read row by
// row: rows whose distance is a power of two share a few places of a cache, and what one of them
// brought there would be gone before the next tile's turn.
static void pack(const Weights& P, Index i, Index i_end, Index n_k, REAL* packed) {
    constexpr Index ROWS_AHEAD = 4;
    const REAL* from = P.data + i;
    const Index n_tiles = (i_end - i) / TILE_UNITS, in_tiles = n_tiles * TILE_UNITS;
    for (Index k = 0; k < n_k; k++) {
        const REAL* row = from + k * P.column;
        REAL* to = packed + k * TILE_UNITS;
        for (Index t = 0; t < n_tiles; t++, row += TILE_UNITS, to += TILE_UNITS * STRETCH) {
            __builtin_prefetch(row + ROWS_AHEAD * P.column);
            memcpy(to, row, TILE_UNITS * sizeof(REAL));
        }
    }
    i += in_tiles, from += in_tiles, packed += in_tiles * STRETCH;
    for_tiles(i, i_end, [&](auto units, Index) __attribute__((always_inline)) {
        constexpr int UNITS = decltype(units)::value;
        for (Index k = 0; k < n_k; k++)
#pragma GCC unroll 8
            for (int j = 0; j < UNITS; j++) packed[k * UNITS + j] = from[k * P.column + j];
        packed += UNITS * STRETCH, from += UNITS;
    });
}

// One stretch of k, which begins with k, for rows i to i_end of a panel. `packed` may be null.
template <int VECTORS>
INLINE void add_stretch(const Product& of, Index i, Index i_end, Index k, Index n_k, const REAL* B,
                        REAL* C, const REAL* packed) {
    constexpr Index WIDTH = VECTORS * LANES;
    const Index first = i;
    for_tiles(i, i_end, [&](auto units, Index i) __attribute__((always_inline)) {
        constexpr int UNITS = decltype(units)::value;
        REAL* tile = C + i * WIDTH;
        V c[UNITS][VECTORS];
#pragma GCC unroll 8
        for (int j = 0; j < UNITS; j++)
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                c[j][v] = k || of.adds ? load(tile + j * WIDTH + v * LANES)
                                       : all(of.b ? of.b[i + j] : 0);
        if (packed)
            add_products(c, n_k, packed + (i - first) * STRETCH, 1, UNITS, B + k * WIDTH);
        else
            add_products(c, n_k, of.P.data + i * of.P.row + k * of.P.column, of.P.row,
                         of.P.column, B + k * WIDTH);
#pragma GCC unroll 8
        for (int j = 0; j < UNITS; j++)
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) store(tile + j * WIDTH + v * LANES, c[j][v]);
    });
}

// The block of C. If there is a buffer `packed`, of PACKED numbers, the rows of P must be adjacent.
static void product(const Product& of, const Panels& samples, const Block& block, REAL* packed) {
    for (Index i = block.i; i < block.i_end; i += ROWS) {
        const Index i_end = i + ROWS < block.i_end ? i + ROWS : block.i_end;
        for (Index k = 0; k < of.n_k; k += STRETCH) {
            const Index n_k = of.n_k - k < STRETCH ? of.n_k - k : STRETCH;
            if (packed) pack({of.P.data + k * of.P.column, 1, of.P.column}, i, i_end, n_k, packed);
            for (Index p = block.p; p < block.p_end; p++) {
                const Index start = samples.start(p);
                with_vectors(samples.width(p), [&](auto vectors) __attribute__((always_inline)) {
                    add_stretch<decltype(vectors)::value>(of, i, i_end, k, n_k,
                                                          of.B + start * of.n_k,
                                                          of.C + start * of.n_i, packed);
                });
            }
        }
    }
}

// -- gradients of the weights: sums over the samples --------------------------------------------

// G = A D^T, with A of shape (n_i, n), D of (n_j, n), and G of (n_i, n_j) without padding. If
// `adds`, it is added to what is there.
struct Gradient {
    Index n_i, n_j;
    const REAL* A;
    REAL* G;
    bool adds;
};

// T = D^T in panels of units, for the units from j to j_end, the first of them that of a vector,
// and the samples of panel p; 0 in the lanes after the last unit.
static void transpose_into(Index n_units, const Panels& samples, Index p, Index j, Index j_end,
                           const REAL* D, REAL* T) {
    const Panels units(n_units);
    const Index first = samples.start(p), width = samples.width(p);
    D += first * n_units;
    for (Index q = 0; q < units.count; q++) {
        const Index start = units.start(q), end = start + units.width(q);
        for (Index at = start > j ? start : j; at < end && at < j_end; at += LANES)
            for (Index s = 0; s < width; s += LANES) {
                V rows[LANES];
#pragma GCC unroll 16
                for (Index i = 0; i < LANES; i++)
                    rows[i] = at + i < n_units ? load(D + (at + i) * width + s) : all(0);
                transpose(rows);
                REAL* to = T + start * samples.n + (first + s) * (end - start) + (at - start);
#pragma GCC unroll 16
                for (Index i = 0; i < LANES; i++) store(to + i * (end - start), rows[i]);
            }
    }
}

// Rows i to i_end of A, for the samples of the panels from p to p_end, one behind the other.
static void pack_rows(const Gradient& of, const Panels& samples, Index i, Index i_end, Index p,
                      Index p_end, REAL* packed) {
    for (const Index first = samples.start(p); p < p_end; p++) {
        const Index start = samples.start(p), width = samples.width(p);
        const REAL* row = of.A + start * of.n_i + i * width;
        REAL* to = packed + (start - first);
        for (Index k = i; k < i_end; k++, row += width, to += STRETCH_OF_SAMPLES)
            for (Index s = 0; s < width; s += LANES) *(VAnywhere*)(to + s) = load(row + s);
    }
}

// The sum over the panels from p to p_end for rows i to i_end of a panel of units, which begins
// with the unit `start`. It begins with what is in G if `adds`. `packed` may be null.
template <int VECTORS>
INLINE void add_panels(const Gradient& of, const Panels& samples, Index i, Index i_end, Index p,
                       Index p_end, const REAL* T, Index start, bool adds, const REAL* packed) {
    const Index first = i, first_sample = samples.start(p);
    const Index n_samples = samples.start(p_end) - first_sample;
    for_tiles(i, i_end, [&](auto units, Index i) __attribute__((always_inline)) {
        constexpr int UNITS = decltype(units)::value;
        REAL* tile = of.G + i * of.n_j + start;
        const Index left = of.n_j - start;
        V c[UNITS][VECTORS];
#pragma GCC unroll 8
        for (int j = 0; j < UNITS; j++)
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) {
                const REAL* before = tile + j * of.n_j + v * LANES;
                c[j][v] = adds ? load_some(before, left - v * LANES) : all(0);
            }
        if (packed)
            add_products(c, n_samples, packed + (i - first) * STRETCH_OF_SAMPLES,
                         STRETCH_OF_SAMPLES, 1, T + first_sample * VECTORS * LANES);
        for (Index panel = p; !packed && panel < p_end; panel++) {
            const Index s = samples.start(panel), width = samples.width(panel);
            add_products(c, width, of.A + s * of.n_i + i * width, width, 1,
                         T + s * VECTORS * LANES);
        }
#pragma GCC unroll 8
        for (int j = 0; j < UNITS; j++)
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                store_some(tile + j * of.n_j + v * LANES, c[j][v], left - v * LANES);
    });
}

// The end of the stretch of panels that begins with p.
INLINE Index end_of_stretch(const Panels& samples, Index p) {
    const Index most = samples.start(p) + STRETCH_OF_SAMPLES;
    for (p++; p < samples.count && samples.start(p + 1) <= most;) p++;
    return p;
}

// The block of G, whose panels are of units. There is a buffer `packed` if rows are to be copied.
static void outer_products(const Gradient& of, const Panels& samples, const REAL* T,
                           const Block& block, REAL* packed) {
    const Panels units(of.n_j);
    for (Index i = block.i; i < block.i_end; i += ROWS) {
        const Index i_end = i + ROWS < block.i_end ? i + ROWS : block.i_end;
        for (Index p = 0, p_end; p < samples.count; p = p_end) {
            p_end = end_of_stretch(samples, p);
            if (packed) pack_rows(of, samples, i, i_end, p, p_end, packed);
            for (Index q = block.p; q < block.p_end; q++) {
                const Index start = units.start(q);
                with_vectors(units.width(q), [&](auto vectors) __attribute__((always_inline)) {
                    add_panels<decltype(vectors)::value>(of, samples, i, i_end, p, p_end,
                                                         T + start * samples.n, start,
                                                         p || of.adds, packed);
                });
            }
        }
    }
}

// g[j] = sum_s T[s, j] for the panels of units from q to q_end, or added to it.
static void column_sums(Index n_units, const Panels& samples, const REAL* T, Index q, Index q_end,
                        bool adds, REAL* g) {
    const Panels units(n_units);
    for (; q < q_end; q++) {
        const Index start = units.start(q), width = units.width(q);
        for (Index j = start; j < start + width; j += LANES) {
            const REAL* column = T + start * samples.n + (j - start);
            V even = all(0), odd = all(0);
            for (Index s = 0; s < samples.n; s += 2) {
                even += load(column + s * width);
                odd += load(column + (s + 1) * width);
            }
            const V before = adds ? load_some(g + j, n_units - j) : all(0);
            store_some(g + j, before + (even + odd), n_units - j);
        }
    }
}

// -- the same as dot products over the samples, for few units -------------------------------------

// Sums that are kept in registers at a time: 4 rows and 4 columns of G, 8 and 2, or 16 and 1; half
// as many rows where there are fewer registers.
constexpr int SUMS = REGISTERS == 32 ? 16 : 8;

// Whether outer products, which transpose delta and leave lanes empty where the units are few, take
// fewer instructions, by an estimate, than dot products, which have to add up their lanes. Loads
// that the multiplications hide do not count; db does.
static bool prefers_outer_products(Index n_i, Index n_j, Index n) {
    const Index vectors_j = padded(n_j) / LANES, vectors_n = padded(n) / LANES;
    // For each vector of delta_T: a product with every row of A; load, shuffles and store of the
    // transposition; an addition for db.
    const Index outer = vectors_j * n * (n_i + ROUNDS_OF_A_TRANSPOSITION + 3);
    // For each tile: its products; then two shuffles and an addition for every sum. 8 sums are too
    // few to hide the latency of a product, which counts as two more.
    constexpr Index PRODUCTS = SUMS == 16 ? 16 : SUMS + 2;
    const Index tiles = (n_i * n_j + SUMS - 1) / SUMS;
    const Index dot = tiles * PRODUCTS * (vectors_n + 3) + n_j * (vectors_n + LANES);
    return outer < dot;
}

// G[i, j] = sum_s A[i, s] D[j, s]  for n_i <= N_ROWS rows from i on, and COLUMNS columns from j on.
// Surplus rows repeat the last one; their results are not stored.
template <int N_ROWS, int COLUMNS>
INLINE void inner_products_tile(const Gradient& of, const Panels& samples, const REAL* D, Index i,
                                Index n_i, Index j) {
    V c[SUMS];
#pragma GCC unroll 16
    for (int t = 0; t < SUMS; t++) c[t] = all(0);
    for (Index p = 0; p < samples.count; p++)
        with_vectors(samples.width(p), [&](auto vectors) __attribute__((always_inline)) {
            constexpr Index WIDTH = decltype(vectors)::value * LANES;
            const Index start = samples.start(p);
            const REAL *A = of.A + start * of.n_i + i * WIDTH, *d = D + start * of.n_j + j * WIDTH;
#pragma GCC unroll 4
            for (Index s = 0; s < WIDTH; s += LANES) {
                V delta[COLUMNS];
#pragma GCC unroll 16
                for (int t = 0; t < COLUMNS; t++) {
                    delta[t] = load(d + t * WIDTH + s);
                    if (N_ROWS > 1) KEEP_IN_A_REGISTER(delta[t]);
                }
#pragma GCC unroll 16
                for (int r = 0; r < N_ROWS; r++) {
                    const V row = load(A + (r < n_i ? r : n_i - 1) * WIDTH + s);
#pragma GCC unroll 16
                    for (int t = 0; t < COLUMNS; t++) c[r * COLUMNS + t] += row * delta[t];
                }
            }
        });
    alignas(ALIGNMENT) REAL sums[SUMS];
    sum_lanes(c, sums);
    for (Index r = 0; r < n_i; r++)
        for (Index t = 0; t < COLUMNS; t++) {
            REAL& g = of.G[(i + r) * of.n_j + j + t];
            g = of.adds ? g + sums[r * COLUMNS + t] : sums[r * COLUMNS + t];
        }
}

// Rows i to i_end of G, in the columns from j on.
template <int COLUMNS>
static void inner_products_columns(const Gradient& of, const Panels& samples, const REAL* D,
                                   Index i, Index i_end, Index j) {
    constexpr int N_ROWS = SUMS / COLUMNS;
    for (; i + N_ROWS <= i_end; i += N_ROWS)
        inner_products_tile<N_ROWS, COLUMNS>(of, samples, D, i, N_ROWS, j);
    if (i < i_end) inner_products_tile<N_ROWS, COLUMNS>(of, samples, D, i, i_end - i, j);
}

// Rows of G from i on, as long as there are columns for whole tiles. Returns how many there were.
template <int N_ROWS>
static Index inner_products_rows(const Gradient& of, const Panels& samples, const REAL* D,
                                 Index i) {
    constexpr int COLUMNS = SUMS / N_ROWS;
    Index j = 0;
    for (; j + COLUMNS <= of.n_j; j += COLUMNS)
        inner_products_tile<N_ROWS, COLUMNS>(of, samples, D, i, N_ROWS, j);
    return j;
}

// Rows i to i_end of G: 4 columns at a time, but the last 1 or 2 rows in wider tiles, where 4
// columns would leave most of a tile to surplus rows.
static void inner_products(const Gradient& of, const Panels& samples, const REAL* D, Index i,
                           Index i_end) {
    const Index left = (i_end - i) % (SUMS / 4);
    const Index wide = left == 1   ? inner_products_rows<1>(of, samples, D, i_end - 1)
                       : left == 2 ? inner_products_rows<2>(of, samples, D, i_end - 2)
                                   : 0;
    Index j = 0;
    for (; j + 4 <= of.n_j; j += 4)
        inner_products_columns<4>(of, samples, D, i, j < wide ? i_end - left : i_end, j);
    if (j + 2 <= of.n_j) inner_products_columns<2>(of, samples, D, i, i_end, j), j += 2;
    if (j < of.n_j) inner_products_columns<1>(of, samples, D, i, i_end, j);
}

// g[j] = sum_s D[j, s], or added to it.
static void row_sums(Index n_units, const Panels& samples, const REAL* D, bool adds, REAL* g) {
    for (Index j = 0; j < n_units; j++) {
        V c = all(0);
        for (Index p = 0; p < samples.count; p++) {
            const Index start = samples.start(p), width = samples.width(p);
            const REAL* row = D + start * n_units + j * width;
            for (Index s = 0; s < width; s += LANES) c += load(row + s);
        }
        g[j] = (REAL)(adds ? g[j] + sum(c) : sum(c));
    }
}
