// Products of small matrices. Samples lie along the lanes: an array "of shape (n_units, n)" has a
// row for each unit, and its rows, ld apart, are whole vectors of samples. So the number of units
// needs no padding, and a weight is read from theta itself, one number for all lanes.

#pragma once
#include "vectors.h"

// Tiles of the result that are kept in registers: units x vectors of samples.
constexpr int TILE_UNITS = REGISTERS == 32 ? 8 : 4;
constexpr int TILE_VECTORS = 3;

// A matrix of weights, or its transpose: P[i, k] = data[i * row + k * column].
struct Weights {
    const REAL* data;
    long row, column;
};

// C[i, s] = b[i] + sum_k P[i, k] B[k, s]  for UNITS rows i and VECTORS vectors of columns s.
//
// Only `width` columns of C exist.
template <int UNITS, int VECTORS>
INLINE void product_tile(long n_k, Weights P, const REAL* b, const REAL* B, long ld_B, REAL* C,
                         long ld_C, long width) {
    V c[UNITS][VECTORS];
#pragma GCC unroll 8
    for (int i = 0; i < UNITS; i++)
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) c[i][v] = all(b ? b[i] : 0);
    for (long k = 0; k < n_k; k++) {
        V samples[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) samples[v] = load(B + k * ld_B + v * LANES);
#pragma GCC unroll 8
        for (int i = 0; i < UNITS; i++) {
            V weight = all(P.data[i * P.row + k * P.column]);
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++) c[i][v] += weight * samples[v];
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < UNITS; i++)
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++)
            store_some(C + i * ld_C + v * LANES, c[i][v], width - v * LANES);
}

// C = b + P B, with P of shape (n_i, n_k), B of (n_k, n), C of (n_i, n); b of (n_i,) or null for 0.
// The rows of B are whole vectors.
struct Product {
    long n_i, n, n_k;
    Weights P;
    const REAL *b, *B;
    long ld_B;
    REAL* C;
    long ld_C;

    // The tiles of UNITS rows from i on, in the columns from s on.
    template <int UNITS, int VECTORS>
    INLINE_MEMBER void tile(long i, long s) const {
        product_tile<UNITS, VECTORS>(n_k, {P.data + i * P.row, P.row, P.column},
                                     b ? b + i : nullptr, B + s, ld_B, C + i * ld_C + s, ld_C,
                                     n - s);
    }

    // act(UNITS, i): rows in tiles of 8, 4, 2, 1 units.
    template <class Act>
    INLINE_MEMBER void for_tiles_of_rows(const Act& act) const {
        long i = 0;
        if constexpr (TILE_UNITS == 8)
            for (; i + 8 <= n_i; i += 8) act(Number<8>(), i);
        for (; i + 4 <= n_i; i += 4) act(Number<4>(), i);
        if (i + 2 <= n_i) act(Number<2>(), i), i += 2;
        if (i < n_i) act(Number<1>(), i);
    }

    // act(VECTORS, s): columns in tiles of about equal width; 7 vectors go as 3 + 2 + 2.
    template <class Act>
    INLINE_MEMBER void for_tiles_of_columns(const Act& act) const {
        long vectors = (n + LANES - 1) / LANES, s = 0;
        for (long tiles = (vectors + TILE_VECTORS - 1) / TILE_VECTORS; tiles > 0; tiles--) {
            const long width = (vectors + tiles - 1) / tiles;
            if (width == 3)
                act(Number<3>(), s);
            else if (width == 2)
                act(Number<2>(), s);
            else
                act(Number<1>(), s);
            s += width * LANES, vectors -= width;
        }
    }
};

// Column by column: P is read again for each, and B once.
static void product_by_columns(const Product& of) {
    of.for_tiles_of_columns([&](auto vectors, long s) __attribute__((always_inline)) {
        constexpr int VECTORS = decltype(vectors)::value;
        of.for_tiles_of_rows([&](auto units, long i) __attribute__((always_inline)) {
            constexpr int UNITS = decltype(units)::value;
            of.tile<UNITS, VECTORS>(i, s);
        });
    });
}

// Row by row: B is read again for each, and P once.
static void product_by_rows(const Product& of) {
    of.for_tiles_of_rows([&](auto units, long i) __attribute__((always_inline)) {
        constexpr int UNITS = decltype(units)::value;
        of.for_tiles_of_columns([&](auto vectors, long s) __attribute__((always_inline)) {
            constexpr int VECTORS = decltype(vectors)::value;
            of.tile<UNITS, VECTORS>(i, s);
        });
    });
}

static void product(const Product& of) {
    // A matrix that does not fit into the cache beside the others should be read only once.
    const bool P_is_large = of.n_i * of.n_k * (long)sizeof(REAL) > 262144;
    P_is_large ? product_by_rows(of) : product_by_columns(of);
}

// -- gradients of the weights: sums over the samples, as outer or as inner products -------------

// G = A D^T, with A of shape (n_i, n), D of (n_j, n) and G of (n_i, n_j) without padding.
//
// D_T is D^T, of shape (n, ld_T), whole vectors: outer products, with units along the lanes.
static void outer_products(long n_i, long n_j, long n, const REAL* A, long ld, const REAL* D_T,
                           long ld_T, REAL* G) {
    Weights P = {A, ld, 1};
    product({n_i, n_j, n, P, nullptr, D_T, ld_T, G, n_j});
}

// T[s, j] = D[j, s], for n samples and n_j units; 0 in the lanes after the last unit.
static void transpose_padded(long n_j, long n, const REAL* D, long ld, REAL* T, long ld_T) {
    for (long j = 0; j < n_j; j += LANES)
        for (long s = 0; s < n; s += LANES) {
            V rows[LANES];
#pragma GCC unroll 16
            for (long i = 0; i < LANES; i++)
                rows[i] = j + i < n_j ? load(D + (j + i) * ld + s) : all(0);
            transpose(rows);
#pragma GCC unroll 16
            for (long i = 0; i < LANES; i++) store(T + (s + i) * ld_T + j, rows[i]);
        }
}

// g[j] = sum_s T[s, j].
static void column_sums(long n_j, long n, const REAL* T, long ld_T, REAL* g) {
    for (long j = 0; j < n_j; j += LANES) {
        V even = all(0), odd = all(0);
        for (long s = 0; s < n; s += 2) {
            even += load(T + s * ld_T + j);
            odd += load(T + (s + 1) * ld_T + j);
        }
        store_some(g + j, even + odd, n_j - j);
    }
}

// Whether outer products, which transpose delta and leave lanes empty where the units are few, take
// fewer instructions, by an estimate, than dot products, which have to add up their lanes.
static bool prefers_outer_products(long n_i, long n_j, long n) {
    const long vectors_j = (n_j + LANES - 1) / LANES, vectors_n = n / LANES;
    const long outer = n_i * vectors_j * n + 6 * vectors_j * n;
    const long dot = ((n_i + 3) / 4) * ((n_j + 3) / 4) * (16 * vectors_n + 50);
    return outer < dot + n_j * (vectors_n + 8);
}

// G[i, j] = sum_s A[i, s] D[j, s]  for a tile of n_i <= ROWS rows and n_j <= 4 columns.
//
// Surplus rows and columns repeat the last one; their results are not stored.
template <int ROWS>
INLINE void inner_products_tile(long n_i, long n_j, long n, const REAL* A, const REAL* D, long ld,
                                REAL* G, long ld_G) {
    const REAL *a[ROWS], *d[4];
    for (int i = 0; i < ROWS; i++) a[i] = A + (i < n_i ? i : n_i - 1) * ld;
    for (int j = 0; j < 4; j++) d[j] = D + (j < n_j ? j : n_j - 1) * ld;
    V c[ROWS * 4];
#pragma GCC unroll 16
    for (int t = 0; t < ROWS * 4; t++) c[t] = all(0);
    for (long s = 0; s < n; s += LANES) {
        V delta[4];
#pragma GCC unroll 4
        for (int j = 0; j < 4; j++) delta[j] = load(d[j] + s);
#pragma GCC unroll 4
        for (int i = 0; i < ROWS; i++) {
            V row = load(a[i] + s);
#pragma GCC unroll 4
            for (int j = 0; j < 4; j++) c[i * 4 + j] += row * delta[j];
        }
    }
    alignas(ALIGNMENT) REAL sums[ROWS * 4];
    sum_lanes(c, sums);
    for (long i = 0; i < n_i; i++)
        for (long j = 0; j < n_j; j++) G[i * ld_G + j] = sums[i * 4 + j];
}

// G = A D^T, of the same shapes: dot products over the samples.
static void inner_products(long n_i, long n_j, long n, const REAL* A, const REAL* D, long ld,
                           REAL* G) {
    constexpr int ROWS = REGISTERS == 32 ? 4 : 2;
    for (long j = 0; j < n_j; j += 4)
        for (long i = 0; i < n_i; i += ROWS)
            inner_products_tile<ROWS>(n_i - i < ROWS ? n_i - i : ROWS, n_j - j < 4 ? n_j - j : 4, n,
                                      A + i * ld, D + j * ld, ld, G + i * n_j + j, n_j);
}

// g[j] = sum_s D[j, s].
static void row_sums(long n_j, long n, const REAL* D, long ld, REAL* g) {
    for (long j = 0; j < n_j; j++) {
        V c = all(0);
        for (long s = 0; s < n; s += LANES) c += load(D + j * ld + s);
        g[j] = (REAL)sum(c);
    }
}

// -- large matrices: scipy's BLAS --------------------------------------------------------------

// sgemm or dgemm in the C form of the Fortran routine: column-major, so that an array of shape
// (n_units, n) is its (n, n_units) with leading dimension ld.
typedef void Gemm(char* transpose_A, char* transpose_B, int* m, int* n, int* k, REAL* alpha,
                  REAL* A, int* ld_A, REAL* B, int* ld_B, REAL* beta, REAL* C, int* ld_C);

INLINE void blas_product(Gemm* gemm, char transpose_A, char transpose_B, long m, long n, long k,
                         const REAL* A, long ld_A, const REAL* B, long ld_B, REAL beta, REAL* C,
                         long ld_C) {
    int sizes[] = {(int)m, (int)n, (int)k, (int)ld_A, (int)ld_B, (int)ld_C};
    REAL one = 1;
    gemm(&transpose_A, &transpose_B, &sizes[0], &sizes[1], &sizes[2], &one, (REAL*)A, &sizes[3],
         (REAL*)B, &sizes[4], &beta, C, &sizes[5]);
}
