// A chunk of samples: buffers for it, and its way through the network.
//
// From a chunk of rows of X, Y, w to their part of J and of its gradient: gather, forward, loss,
// backward (see sknn_edu/engine/objective.py and network.py). Each step is a job for a team
// (teams.h): one thread that runs its own chunk alone, or all threads together.

#pragma once
#include "arena.h"
#include "layer.h"
#include "losses.h"
#include "plan.h"

namespace {

// Rows `first` to `first + n` of the data, of a batch whose weights sum to `total`.
struct Chunk {
    Index first, n;
    double total;
};

struct Worker {
    const Network* network;
    Index n_layers, n_out;
    Layer* layers;
    REAL* X;                   // (n_features, n); not if it is sparse
    REAL* Y;                   // (n_out, n)
    REAL* factor;              // (n,): w_i / sum w, and 0 for the lanes after the last sample
    double* parts_of_J;        // of the panels
    REAL* packed;              // for each thread PACKED numbers, if a layer needs them
    Chunk loaded = {0, 0, 0};  // what X, Y and factor hold, if the rows are not reordered

    // Buffers in the arena for chunks of at most n samples, for a team of n_threads.
    void allocate(const Network& given, const Data& data, Index n, bool trains, Index n_threads,
                  Arena& arena) {
        const Panels samples(n);
        network = &given;
        n_layers = given.n_layers;
        n_out = given.sizes[n_layers];
        layers = arena.take<Layer>(n_layers);
        X = arena.take(data.X_begins ? 0 : given.sizes[0] * samples.n);
        Index at_W = 0, at_b = 0;
        for (Index l = 0; l < n_layers; l++) at_b += given.sizes[l] * given.sizes[l + 1];
        bool any_packs = false;
        for (Index l = 0; l < n_layers; l++) {
            Layer layer;
            layer.n_in = given.sizes[l], layer.n_out = given.sizes[l + 1];
            layer.W = (const REAL*)given.W[l];
            layer.b = given.b ? (const REAL*)given.b[l] : nullptr;
            layer.at_W = at_W, layer.at_b = at_b;
            at_W += layer.n_in * layer.n_out, at_b += layer.n_out;
            layer.activation = (int)given.activations[l];
            layer.setting = (REAL)given.settings[l];
            layer.is_sparse = l == 0 && data.X_begins;
            layer.n_terms = layer.is_sparse ? nonzeros_of_a_row(data) : (double)layer.n_in;
            if (layer.is_sparse && trains && sorts_columns(layer.n_out)) {
                const Index most = n * data.X_most, of_all = data.X_begins[data.X_rows];
                layer.X_by_columns.begins = arena.take<int64_t>(layer.n_in + 2);
                layer.X_by_columns.nonzeros = arena.take<Nonzero>(most < of_all ? most : of_all);
            }
            layer.sums_outer_products =
                layer.is_sparse || prefers_outer_products(layer.n_in, layer.n_out, n);
            const Index size = layer.n_out * samples.n;
            const bool keeps_Z = reads_Z(layer.activation) || l == n_layers - 1;
            layer.A = arena.take(size);
            layer.Z = keeps_Z ? arena.take(size) : layer.A;
            layer.delta = trains ? arena.take(size) : nullptr;
            const bool transposes = trains && layer.sums_outer_products;
            layer.delta_T = transposes ? arena.take(padded(layer.n_out) * samples.n) : nullptr;
            layer.number = l + 1;
            layer.rate = given.masks && l < n_layers - 1 ? given.dropout[l] : 0;
            layer.mask = layer.rate > 0 ? arena.take(size) : nullptr;
            layer.dropped = layer.rate > 0 ? arena.take(size) : layer.A;
            any_packs = any_packs || packs(layer, samples) ||
                        (trains && packs_rows(layer, samples));
            if (layers) layers[l] = layer;
        }
        Y = arena.take(n_out * samples.n);
        factor = arena.take(samples.n);
        parts_of_J = arena.take<double>(samples.count);
        packed = arena.take(any_packs ? n_threads * PACKED : 0);
    }

    // A chunk's part of J, without the penalty; its gradient, in the layout of theta, is written to
    // `grad`, or added to it.
    template <class Team>
    double gradient(Team& team, const Data& data, const Chunk& chunk, REAL* grad, bool adds) {
        const Panels samples(chunk.n);
        load_chunk(team, data, chunk, samples);
        if (network->masks) {
            const Dropout random(*network->masks, chunk.first);
            run_forward(team, samples, sorts_X(), &random);
        } else {
            run_forward(team, samples, sorts_X(), nullptr);
        }
        team.run(samples.count, [&](Index p, Index) { run_loss(samples, p); });
        for (Index l = n_layers - 1; l >= 0; l--) run_backward(team, samples, l, grad, adds);
        return sum_of_parts(samples);
    }

    // A of the output layer for n rows from `first` on, written to the same rows of `out`.
    template <class Team>
    void predict(Team& team, const Data& data, Index first, Index n, REAL* out) {
        const Panels samples(n);
        find_rows(data, first, n);
        team.run(samples.count, [&](Index p, Index) { gather_X(data, first, n, samples, p); });
        run_forward(team, samples, false, nullptr);
        team.run(samples.count, [&](Index p, Index) { write_A(samples, p, first, n, out); });
    }

    // The same, and the chunk's part of J, without the penalty and without dropout.
    template <class Team>
    double evaluate(Team& team, const Data& data, const Chunk& chunk, REAL* out) {
        const Panels samples(chunk.n);
        load_chunk(team, data, chunk, samples);
        run_forward(team, samples, false, nullptr);
        team.run(samples.count, [&](Index p, Index) {
            run_loss(samples, p);
            write_A(samples, p, chunk.first, chunk.n, out);
        });
        return sum_of_parts(samples);
    }

    static double weight(const Data& data, Index i) {
        return data.w ? data.w[data.rows ? data.rows[i] : i] : 1;
    }

   protected:
    const REAL* input_of(Index l) const { return l ? layers[l - 1].dropped : X; }

    double sum_of_parts(const Panels& samples) const {
        double J = 0;
        for (Index p = 0; p < samples.count; p++) J += parts_of_J[p];
        return J;
    }

    // A panel of A of the output layer, for the samples of n rows from `first` on.
    void write_A(const Panels& samples, Index p, Index first, Index n, REAL* out) const {
        const Layer& output = layers[n_layers - 1];
        const Index start = samples.start(p), width = samples.width(p);
        REAL* A = output.A + start * n_out;
        activate(output.activation, output.setting, n_out, width, width, output.Z + start * n_out,
                 A);
        for (Index s = 0; s < width && start + s < n; s++)
            for (Index j = 0; j < n_out; j++)
                out[(first + start + s) * n_out + j] = A[j * width + s];
    }

    // Into how many blocks a product is divided.
    template <class Team>
    static double n_blocks(const Team& team, const Layer& layer, const Panels& samples) {
        if (team.size == 1) return 1;
        const double worth = 2.0 * layer.n_terms * layer.n_out * samples.n / FLOPS_OF_A_TASK;
        const double most = team.size * TASKS_OF_A_THREAD;
        return worth < most ? worth : most;
    }

    // Z of the output layer, and A of all hidden ones.
    template <class Team>
    void run_forward(Team& team, const Panels& samples, bool sorts, const Dropout* dropout) {
        for (Index l = 0; l < n_layers; l++)
            share_forward(team, samples, l, sorts, [&](const Block& block, REAL* room) {
                forward(layers[l], input_of(l), samples, block, l < n_layers - 1, room, dropout);
            });
    }

    // act(block, room) for blocks of the units of a layer; `room` is for packed numbers. The first
    // job may also sort X by columns.
    template <class Team, class Act>
    void share_forward(Team& team, const Panels& samples, Index l, bool sorts, const Act& act) {
        const Layer& layer = layers[l];
        const Division blocks(layer.n_out, samples, n_blocks(team, layer, samples),
                              !mixes_units(layer));
        const Index n_before = sorts && l == 0;
        team.run(n_before + blocks.count(), [&](Index task, Index thread) {
            if (task < n_before)
                layer.X_by_columns.sort(layer.X, layer.n_in);
            else
                act(blocks[task - n_before], packed + thread * PACKED);
        });
    }

    bool sorts_X() const { return layers[0].is_sparse && sorts_columns(layers[0].n_out); }

    // A panel's part of J, and delta of the output layer.
    void run_loss(const Panels& samples, Index p) {
        const Layer& output = layers[n_layers - 1];
        const Index start = samples.start(p), width = samples.width(p), at = start * n_out;
        parts_of_J[p] = loss_and_delta(*network, {n_out, width, width, output.Z + at, Y + at,
                                                  factor + start, output.A + at,
                                                  output.delta + at});
        transpose_delta(output, samples, {0, n_out, p, p + 1});
    }

    // The gradient of a layer's parameters, and delta of the layer before, in one job.
    template <class Team>
    void run_backward(Team& team, const Panels& samples, Index l, REAL* grad, bool adds) {
        share_backward(
            team, samples, l,
            [&](const Block& block, REAL* room) {
                parameter_gradients(layers[l], input_of(l), samples, block, grad, adds, room);
            },
            [&](const Block& block) { backward(layers[l], layers[l - 1], samples, block); });
    }

    // of_dW(block, room) for blocks of dW of a layer, and of_delta(block) for blocks of delta of
    // the layer before, if there is one.
    template <class Team, class OfW, class OfDelta>
    void share_backward(Team& team, const Panels& samples, Index l, const OfW& of_dW,
                        const OfDelta& of_delta) {
        const Layer& layer = layers[l];
        const double n = n_blocks(team, layer, samples);
        const Panels units(layer.sums_outer_products ? layer.n_out : 1);
        const Division dW(layer.n_in, units, n);
        const Division delta(layer.n_in, samples, n, l == 0 || !mixes_units(layers[l - 1]));
        team.run(dW.count() + (l ? delta.count() : 0), [&](Index block, Index thread) {
            if (block < dW.count())
                of_dW(dW[block], packed + thread * PACKED);
            else
                of_delta(delta[block - dW.count()]);
        });
    }

    template <class Team>
    void load_chunk(Team& team, const Data& data, const Chunk& chunk, const Panels& samples) {
        const bool is_loaded = !data.rows && chunk.first == loaded.first && chunk.n == loaded.n &&
                               chunk.total == loaded.total;
        if (is_loaded) return;
        loaded = chunk;
        const Index first = chunk.first, n = chunk.n;
        const double per_weight = 1 / chunk.total;
        find_rows(data, first, n);
        team.run(samples.count, [&](Index p, Index) {
            gather_X(data, first, n, samples, p);
            gather(data, data.Y, data.Y_row, data.Y_column, n_out, first, n, samples, p, Y);
            const Index start = samples.start(p), end = start + samples.width(p);
            for (Index s = start; s < end; s++)
                factor[s] = s < n ? (REAL)(per_weight * weight(data, first + s)) : 0;
        });
    }

    // Where the first layer reads the rows first to first + n of X, if they are sparse.
    void find_rows(const Data& data, Index first, Index n) {
        layers[0].X = {(const REAL*)data.X, data.X_columns, data.X_begins, data.rows, first, n};
    }

    // A panel of X, if it is dense.
    void gather_X(const Data& data, Index first, Index n, const Panels& samples, Index p) {
        if (!data.X_begins)
            gather(data, data.X, data.X_row, data.X_column, network->sizes[0], first, n, samples,
                   p, X);
    }

    // A panel of the rows first to first + n of the data, transposed: out[j, s] = M[row of s, j].
    // The lanes after the last sample repeat it; their factor is 0.
    static void gather(const Data& data, const void* matrix, Index row_step, Index column_step,
                       Index n_columns, Index first, Index n, const Panels& samples, Index p,
                       REAL* out) {
        const REAL* M = (const REAL*)matrix;
        const Index start = samples.start(p), width = samples.width(p);
        auto row = [&](Index s) __attribute__((always_inline)) {
            const Index i = first + (s < n ? s : n - 1);
            return M + (data.rows ? data.rows[i] : i) * row_step;
        };
        out += start * n_columns;
        for (Index v = 0; v < width; v += LANES) {
            const REAL* rows[LANES];
#pragma GCC unroll 16
            for (Index i = 0; i < LANES; i++) rows[i] = row(start + v + i);
            if (column_step != 1) {
                for (Index j = 0; j < n_columns; j++)
                    gather_column(rows, j * column_step, out + j * width + v);
                continue;
            }
            for (Index i = 0; i < LANES; i++) prefetch(row(start + v + LANES + i), n_columns);
            Index j = 0;
            for (; j + LANES <= n_columns; j += LANES) {
                V square[LANES];
#pragma GCC unroll 16
                for (Index i = 0; i < LANES; i++) square[i] = load_anywhere(rows[i] + j);
                transpose(square);
#pragma GCC unroll 16
                for (Index i = 0; i < LANES; i++) store(out + (j + i) * width + v, square[i]);
            }
            for (; j < n_columns; j++) gather_column(rows, j, out + j * width + v);
        }
    }

    INLINE void gather_column(const REAL* const (&rows)[LANES], Index column, REAL* out) {
#pragma GCC unroll 16
        for (Index i = 0; i < LANES; i++) out[i] = rows[i][column];
    }

    // Rows in random order are seldom in the cache: load the next ones ahead of time.
    INLINE void prefetch(const REAL* row, Index n) {
        for (Index j = 0; j < n; j += 64 / (Index)sizeof(REAL)) __builtin_prefetch(row + j);
    }
};

}  // namespace
