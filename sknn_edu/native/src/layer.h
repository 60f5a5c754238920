// One dense layer on some samples (see sknn_edu/engine/layer.py, here transposed and in panels, see
// panels.h, so that a row belongs to a unit).
//
//     forward     Z = W^T A_prev + b               (n_out, n)
//                 A = f(Z)                         (n_out, n), or with dropout what is left of it
//     backward    dW = A_prev delta^T              (n_in, n_out), as NumPy has it
//                 db = delta 1                     (n_out,)
//                 delta_prev = f'(Z_prev) W delta  (n_in, n)
//
// Each function does a block of it, and no block needs another one of the same step: threads can
// share them out.

#pragma once
#include "activations.h"
#include "dropout.h"
#include "interface.h"
#include "products.h"
#include "sparse.h"
#include "teams.h"

namespace {

struct Layer {
    Index n_in, n_out;
    const REAL *W, *b;  // (n_in, n_out) and (n_out,), row-major; b may be null
    Index at_W, at_b;   // places of dW and db in a gradient, which has the layout of theta
    int activation;
    REAL setting;
    REAL *Z, *A, *delta;  // (n_out, n); Z is A in a hidden layer whose derivative does not read Z
    REAL* delta_T;        // (n, n_out), in panels of units
    bool sums_outer_products;  // for dW; it needs delta_T
    // Sparse X: its rows, and the same by columns if the gradient sorts them.
    bool is_sparse;
    SparseRows X;
    SparseColumns X_by_columns;
    double n_terms;  // of a sum over the inputs: n_in, or the nonzeros of a row, on average
    // Dropout.
    Index number;  // of the layer, counted from 1
    double rate;
    REAL *mask, *dropped;  // (n_out, n): mask, and mask A; null, and A, without dropout
};

// Units are divided at multiples of this: whole tiles of every product, so that a number has the
// same place in its tile however they are divided, and whole vectors of the transposed delta.
constexpr Index UNIT_STEP = SUMS > LANES ? SUMS : LANES;
static_assert(UNIT_STEP % TILE_UNITS == 0 && UNIT_STEP % SUMS == 0, "whole tiles");

// A matrix of n_units rows and some panels, divided into blocks of about equal size: at most as
// many as are asked for, as square as possible.
struct Division {
    Index n_units, n_panels, by_units = 1, by_panels = 1;

    Division(Index units, const Panels& panels, double n_blocks, bool divides_units = true)
        : n_units(units), n_panels(panels.count) {
        if (n_blocks < 1) n_blocks = 1;
        const Index most = divides_units ? (units + UNIT_STEP - 1) / UNIT_STEP : 1;
        while (2 * by_units * by_panels <= n_blocks) {
            const bool can_units = 2 * by_units <= most, can_panels = 2 * by_panels <= n_panels;
            if (!can_units && !can_panels) break;
            const bool is_high = units / by_units > panels.n / by_panels;
            if (can_units && (is_high || !can_panels))
                by_units *= 2;
            else
                by_panels *= 2;
        }
        by_units = fewer(most, (Index)(n_blocks / by_panels));
        by_panels = fewer(n_panels, (Index)(n_blocks / by_units));
    }

    Index count() const { return by_units * by_panels; }
    Block operator[](Index block) const {
        const Index u = block % by_units, p = block / by_units;
        return {unit(u), unit(u + 1), p * n_panels / by_panels, (p + 1) * n_panels / by_panels};
    }

   private:
    Index unit(Index u) const {
        const Index steps = (n_units + UNIT_STEP - 1) / UNIT_STEP;
        return fewer(n_units, u * steps / by_units * UNIT_STEP);
    }
    static Index fewer(Index a, Index b) { return a < b ? a : b; }
};

inline bool mixes_units(const Layer& layer) { return layer.activation == SOFTMAX; }

// act(n_units, width, first number) for the numbers of a block of the layer, panel by panel. A
// block of all units is one long row where every number is treated alike.
template <class Act>
INLINE void for_rows(const Layer& layer, const Panels& samples, const Block& block,
                     const Act& act) {
    const Index n_units = layer.n_out, n_rows = block.i_end - block.i;
    if (!mixes_units(layer) && n_rows == n_units) {
        const Index start = samples.start(block.p), end = samples.start(block.p_end);
        return act(1, (end - start) * n_units, start * n_units);
    }
    for (Index p = block.p; p < block.p_end; p++) {
        const Index width = samples.width(p), at = samples.start(p) * n_units + block.i * width;
        act(n_rows, width, at);
    }
}

// Whether W is read in another order, from a copy: if it is large, and several panels read it.
inline bool packs(const Layer& layer, const Panels& samples) {
    return !layer.is_sparse && samples.count > 1 &&
           layer.n_in * layer.n_out * (Index)sizeof(REAL) > LARGE;
}

// Whether the gradient reads A_prev from a copy.
inline bool packs_rows(const Layer& layer, const Panels& samples) {
    return PANELS_ARE_NARROW && !layer.is_sparse && layer.sums_outer_products &&
           samples.count > 1 && layer.n_out > WIDEST;
}

// Z, and A if the layer is hidden, with its dropout.
inline void forward(const Layer& layer, const REAL* A_prev, const Panels& samples,
                    const Block& block, bool is_hidden, REAL* packed, const Dropout* dropout) {
    const Weights W_transposed = {layer.W, 1, layer.n_out};
    if (layer.is_sparse)
        sparse_product(layer.X, {layer.W, layer.n_in, layer.n_out}, layer.b, samples, block,
                       layer.Z);
    else
        product({layer.n_out, layer.n_in, W_transposed, layer.b, A_prev, layer.Z}, samples, block,
                packs(layer, samples) ? packed : nullptr);
    if (is_hidden)
        for_rows(layer, samples, block, [&](Index n_units, Index width, Index at) {
            activate(layer.activation, layer.setting, n_units, width, width, layer.Z + at,
                     layer.A + at);
        });
    if (layer.mask)
        drop_out(*dropout, layer.number, layer.rate, layer.n_out, samples, block, layer.A,
                 layer.mask, layer.dropped);
}

// delta_T, for a block of delta.
inline void transpose_delta(const Layer& layer, const Panels& samples, const Block& block) {
    if (layer.sums_outer_products)
        for (Index p = block.p; p < block.p_end; p++)
            transpose_into(layer.n_out, samples, p, block.i, block.i_end, layer.delta,
                           layer.delta_T);
}

// delta of the layer before.
inline void backward(const Layer& layer, const Layer& before, const Panels& samples,
                     const Block& block) {
    const Weights W = {layer.W, layer.n_out, 1};
    product({layer.n_in, layer.n_out, W, nullptr, layer.delta, before.delta}, samples, block,
            nullptr);
    for_rows(before, samples, block, [&](Index n_units, Index width, Index at) {
        if (before.mask)
            for (Index i = at; i < at + n_units * width; i += LANES)
                store(before.delta + i, load(before.delta + i) * load(before.mask + i));
        activate_backward(before.activation, before.setting, n_units, width, width, before.Z + at,
                          before.A + at, before.delta + at);
    });
    transpose_delta(before, samples, block);
}

// dW for some rows, of some panels of units if they are outer products. It is written to its place
// in `grad`, or added.
inline void weight_gradients(const Layer& layer, const REAL* A_prev, const Panels& samples,
                             const Block& block, REAL* grad, bool adds, REAL* packed) {
    const Gradient dW = {layer.n_in, layer.n_out, A_prev, grad + layer.at_W, adds};
    if (layer.is_sparse)
        sparse_outer_products(layer.X, layer.X_by_columns, {dW.G, dW.n_i, dW.n_j}, samples,
                              layer.delta_T, block, adds);
    else if (layer.sums_outer_products)
        outer_products(dW, samples, layer.delta_T, block,
                       packs_rows(layer, samples) ? packed : nullptr);
    else
        inner_products(dW, samples, layer.delta, block.i, block.i_end);
}

// The same; and, with the first rows, db.
inline void parameter_gradients(const Layer& layer, const REAL* A_prev, const Panels& samples,
                                const Block& block, REAL* grad, bool adds, REAL* packed) {
    weight_gradients(layer, A_prev, samples, block, grad, adds, packed);
    if (block.i > 0) return;
    REAL* db = grad + layer.at_b;
    if (!layer.b)
        for (Index j = 0; !adds && block.p == 0 && j < layer.n_out; j++) db[j] = 0;
    else if (layer.sums_outer_products)
        column_sums(layer.n_out, samples, layer.delta_T, block.p, block.p_end, adds, db);
    else
        row_sums(layer.n_out, samples, layer.delta, adds, db);
}

}  // namespace
