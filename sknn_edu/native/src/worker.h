// One thread's part of a batch: buffers for a chunk of samples, which it runs through the network.
//
// From a chunk of rows of X, Y, w to their part of J and of its gradient: gather, forward, loss,
// backward (see sknn_edu/engine/objective.py and network.py).

#pragma once
#include "arena.h"
#include "layer.h"
#include "losses.h"

namespace {

// Rows `first` to `first + n` of the data, of a batch whose weights sum to `total`.
struct Chunk {
    long first, n;
    double total;
};

struct Worker {
    const Network* network;
    long n_layers, n_out, ld;
    Layer* layers;
    Gemm* gemm;
    REAL* X;                   // (n_features, ld)
    REAL* Y;                   // (n_out, ld)
    REAL* transposed;              // (ld, n_out) of the largest layer that needs it
    REAL* factor;              // (ld,): w_i / sum w, and 0 for the lanes after the last sample
    Chunk loaded = {0, 0, 0};  // what X, Y and factor hold, if the rows are not reordered

    // Buffers for chunks of at most n samples, in the arena.
    void allocate(const Network& given, long n, bool trains, Arena& arena) {
        network = &given;
        n_layers = given.n_layers;
        n_out = given.sizes[n_layers];
        ld = row_length(padded(n));
        gemm = (Gemm*)given.gemm;
        layers = arena.take<Layer>(n_layers);
        X = arena.take(given.sizes[0] * ld);
        long at_W = 0, at_b = 0;
        for (long l = 0; l < n_layers; l++) at_b += given.sizes[l] * given.sizes[l + 1];
        long longest_row = 0;
        for (long l = 0; l < n_layers; l++) {
            Layer layer;
            layer.n_in = given.sizes[l], layer.n_out = given.sizes[l + 1];
            layer.W = (const REAL*)given.W[l];
            layer.b = given.b ? (const REAL*)given.b[l] : nullptr;
            layer.at_W = at_W, layer.at_b = at_b;
            at_W += layer.n_in * layer.n_out, at_b += layer.n_out;
            layer.activation = (int)given.activations[l];
            layer.setting = (REAL)given.settings[l];
            layer.is_large = gemm && layer.n_in * layer.n_out >= given.blas_from;
            layer.A = arena.take(layer.n_out * ld);
            const bool keeps_Z = reads_Z(layer.activation) || l == n_layers - 1;
            layer.Z = keeps_Z ? arena.take(layer.n_out * ld) : layer.A;
            layer.delta = trains ? arena.take(layer.n_out * ld) : nullptr;
            if (!layer.is_large && transposed_row_length(layer.n_out) > longest_row)
                longest_row = transposed_row_length(layer.n_out);
            if (layers) layers[l] = layer;
        }
        transposed = arena.take(trains ? longest_row * padded(n) : 0);
        Y = arena.take(n_out * ld);
        factor = arena.take(ld);
    }

    // A chunk's part of J, without the penalty; its gradient, in the layout of theta, is written to
    // `grad`.
    double gradient(const Data& data, const Chunk& chunk, REAL* grad) {
        load_chunk(data, chunk);
        const long n = padded(chunk.n);
        run_forward(n);
        const Layer& output = layers[n_layers - 1];
        double J = loss_and_delta(*network, {n_out, n, ld, output.Z, Y, factor, output.A,
                                             output.delta});
        for (long l = n_layers - 1; l >= 0; l--) {
            parameter_gradients(layers[l], gemm, input_of(l), n, ld, transposed, grad);
            if (l > 0) backward(layers[l], gemm, layers[l - 1], n, ld);
        }
        return J;
    }

    // A of the output layer for n rows from `first` on, written to the same rows of `out`.
    void predict(const Data& data, long first, long n, REAL* out) {
        gather(data, data.X, data.X_row, data.X_column, network->sizes[0], first, n, X);
        run_forward(padded(n));
        const Layer& output = layers[n_layers - 1];
        activate(output.activation, output.setting, n_out, padded(n), ld, output.Z, output.A);
        for (long s = 0; s < n; s++)
            for (long j = 0; j < n_out; j++) out[(first + s) * n_out + j] = output.A[j * ld + s];
    }

    static double weight(const Data& data, long i) {
        return data.w ? data.w[data.rows ? data.rows[i] : i] : 1;
    }

   private:
    const REAL* input_of(long l) const { return l ? layers[l - 1].A : X; }

    // Z of the output layer, and A of all hidden ones, for the n samples in X.
    void run_forward(long n) {
        for (long l = 0; l < n_layers; l++) {
            const Layer& layer = layers[l];
            forward(layer, gemm, input_of(l), n, ld);
            if (l < n_layers - 1)
                activate(layer.activation, layer.setting, layer.n_out, n, ld, layer.Z, layer.A);
        }
    }

    void load_chunk(const Data& data, const Chunk& chunk) {
        const bool is_loaded = !data.rows && chunk.first == loaded.first && chunk.n == loaded.n &&
                             chunk.total == loaded.total;
        if (is_loaded) return;
        loaded = chunk;
        const long first = chunk.first, n = chunk.n;
        gather(data, data.X, data.X_row, data.X_column, network->sizes[0], first, n, X);
        gather(data, data.Y, data.Y_row, data.Y_column, n_out, first, n, Y);
        const double per_weight = 1 / chunk.total;
        for (long s = 0; s < n; s++)
            factor[s] = (REAL)(data.w ? per_weight * weight(data, first + s) : per_weight);
        for (long s = n; s < padded(n); s++) factor[s] = 0;
    }

    // Rows first to first + n of the data, transposed: out[j, s] = M[row of s, j]. The lanes after
    // the last sample repeat it; their factor is 0.
    void gather(const Data& data, const void* matrix, long row_step, long column_step,
                long n_columns, long first, long n, REAL* out) const {
        if (column_step == 1)  // a constant, for which the compiler makes faster code
            gather_blocks(data, (const REAL*)matrix, row_step, 1, n_columns, first, n, out);
        else
            gather_blocks(data, (const REAL*)matrix, row_step, column_step, n_columns, first, n,
                          out);
    }

    // Rows in random order are seldom in the cache: load the next ones ahead of time.
    INLINE void prefetch(const REAL* row, long n) {
        for (long j = 0; j < n; j += 64 / (long)sizeof(REAL)) __builtin_prefetch(row + j);
    }

    __attribute__((always_inline)) void gather_blocks(const Data& data, const REAL* M,
                                                      long row_step, long column_step,
                                                      long n_columns, long first, long n,
                                                      REAL* out) const {
        auto row = [&](long s) __attribute__((always_inline)) {
            long i = first + (s < n ? s : n - 1);
            return M + (data.rows ? data.rows[i] : i) * row_step;
        };
        for (long s = 0; s < padded(n); s += 8, out += 8) {
            const REAL* rows[8];
#pragma GCC unroll 8
            for (long i = 0; i < 8; i++) rows[i] = row(s + i);
            if (column_step == 1)
                for (long i = 8; i < 16; i++) prefetch(row(s + i), n_columns);
            for (long j = 0; j < n_columns; j++)
#pragma GCC unroll 8
                for (long i = 0; i < 8; i++) out[j * ld + i] = rows[i][j * column_step];
        }
    }
};

}  // namespace
