// The products of the first layer with sparse rows of X, of which only the nonzeros are read:
//
//     forward     Z[j, s] = b[j] + sum_t x[t] W[k[t], j]       t: the nonzeros x[t] of row s,
//     gradient    dW[k[t], j] += x[t] delta[j, s]              each in a column k[t]
//
// A row of W or of dW holds the weights of all units for one column of X. So units lie along the
// lanes here: a nonzero is one number, put into all lanes, and multiplies a few vectors. In the
// forward product they are sums in registers, one sample after the other; then a square of samples
// and units is transposed, since a row of Z is a unit. The gradient is added where it belongs in
// memory, sample by sample, to rows that are 0 at first; its vectors are those of delta_T.
//
// Nothing here takes time for the columns without a nonzero. Stored zeros and a column that comes
// twice in a row, in any order, are terms like others. Each sum is in the order of the nonzeros and
// of the samples, and for all units of a block. So no result depends on how units are divided.

#pragma once
#include "products.h"

// n rows of a matrix in the CSR format: the nonzeros of row i are those from begins[i] to
// begins[i + 1].
struct SparseRows {
    const REAL* values;
    const int32_t* columns;
    const int64_t* begins;
    const int64_t* rows;  // which ones, in which order; null: all as they are
    long first, n;        // from the `first` of them on

    // act(column, value) for the nonzeros of row s.
    template <class Act>
    INLINE_MEMBER void for_nonzeros(long s, const Act& act) const {
        const long row = rows ? rows[first + s] : first + s;
        for (int64_t t = begins[row], end = begins[row + 1]; t < end; t++)
            act((long)columns[t], values[t]);
    }
};

// Rows of n_units numbers, one for each column of X: W or dW.
template <class T>
struct UnitRows {
    T* data;
    long n_columns, n_units;

    T* end() const { return data + n_columns * n_units; }

    // Where the last vector of a row begins if it should begin with unit j: earlier if it would
    // reach over the end of the row. Then some units are in two vectors, with equal results. (A row
    // that is shorter than a vector has one, which does reach over its end.)
    long last_vector(long j) const {
        return j + LANES <= n_units || n_units < LANES ? j : n_units - LANES;
    }
};

// Vectors that a tile of units has at most: enough sums to wait for none.
constexpr long VECTORS_OF_A_TILE = 8;

// act(Number<VECTORS>, Number<is narrow>) for the number of vectors of a tile; a row is narrow if
// it is shorter than one.
template <int MOST, class Act>
INLINE void with_vectors_of_units(long n_vectors, long n_units, const Act& act) {
    if constexpr (MOST == 1)
        n_units < LANES ? act(Number<1>(), Number<true>()) : act(Number<1>(), Number<false>());
    else if (n_vectors == MOST)
        act(Number<MOST>(), Number<false>());
    else
        with_vectors_of_units<MOST - 1>(n_vectors, n_units, act);
}

// Z for the units from j to j_end, at most a tile, and the samples of panel p.
template <int VECTORS, bool NARROW>
static void sparse_product_tile(const SparseRows& X, const UnitRows<const REAL>& W, const REAL* b,
                                const Panels& samples, long p, long j, long j_end, REAL* Z) {
    constexpr int LAST = VECTORS - 1;
    const long start = samples.start(p), width = samples.width(p);
    const long last = W.last_vector(j + LAST * LANES);
    const REAL *from_j = W.data + j, *from_last = W.data + last, *end = W.end();
    V bias[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        const long at = v < LAST ? j + v * LANES : last;
        bias[v] = b ? load_some(b + at, W.n_units - at) : all(0);
    }
    Z += start * W.n_units;
    for (long s = 0; s < width; s += LANES) {
        alignas(ALIGNMENT) REAL sums[LANES][VECTORS * LANES];
        for (long i = 0; i < LANES; i++) {
            V c[VECTORS];
            if (start + s + i < X.n) {
#pragma GCC unroll 8
                for (int v = 0; v < VECTORS; v++) c[v] = bias[v];
                X.for_nonzeros(start + s + i, [&](long k, REAL value) __attribute__((always_inline)) {
                    const REAL *w = from_j + k * W.n_units, *w_last = from_last + k * W.n_units;
                    const V x = all(value);
#pragma GCC unroll 8
                    for (int v = 0; v < LAST; v++) c[v] += x * load_anywhere(w + v * LANES);
                    c[LAST] += x * (NARROW && w_last + LANES > end ? load_some(w_last, W.n_units)
                                                                   : load_anywhere(w_last));
                });
            } else {  // the lanes after the last sample repeat it; their factor is 0
#pragma GCC unroll 8
                for (int v = 0; v < VECTORS; v++) c[v] = load(sums[i - 1] + v * LANES);
            }
#pragma GCC unroll 8
            for (int v = 0; v < VECTORS; v++) store(sums[i] + v * LANES, c[v]);
        }
        for (int v = 0; v < VECTORS; v++) {
            V square[LANES];
#pragma GCC unroll 16
            for (long i = 0; i < LANES; i++) square[i] = load(sums[i] + v * LANES);
            transpose(square);
            const long first = j + v * LANES, at = v < LAST ? first : last;
#pragma GCC unroll 16
            for (long i = 0; i < LANES; i++)
                if (at + i >= first && at + i < j_end) store(Z + (at + i) * width + s, square[i]);
        }
    }
}

// The block of Z = X W + b; b may be null for 0.
static void sparse_product(const SparseRows& X, const UnitRows<const REAL>& W, const REAL* b,
                           const Panels& samples, const Block& block, REAL* Z) {
    const long n_vectors = (block.i_end - block.i + LANES - 1) / LANES;
    const long n_tiles = (n_vectors + VECTORS_OF_A_TILE - 1) / VECTORS_OF_A_TILE;
    for (long p = block.p; p < block.p_end; p++)
        for (long tile = 0; tile < n_tiles; tile++) {
            const long begin = tile * n_vectors / n_tiles, end = (tile + 1) * n_vectors / n_tiles;
            const long j = block.i + begin * LANES, most = block.i + end * LANES;
            const long j_end = most < block.i_end ? most : block.i_end;
            with_vectors_of_units<VECTORS_OF_A_TILE>(
                end - begin, W.n_units, [&](auto vectors, auto narrow) {
                    sparse_product_tile<decltype(vectors)::value, decltype(narrow)::value>(
                        X, W, b, samples, p, j, j_end, Z);
                });
        }
}

// The gradient of the weights of one panel of units, which begins with the unit `start`, is added to
// dW; T is that panel of delta_T. Only a panel that is alone has a single vector (panels.h). So one
// that begins earlier stays in its panel; and where rows are shorter than a vector, which reaches
// over into the next ones with zeros of delta_T, no other thread writes to them.
template <int VECTORS, bool NARROW>
static void add_sparse_products(const SparseRows& X, const UnitRows<REAL>& dW, long start,
                                const REAL* T) {
    constexpr int LAST = VECTORS - 1;
    const long last = dW.last_vector(start + LAST * LANES) - start;
    REAL *from_start = dW.data + start, *end = dW.end();
    for (long s = 0; s < X.n; s++, T += VECTORS * LANES) {
        V delta[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < LAST; v++) delta[v] = load(T + v * LANES);
        delta[LAST] = load_anywhere(T + last);
        X.for_nonzeros(s, [&](long k, REAL value) __attribute__((always_inline)) {
            REAL *g = from_start + k * dW.n_units, *g_last = g + last;
            const V x = all(value);
            if (NARROW && g_last + LANES > end) {
                const V before = load_some(g_last, dW.n_units);
                return store_some(g_last, before + x * delta[LAST], dW.n_units);
            }
            V sum[VECTORS];  // all are read before any is written, since the last two may overlap
#pragma GCC unroll 4
            for (int v = 0; v < LAST; v++) sum[v] = load_anywhere(g + v * LANES);
            sum[LAST] = load_anywhere(g_last);
#pragma GCC unroll 4
            for (int v = 0; v < LAST; v++)
                store_some(g + v * LANES, sum[v] + x * delta[v], LANES);
            store_some(g_last, sum[LAST] + x * delta[LAST], LANES);
        });
    }
}

// The same for the panels of units from q to q_end. T is delta_T.
static void add_sparse_products(const SparseRows& X, const UnitRows<REAL>& dW,
                                const Panels& samples, long q, long q_end, const REAL* T) {
    const Panels units(dW.n_units);
    for (; q < q_end; q++) {
        const long start = units.start(q);
        with_vectors_of_units<VECTORS_OF_A_PANEL>(
            units.width(q) / LANES, dW.n_units, [&](auto vectors, auto narrow) {
                add_sparse_products<decltype(vectors)::value, decltype(narrow)::value>(
                    X, dW, start, T + start * samples.n);
            });
    }
}
