// One dense layer on one chunk of samples (see sknn_edu/engine/layer.py, here transposed: samples
// lie along the rows, so that a row belongs to a unit).
//
//     forward     Z = W^T A_prev + b               (n_out, n)
//                 A = f(Z)                         (n_out, n)
//     backward    dW = A_prev delta^T              (n_in, n_out), as NumPy has it
//                 db = delta 1                     (n_out,)
//                 delta_prev = f'(Z_prev) W delta  (n_in, n)

#pragma once
#include "activations.h"
#include "gemm.h"
#include "interface.h"

struct Layer {
    long n_in, n_out;
    const REAL *W, *b;  // (n_in, n_out) and (n_out,), row-major; b may be null
    long at_W, at_b;    // places of dW and db in a gradient, which has the layout of theta
    int activation;
    REAL setting;
    bool is_large;        // goes through gemm
    REAL *Z, *A, *delta;  // (n_out, ld); Z is A in a hidden layer whose derivative does not read Z
};

// The length of a row of the transposed delta.
INLINE long transposed_row_length(long n_out) { return (n_out + LANES - 1) / LANES * LANES; }

static void forward(const Layer& layer, Gemm* gemm, const REAL* A_prev, long n, long ld) {
    if (layer.is_large) {
        for (long j = 0; j < layer.n_out; j++)
            for (long s = 0; s < n; s += LANES)
                store(layer.Z + j * ld + s, all(layer.b ? layer.b[j] : 0));
        blas_product(gemm, 'N', 'T', n, layer.n_out, layer.n_in, A_prev, ld, layer.W, layer.n_out,
                     1, layer.Z, ld);
    } else {
        Weights W_transposed = {layer.W, 1, layer.n_out};
        product({layer.n_out, n, layer.n_in, W_transposed, layer.b, A_prev, ld, layer.Z, ld});
    }
}

// dW and db from delta, written to their places in `grad`. `scratch` holds the transposed delta.
static void parameter_gradients(const Layer& layer, Gemm* gemm, const REAL* A_prev, long n, long ld,
                                REAL* scratch, REAL* grad) {
    const long n_in = layer.n_in, n_out = layer.n_out;
    REAL *dW = grad + layer.at_W, *db = grad + layer.at_b;
    const bool transposes = !layer.is_large && prefers_outer_products(n_in, n_out, n);
    const long ld_T = transposed_row_length(n_out);
    if (transposes) {
        transpose_padded(n_out, n, layer.delta, ld, scratch, ld_T);
        outer_products(n_in, n_out, n, A_prev, ld, scratch, ld_T, dW);
    } else if (layer.is_large) {
        blas_product(gemm, 'T', 'N', n_out, n_in, n, layer.delta, ld, A_prev, ld, 0, dW, n_out);
    } else {
        inner_products(n_in, n_out, n, A_prev, layer.delta, ld, dW);
    }
    if (!layer.b)
        for (long j = 0; j < n_out; j++) db[j] = 0;
    else if (transposes)
        column_sums(n_out, n, scratch, ld_T, db);
    else
        row_sums(n_out, n, layer.delta, ld, db);
}

// delta of the layer before.
static void backward(const Layer& layer, Gemm* gemm, const Layer& before, long n, long ld) {
    if (layer.is_large) {
        blas_product(gemm, 'N', 'N', n, layer.n_in, layer.n_out, layer.delta, ld, layer.W,
                     layer.n_out, 0, before.delta, ld);
    } else {
        Weights W = {layer.W, layer.n_out, 1};
        product({layer.n_in, n, layer.n_out, W, nullptr, layer.delta, ld, before.delta, ld});
    }
    activate_backward(before.activation, before.setting, before.n_out, n, ld, before.Z, before.A,
                      before.delta);
}
