// The products of the first layer with sparse rows of X, of which only the nonzeros are read:
//
//     forward     Z[j, s] = b[j] + sum_t x[t] W[k[t], j]       t: the nonzeros x[t] of row s,
//                                                              in the columns k[t]
//     gradient    dW[k, j] = sum_t x[t] delta[j, s[t]]         t: the nonzeros of column k,
//                                                              in the samples s[t]
//
// A row of W or of dW holds the weights of all units for one column of X. So units lie along the
// lanes here: a nonzero is one number, put into all lanes, and multiplies a few vectors, of W or of
// delta_T. In the forward product they are added up in registers, one sample after the other; then
// a square of samples and units is transposed, since a row of Z is a unit. For the gradient the
// nonzeros are sorted by columns first, so that its sums stay in registers, too, and dW is written
// once. Where units are few, sorting would take longer than adding each term to dW in memory.
//
// Only dW itself, as all weights in the update, takes time for columns without a nonzero. Stored
// zeros and a column that comes twice in a row, in any order, are terms like others. The order of a
// sum is that of the nonzeros, or of the samples. So no result depends on who computes which units.

#pragma once
#include "products.h"

namespace {

// n rows of a matrix in the CSR format: the nonzeros of row i are those from begins[i] to
// begins[i + 1].
struct SparseRows {
    const REAL* values;
    const int32_t* columns;
    const int64_t* begins;
    const int64_t* rows;  // which ones, in which order; null: all as they are
    Index first, n;       // from the `first` of them on

    // act(column, value) for the nonzeros of row s.
    template <class Act>
    INLINE_MEMBER void for_nonzeros(Index s, const Act& act) const {
        const Index row = rows ? rows[first + s] : first + s;
        for (int64_t t = begins[row], end = begins[row + 1]; t < end; t++)
            act((Index)columns[t], values[t]);
    }
};

struct Nonzero {
    REAL value;
    int32_t sample;
};

// The nonzeros of these rows by columns: those of column k are from begins[k] to begins[k + 1], in
// the order of the samples.
struct SparseColumns {
    int64_t* begins;  // one more than that, for sorting
    Nonzero* nonzeros;

    void sort(const SparseRows& rows, Index n_columns) const {
        int64_t *counts = begins + 2, *places = begins + 1;  // of column k: counts[k], places[k]
        memset(begins, 0, (n_columns + 2) * sizeof(int64_t));
        for (Index s = 0; s < rows.n; s++)
            rows.for_nonzeros(s, [&](Index k, REAL) { counts[k]++; });
        for (Index k = 1; k < n_columns; k++) places[k] += places[k - 1];
        for (Index s = 0; s < rows.n; s++)
            rows.for_nonzeros(s, [&](Index k, REAL x) { nonzeros[places[k]++] = {x, (int32_t)s}; });
    }
};

// Rows of n_units numbers, one for each column of X: W or dW.
template <class T>
struct UnitRows {
    T* data;
    Index n_columns, n_units;

    T* end() const { return data + n_columns * n_units; }

    // Where the last vector of a row begins if it should begin with unit j: earlier if it would
    // reach over the end of the row. Then some units are in two vectors, with equal results. (A row
    // that is shorter than a vector has one, which does reach over its end.)
    Index last_vector(Index j) const {
        return j + LANES <= n_units || n_units < LANES ? j : n_units - LANES;
    }
};

// Vectors that a tile of units has at most: enough sums to wait for none.
constexpr Index VECTORS_OF_A_TILE = 8;

// act(Number<VECTORS>, Number<is narrow>) for the number of vectors of a tile; a row is narrow if
// it is shorter than one.
template <int MOST, class Act>
INLINE void with_vectors_of_units(Index n_vectors, Index n_units, const Act& act) {
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
                                const Panels& samples, Index p, Index j, Index j_end, REAL* Z) {
    constexpr int LAST = VECTORS - 1;
    const Index start = samples.start(p), width = samples.width(p);
    const Index last = W.last_vector(j + LAST * LANES);
    const REAL *from_j = W.data + j, *from_last = W.data + last, *end = W.end();
    V bias[VECTORS];
    for (int v = 0; v < VECTORS; v++) {
        const Index at = v < LAST ? j + v * LANES : last;
        bias[v] = b ? load_some(b + at, W.n_units - at) : all(0);
    }
    Z += start * W.n_units;
    for (Index s = 0; s < width; s += LANES) {
        alignas(ALIGNMENT) REAL sums[LANES][VECTORS * LANES];
        for (Index i = 0; i < LANES; i++) {
            V c[VECTORS];
            if (start + s + i < X.n) {
#pragma GCC unroll 8
                for (int v = 0; v < VECTORS; v++) c[v] = bias[v];
                const Index row = start + s + i;
                X.for_nonzeros(row, [&](Index k, REAL value) __attribute__((always_inline)) {
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
            for (Index i = 0; i < LANES; i++) square[i] = load(sums[i] + v * LANES);
            transpose(square);
            const Index first = j + v * LANES, at = v < LAST ? first : last;
#pragma GCC unroll 16
            for (Index i = 0; i < LANES; i++)
                if (at + i >= first && at + i < j_end) store(Z + (at + i) * width + s, square[i]);
        }
    }
}

// The block of Z = X W + b; b may be null for 0.
static void sparse_product(const SparseRows& X, const UnitRows<const REAL>& W, const REAL* b,
                           const Panels& samples, const Block& block, REAL* Z) {
    const Index n_vectors = (block.i_end - block.i + LANES - 1) / LANES;
    const Index n_tiles = (n_vectors + VECTORS_OF_A_TILE - 1) / VECTORS_OF_A_TILE;
    for (Index tile = 0; tile < n_tiles; tile++) {
        const Index begin = tile * n_vectors / n_tiles, end = (tile + 1) * n_vectors / n_tiles;
        const Index j = block.i + begin * LANES, most = block.i + end * LANES;
        const Index j_end = most < block.i_end ? most : block.i_end;
        for (Index p = block.p; p < block.p_end; p++)
            with_vectors_of_units<VECTORS_OF_A_TILE>(
                end - begin, W.n_units, [&](auto vectors, auto narrow) {
                    sparse_product_tile<decltype(vectors)::value, decltype(narrow)::value>(
                        X, W, b, samples, p, j, j_end, Z);
                });
    }
}

// Whether the nonzeros are sorted for the gradient. (If not, delta_T has a single panel.)
inline bool sorts_columns(Index n_units) { return n_units > VECTORS_OF_A_PANEL * LANES; }

// One stretch of columns, from k to k_end, and the panel of units that begins with the unit
// `start`; T is that panel of delta_T. A panel of many has more than a vector (panels.h). So the
// last one, if it begins earlier than it should, stays in the panel.
template <int VECTORS>
static void sum_columns(const SparseColumns& X, const UnitRows<REAL>& dW, Index k, Index k_end,
                        Index start, const REAL* T, bool adds) {
    constexpr int LAST = VECTORS - 1;
    const Index last = dW.last_vector(start + LAST * LANES) - start;
    auto add = [&](V(&sum)[VECTORS], const Nonzero& nonzero) __attribute__((always_inline)) {
        const REAL* delta = T + nonzero.sample * VECTORS * LANES;
        const V x = all(nonzero.value);
#pragma GCC unroll 4
        for (int v = 0; v < LAST; v++) sum[v] += x * load(delta + v * LANES);
        sum[LAST] += x * load_anywhere(delta + last);
    };
    for (; k < k_end; k++) {
        V sum[VECTORS], odd[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) sum[v] = odd[v] = all(0);
        const Nonzero *x = X.nonzeros + X.begins[k], *x_end = X.nonzeros + X.begins[k + 1];
        for (; x + 1 < x_end; x += 2) add(sum, x[0]), add(odd, x[1]);
        if (x < x_end) add(sum, x[0]);

        REAL* g = dW.data + k * dW.n_units + start;
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++) {  // all before the first is written: two may overlap
            const V before = adds ? load_anywhere(g + (v < LAST ? v * LANES : last)) : all(0);
            sum[v] = before + (sum[v] + odd[v]);
        }
#pragma GCC unroll 4
        for (int v = 0; v < VECTORS; v++)
            store_some(g + (v < LAST ? v * LANES : last), sum[v], LANES);
    }
}

// The same for a block of dW, whose rows are columns of X and whose panels are of units.
static void sum_columns(const SparseColumns& X, const UnitRows<REAL>& dW, const Panels& samples,
                        const REAL* T, const Block& block, bool adds) {
    constexpr Index COLUMNS = 32;  // in a stretch, whose rows of dW stay in the cache
    const Panels units(dW.n_units);
    for (Index k = block.i; k < block.i_end; k += COLUMNS) {
        const Index k_end = k + COLUMNS < block.i_end ? k + COLUMNS : block.i_end;
        for (Index q = block.p; q < block.p_end; q++) {
            const Index start = units.start(q);
            with_vectors(units.width(q), [&](auto vectors) {
                sum_columns<decltype(vectors)::value>(X, dW, k, k_end, start,
                                                      T + start * samples.n, adds);
            });
        }
    }
}

// The rows of dW from k to k_end, for few units: each term is added in memory. A row that is
// shorter than a vector reaches over into the next ones, to which it adds 0, but not over the last.
template <int VECTORS, bool NARROW>
static void add_terms(const SparseRows& X, const UnitRows<REAL>& dW, Index k, Index k_end,
                      const REAL* T, bool adds) {
    constexpr int LAST = VECTORS - 1;
    const Index last = dW.last_vector(LAST * LANES), first_column = k, n_columns = k_end - k;
    const REAL* end = dW.data + k_end * dW.n_units;
    if (!adds) memset(dW.data + k * dW.n_units, 0, n_columns * dW.n_units * sizeof(REAL));
    for (Index s = 0; s < X.n; s++, T += VECTORS * LANES) {
        V delta[VECTORS];
#pragma GCC unroll 4
        for (int v = 0; v < LAST; v++) delta[v] = load(T + v * LANES);
        delta[LAST] = load_anywhere(T + last);
        X.for_nonzeros(s, [&](Index k, REAL value) __attribute__((always_inline)) {
            if ((uint64_t)(k - first_column) >= (uint64_t)n_columns) return;
            REAL *g = dW.data + k * dW.n_units, *g_last = g + last;
            const V x = all(value);
            if (NARROW && g_last + LANES > end) {
                const V before = load_some(g_last, dW.n_units);
                return store_some(g_last, before + x * delta[LAST], dW.n_units);
            }
            V sum[VECTORS];  // all before the first is written: two may overlap
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                sum[v] = load_anywhere(g + (v < LAST ? v * LANES : last)) + x * delta[v];
#pragma GCC unroll 4
            for (int v = 0; v < VECTORS; v++)
                store_some(g + (v < LAST ? v * LANES : last), sum[v], LANES);
        });
    }
}

// The block of dW, from one of the two forms of X; T is delta_T.
static void sparse_outer_products(const SparseRows& rows, const SparseColumns& columns,
                                  const UnitRows<REAL>& dW, const Panels& samples, const REAL* T,
                                  const Block& block, bool adds) {
    if (sorts_columns(dW.n_units)) return sum_columns(columns, dW, samples, T, block, adds);
    with_vectors_of_units<VECTORS_OF_A_PANEL>(
        padded(dW.n_units) / LANES, dW.n_units, [&](auto vectors, auto narrow) {
            add_terms<decltype(vectors)::value, decltype(narrow)::value>(
                rows, dW, block.i, block.i_end, T, adds);
        });
}

}  // namespace
