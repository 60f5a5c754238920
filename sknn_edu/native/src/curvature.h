// H v, the Hessian of J times a vector v: the change of the gradient when theta moves along v (see
// sknn_edu/engine/curvature.py, where the reference is, too).
//
// Every quantity q of a forward and backward pass has a change Rq; theta's own is v, which holds a
// V for each W and a v for each b. As in layer.h, samples are columns; J is the Jacobian of f:
//
//     forward     RZ = V^T A_prev + v + W^T RA_prev           RA = J RZ
//     backward    RdW = A_prev Rdelta^T + RA_prev delta^T     Rdb = Rdelta 1
//                 RdA_prev = W Rdelta + V delta
//                 Rdelta_prev = J^T RdA_prev + (dJ . RZ_prev)^T dA_prev
//
// The pass itself is run again for every v, side by side with the changes, rather than kept from
// one v to the next. That is a quarter to a third of the work; in return the buffers are those of a
// chunk, however many samples there are.

#pragma once
#include "engine.h"

// -- activations: a layer's step back, n_units rows of n numbers, ld apart -----------------------

// dA becomes delta = J^T dA, and RdA becomes Rdelta = J^T RdA + (dJ . RZ)^T dA.
struct StepBack {
    Index n_units, n, ld;
    const REAL *Z, *A, *RZ, *RA;
    REAL *dA, *RdA;
};

template <class F>
static void step_back(StepBack of, REAL c) {
    if (of.n == of.ld) of.n *= of.n_units, of.n_units = 1;
    for (Index j = 0; j < of.n_units; j++)
        for (Index i = j * of.ld; i < j * of.ld + of.n; i += LANES) {
            V z = load(of.Z + i), a = load(of.A + i), dA = load(of.dA + i);
            V slope = F::derivative(z, a, c), bend = F::second_derivative(z, a, c);
            store(of.RdA + i, slope * load(of.RdA + i) + bend * load(of.RZ + i) * dA);
            store(of.dA + i, slope * dA);
        }
}

// One vector of samples: delta = A (dA - <A, dA>), whose change is, with RA = J RZ,
//
//     Rdelta = A (RdA - <A, RdA> - <RA, dA>) + RA (dA - <A, dA>).
INLINE void softmax_step_back(const StepBack& of, Index i) {
    V inner = all(0), change = all(0);
    for (Index j = 0, k = i; j < of.n_units; j++, k += of.ld) {
        inner += load(of.A + k) * load(of.dA + k);
        change += load(of.A + k) * load(of.RdA + k) + load(of.RA + k) * load(of.dA + k);
    }
    for (Index j = 0, k = i; j < of.n_units; j++, k += of.ld) {
        V a = load(of.A + k), rest = load(of.dA + k) - inner;
        store(of.RdA + k, a * (load(of.RdA + k) - change) + load(of.RA + k) * rest);
        store(of.dA + k, a * rest);
    }
}

static void step_back(int activation, REAL c, const StepBack& of) {
    switch (activation) {
        case SOFTMAX:
            for (Index i = 0; i < of.n; i += LANES) softmax_step_back(of, i);
            break;
#define DO(F, number, name)  \
    case number:             \
        step_back<F>(of, c); \
        break;
            FOR_EACH_ACTIVATION(DO)
#undef DO
    }
}

// RA = J RZ, since J is symmetric.
static void move(int activation, REAL c, Index n_units, Index n, Index ld, const REAL* Z,
                 const REAL* A, const REAL* RZ, REAL* RA) {
    memcpy(RA, RZ, n_units * ld * sizeof(REAL));
    activate_backward(activation, c, n_units, n, ld, Z, A, RA);
}

// -- losses: delta of the output layer, and its change -------------------------------------------

// Adds factor dloss/dA to delta, and its change to Rdelta.
template <class Loss>
static void add_slopes(const Outputs& o, const REAL* RA, REAL* Rdelta, double times, double c) {
    for (Index i = 0; i < o.n; i += LANES) {
        V factor = load(o.factor + i) * (REAL)times;
        for (Index k = i; k < i + o.n_out * o.ld; k += o.ld) {
            V a = load(o.A + k), y = Loss::target(load(o.Y + k), c, o.n_out);
            store(o.delta + k, load(o.delta + k) + factor * Loss::slope(a, y, c));
            V change = Loss::curvature(a, y, c) * load(RA + k);
            store(Rdelta + k, load(Rdelta + k) + factor * change);
        }
    }
}

// Adds factor (A - Y) to delta, and its change to Rdelta; or factor ((sum y) A - Y).
template <class Pair>
static void add_deltas(const Outputs& o, const REAL* RA, REAL* Rdelta, double times, double c) {
    for (Index i = 0; i < o.n; i += LANES) {
        V factor = load(o.factor + i) * (REAL)times, total_Y = all(1);
        if (Pair::TIMES_SUM_OF_Y) {
            total_Y = all(0);
            for (Index k = i; k < i + o.n_out * o.ld; k += o.ld)
                total_Y += Pair::target(load(o.Y + k), c, o.n_out);
        }
        for (Index k = i; k < i + o.n_out * o.ld; k += o.ld) {
            V delta = total_Y * load(o.A + k) - Pair::target(load(o.Y + k), c, o.n_out);
            store(o.delta + k, load(o.delta + k) + factor * delta);
            store(Rdelta + k, load(Rdelta + k) + factor * total_Y * load(RA + k));
        }
    }
}

// A, delta and their changes, from Z and RZ.
static void output_changes(const Network& network, const Outputs& o, const REAL* RZ, REAL* RA,
                           REAL* Rdelta) {
    const int output = (int)network.activations[network.n_layers - 1];
    const REAL c = (REAL)network.settings[network.n_layers - 1];
    activate(output, c, o.n_out, o.n, o.ld, o.Z, o.A);
    move(output, c, o.n_out, o.n, o.ld, o.Z, o.A, RZ, RA);
    memset(o.delta, 0, o.n_out * o.ld * sizeof(REAL));
    memset(Rdelta, 0, o.n_out * o.ld * sizeof(REAL));
    bool any_slopes = false;
    for (int64_t k = 0; k < network.n_losses; k++) {
        const double times = network.loss_factors[k], setting = network.loss_settings[k];
        any_slopes = any_slopes || network.losses[k] < FIRST_PAIR;
        switch (network.losses[k]) {
#define DO(Loss, number, name)                           \
    case number:                                         \
        add_slopes<Loss>(o, RA, Rdelta, times, setting); \
        break;
            FOR_EACH_LOSS(DO)
#undef DO
        }
    }
    if (any_slopes)
        step_back(output, c, {o.n_out, o.n, o.ld, o.Z, o.A, RZ, RA, o.delta, Rdelta});
    for (int64_t k = 0; k < network.n_losses; k++) {
        const double times = network.loss_factors[k], setting = network.loss_settings[k];
        switch (network.losses[k]) {
#define DO(Pair, number, name)                           \
    case number:                                         \
        add_deltas<Pair>(o, RA, Rdelta, times, setting); \
        break;
            FOR_EACH_PAIR(DO)
#undef DO
        }
    }
}

// -- a chunk of samples --------------------------------------------------------------------------

namespace {

struct HessianWorker : Worker {
    Layer* changes;  // V, v, RZ, RA, Rdelta of a layer where the layer itself has W, b, Z, A, delta

    // Buffers in the arena for the changes of at most n samples; v is in the layout of theta.
    void allocate_changes(const Network& given, const Data& data, Index n, const REAL* v,
                          Arena& arena) {
        const Panels samples(n);
        changes = arena.take<Layer>(given.n_layers);
        for (Index l = 0; l < given.n_layers; l++) {
            const Index n_in = given.sizes[l], n_units = given.sizes[l + 1];
            const Index size = n_units * samples.n, size_T = padded(n_units) * samples.n;
            REAL *RZ = arena.take(size), *RA = arena.take(size), *Rdelta = arena.take(size);
            const bool is_sparse = l == 0 && data.X_begins;
            const bool transposes = is_sparse || prefers_outer_products(n_in, n_units, n);
            REAL* Rdelta_T = arena.take(transposes ? size_T : 0);
            if (!changes) continue;
            Layer change = layers[l];
            change.W = v + change.at_W, change.b = change.b ? v + change.at_b : nullptr;
            change.Z = RZ, change.A = RA, change.delta = Rdelta, change.delta_T = Rdelta_T;
            changes[l] = change;
        }
    }

    // A chunk's part of H v, without the penalty, is written to `out`, or added to it.
    template <class Team>
    void multiply(Team& team, const Data& data, const Chunk& chunk, REAL* out, bool adds) {
        const Panels samples(chunk.n);
        load_chunk(team, data, chunk, samples);
        changes[0].X = layers[0].X;
        for (Index l = 0; l < n_layers; l++) run_forward(team, samples, l);
        team.run(samples.count, [&](Index p, Index) { run_output(samples, p); });
        for (Index l = n_layers - 1; l >= 0; l--) run_backward(team, samples, l, out, adds);
    }

   private:
    // Z and RZ, and A and RA if the layer is hidden.
    template <class Team>
    void run_forward(Team& team, const Panels& samples, Index l) {
        share_forward(team, samples, l, sorts_X(), [&](const Block& block, REAL* room) {
            forward(layers[l], input_of(l), samples, block, l < n_layers - 1, room, nullptr);
            forward_change(l, samples, block, room);
        });
    }

    void forward_change(Index l, const Panels& samples, const Block& block, REAL* room) const {
        const Layer &layer = layers[l], &change = changes[l];
        forward(change, input_of(l), samples, block, false, room, nullptr);
        const Weights W_transposed = {layer.W, 1, layer.n_out};
        if (l > 0)
            product({layer.n_out, layer.n_in, W_transposed, nullptr, changes[l - 1].A, change.Z,
                     true},
                    samples, block, packs(layer, samples) ? room : nullptr);
        if (l == n_layers - 1) return;
        for_rows(layer, samples, block, [&](Index n_units, Index width, Index at) {
            move(layer.activation, layer.setting, n_units, width, width, layer.Z + at,
                 layer.A + at, change.Z + at, change.A + at);
        });
    }

    // A panel of A, RA, delta and Rdelta of the output layer.
    void run_output(const Panels& samples, Index p) const {
        const Layer &output = layers[n_layers - 1], &change = changes[n_layers - 1];
        const Index start = samples.start(p), width = samples.width(p), at = start * n_out;
        output_changes(*network,
                       {n_out, width, width, output.Z + at, Y + at, factor + start, output.A + at,
                        output.delta + at},
                       change.Z + at, change.A + at, change.delta + at);
        transpose_delta(output, samples, {0, n_out, p, p + 1});
        transpose_delta(change, samples, {0, n_out, p, p + 1});
    }

    // RdW and Rdb of a layer, and delta and Rdelta of the layer before, in one job.
    template <class Team>
    void run_backward(Team& team, const Panels& samples, Index l, REAL* out, bool adds) {
        share_backward(
            team, samples, l,
            [&](const Block& block, REAL* room) {
                gradient_change(l, samples, block, out, adds, room);
            },
            [&](const Block& block) { backward_change(l, samples, block); });
    }

    void gradient_change(Index l, const Panels& samples, const Block& block, REAL* out, bool adds,
                         REAL* room) const {
        parameter_gradients(changes[l], input_of(l), samples, block, out, adds, room);
        if (l > 0)
            weight_gradients(layers[l], changes[l - 1].A, samples, block, out, true, room);
    }

    void backward_change(Index l, const Panels& samples, const Block& block) const {
        const Layer &layer = layers[l], &change = changes[l];
        const Layer &before = layers[l - 1], &change_before = changes[l - 1];
        const Weights W = {layer.W, layer.n_out, 1}, dW = {change.W, layer.n_out, 1};
        const Index n_i = layer.n_in, n_k = layer.n_out;
        product({n_i, n_k, W, nullptr, layer.delta, before.delta}, samples, block, nullptr);
        product({n_i, n_k, W, nullptr, change.delta, change_before.delta}, samples, block, nullptr);
        product({n_i, n_k, dW, nullptr, layer.delta, change_before.delta, true}, samples, block,
                nullptr);
        for_rows(before, samples, block, [&](Index n_units, Index width, Index at) {
            step_back(before.activation, before.setting,
                      {n_units, width, width, before.Z + at, before.A + at, change_before.Z + at,
                       change_before.A + at, before.delta + at, change_before.delta + at});
        });
        transpose_delta(before, samples, block);
        transpose_delta(change_before, samples, block);
    }
};

// -- all samples ---------------------------------------------------------------------------------

struct HessianEngine : Engine {
    HessianWorker* hessian_workers;  // the others, with changes

    // For at most n samples at a time.
    HessianEngine(const Network& given, const Data& data, Index n, const REAL* v, Arena& arena)
        : Engine(given, data, n, true, arena) {
        hessian_workers = arena.take<HessianWorker>(n_workers);
        for (Index t = 0; t < n_workers; t++) {
            HessianWorker worker = {};
            if (workers) (Worker&)worker = workers[t];
            worker.allocate_changes(network, data, n < plan.most ? n : plan.most, v, arena);
            if (hessian_workers) hessian_workers[t] = worker;
        }
        bytes = arena.used;
    }

    // H v, without the penalty, of n samples from `first` on, is written to `out`, or added to it.
    void multiply(ThreadPool& pool, const Data& data, Index first, Index n, double total, REAL* out,
                  bool adds) {
        Index n_parts;
        run(pool, first, n, total, out, adds, &n_parts,
            [&](Index worker, auto& team, const Chunk& chunk, REAL* part, bool adds_it) {
                hessian_workers[worker].multiply(team, data, chunk, part, adds_it);
                return 0.0;
            });
        sum_all_parts(pool, out, n_parts);
    }
};

}  // namespace
