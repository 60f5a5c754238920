// Epochs without Python in between, and the functions that Python calls (see sknn_edu/engine/ and
// sknn_edu/training/loop.py).
//
// This file is compiled for float and for double, and for several instruction sets, each time
// with other values of REAL_BITS and of the names that `EXPORT` makes. From the bottom up:
// vectors.h, panels.h, functions.h, activations.h, losses.h, products.h, sparse.h, dropout.h and
// layer.h make a worker (worker.h), which runs a chunk of samples forward and backward. Workers,
// plan.h, penalty.h, optimizers.h and thread_pool.h make an engine (engine.h), which runs a batch.
// curvature.h has a worker and an engine for second derivatives.

#include <time.h>
#include "curvature.h"
#include "engine.h"
#include "shuffle.h"

namespace {

double seconds_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool is_finite(const REAL* x, Index n) {
    V total = all(0);
    double rest = 0;
    for (; n % LANES; n--) rest += x[n - 1];
    for (Index i = 0; i < n; i += LANES) total += load_anywhere(x + i);
    return isfinite(sum(total) + rest);
}

// Whether the next epoch may begin without a return to Python, after one with the loss J: all
// numbers are finite, and the losses have not stopped falling. If so, theta is kept.
bool goes_on(Epochs& epochs, const Optimizer& optimizer, Index n_parameters, double J) {
    if (!is_finite((const REAL*)optimizer.theta, n_parameters)) return false;
    for (Index k = 0; k < optimizer.n_vectors; k++)
        if (!is_finite((const REAL*)optimizer.vectors[k], n_parameters)) return false;
    const int64_t without =
        J > epochs.best_loss - epochs.tol ? epochs.n_without_improvement + 1 : 0;
    if (without > epochs.patience) return false;

    epochs.n_without_improvement = without;
    const size_t size = n_parameters * sizeof(REAL);
    void* last = epochs.last_but_one;
    epochs.last_but_one = epochs.last, epochs.last = last;
    memcpy(last, optimizer.theta, size);
    if (J < epochs.best_loss) {
        epochs.best_loss = J, epochs.best_epoch = epochs.n_done;
        memcpy(epochs.best, optimizer.theta, size);
    }
    return true;
}

// The rate of the next step, as a schedule has it.
void set_rate(Optimizer& optimizer, double factor) {
    optimizer.rate_factor = factor;
    optimizer.rate = optimizer.rate_init * factor;
}

// Run epochs until there is a reason to return to Python.
Ending run_epochs(const Network& network, const Data& data, Optimizer& optimizer, Epochs& epochs,
                  void* workspace) {
    Arena arena(workspace);
    Engine engine(network, data, epochs.batch_size, true, arena);
    ThreadPool pool(engine.n_threads, engine.threads);
    REAL *theta = (REAL*)optimizer.theta, *grad = (REAL*)optimizer.grad;
    const double stop_at = seconds_now() + epochs.seconds;
    double P = engine.penalty_of(theta);
    int64_t work = 0;  // since the clock was read last
    for (;;) {
        if (!epochs.is_running) {
            if (epochs.random)
                shuffle(*(const BitGenerator*)epochs.random, data.n, epochs.order);
            epochs.is_running = 1, epochs.batch = 0, epochs.sum_J = 0, epochs.n_seen = 0;
        }
        for (Index first; (first = epochs.batch * epochs.batch_size) < data.n; epochs.batch++) {
            if (work > 1000000) {
                work = 0;
                if (seconds_now() > stop_at) return TIME_IS_OVER;
            }
            const Index left = data.n - first;
            const Index n = left < epochs.batch_size ? left : epochs.batch_size;
            double total = data.w ? 0 : (double)n;
            for (Index i = 0; data.w && i < n; i++) total += Worker::weight(data, first + i);
            if (total == 0) continue;  // J is undefined: the batch is left out

            if (network.masks) network.masks->first = first;
            Index n_parts;
            double J = engine.run(pool, data, first, n, total, grad, false, &n_parts);
            J += P / total;
            if (!isfinite(J)) return J_IS_NOT_FINITE;
            if (epochs.rate_factors) {
                const int64_t n_batches = (data.n + epochs.batch_size - 1) / epochs.batch_size;
                set_rate(optimizer, epochs.rate_factors[epochs.n_done * n_batches + epochs.batch]);
            }
            engine.update(pool, optimizer, n_parts, total);
            P = engine.noted_penalty();
            epochs.sum_J += J * (double)n;
            epochs.n_seen += n;
            if (network.masks) network.masks->update++;
            work += n * (engine.n_parameters + 100);
        }
        const double J = epochs.sum_J / (double)epochs.n_seen;
        epochs.losses[epochs.n_done++] = J, epochs.is_running = 0;
        if (epochs.n_done == epochs.n_epochs ||
            !goes_on(epochs, optimizer, engine.n_parameters, J))
            return PYTHON_TAKES_OVER;
    }
}

}  // namespace

// The functions that Python calls have the dtype and the instruction set in their names.
#define PASTE(a, b, c) a##_##b##_##c
#define NAME(a, b, c) PASTE(a, b, c)
#define EXPORT(name) NAME(name, TYPE, LEVEL)

// How many threads have work in batches of n rows of the data.
PUBLIC int64_t EXPORT(most_threads)(const Network* network, const Data* data, int64_t n) {
    return Plan(*network, *data, n).most_threads;
}

// Bytes of workspace, aligned to 64, that the other functions need for batches of n rows of the
// data. `purpose` is to predict (0), to train (1), or to multiply vectors by the Hessian (2), which
// is enough for the others.
PUBLIC int64_t EXPORT(workspace_bytes)(const Network* network, const Data* data, int64_t n,
                                       int64_t purpose) {
    Arena nothing(nullptr);
    if (purpose == 2) return HessianEngine(*network, *data, n, nullptr, nothing).bytes;
    return Engine(*network, *data, n, purpose, nothing).bytes;
}

// Run epochs until there is a reason to return to Python, which epochs->ending says.
PUBLIC void EXPORT(train)(const Network* network, const Data* data, Optimizer* optimizer,
                          Epochs* epochs, void* workspace) {
    FlushDenormals while_in_scope;
    epochs->ending = run_epochs(*network, *data, *optimizer, *epochs, workspace);
}

// The part of J, without the penalty, of the rows first to first + n of data whose weights sum to
// `total`. Its gradient, in the layout of theta, is written to `grad`, or added to it.
PUBLIC double EXPORT(gradient)(const Network* network, const Data* data, int64_t first, int64_t n,
                               double total, int64_t adds, void* grad, void* workspace) {
    FlushDenormals while_in_scope;
    Arena arena(workspace);
    Engine engine(*network, *data, n, true, arena);
    ThreadPool pool(engine.n_threads, engine.threads);
    Index n_parts;
    double J = engine.run(pool, *data, first, n, total, (REAL*)grad, adds, &n_parts);
    engine.sum_all_parts(pool, (REAL*)grad, n_parts);
    return J;
}

// The part of H v, without the penalty, of the same rows, where H is the Hessian of J and v a
// vector in the layout of theta, as is the result; it is written to `out`, or added to it.
PUBLIC void EXPORT(hessian_product)(const Network* network, const Data* data, int64_t first,
                                    int64_t n, double total, int64_t adds, const void* v,
                                    void* out, void* workspace) {
    FlushDenormals while_in_scope;
    Arena arena(workspace);
    HessianEngine engine(*network, *data, n, (const REAL*)v, arena);
    ThreadPool pool(engine.n_threads, engine.threads);
    engine.multiply(pool, *data, first, n, total, (REAL*)out, adds);
}

// The part of J, without the penalty and without dropout, of the same rows; A of the output layer
// is written to the same rows of `out`, as below.
PUBLIC double EXPORT(evaluate)(const Network* network, const Data* data, int64_t first, int64_t n,
                               double total, void* out, void* workspace) {
    FlushDenormals while_in_scope;
    Arena arena(workspace);
    Engine engine(*network, *data, n, true, arena);
    ThreadPool pool(engine.n_threads, engine.threads);
    return engine.evaluate(pool, *data, first, n, total, (REAL*)out);
}

// A of the output layer for the rows first to first + n, written to the same rows of `out`, which
// has shape (data->n, n_out).
PUBLIC void EXPORT(predict)(const Network* network, const Data* data, int64_t first, int64_t n,
                            void* out, void* workspace) {
    FlushDenormals while_in_scope;
    Arena arena(workspace);
    Engine engine(*network, *data, n, false, arena);
    ThreadPool pool(engine.n_threads, engine.threads);
    engine.predict(pool, *data, first, n, (REAL*)out);
}

// For the tests: the loss of n samples and delta, from arrays of shape (n_out, n) and w_i / sum w.
// n is a multiple of LANES; the arrays are aligned; A is for the core's own use.
PUBLIC double EXPORT(loss)(const Network* network, int64_t n, const void* Z, const void* Y,
                           const void* factor, void* A, void* delta) {
    FlushDenormals while_in_scope;
    return loss_and_delta(*network, {network->sizes[network->n_layers], n, n, (const REAL*)Z,
                                     (const REAL*)Y, (const REAL*)factor, (REAL*)A, (REAL*)delta});
}

// For the tests: A = f(Z) for n_units rows of n samples, then D = J^T D. n is a multiple of LANES;
// the arrays are aligned.
PUBLIC void EXPORT(activation)(int64_t activation, double setting, int64_t n_units, int64_t n,
                               const void* Z, void* A, void* D) {
    FlushDenormals while_in_scope;
    activate((int)activation, (REAL)setting, n_units, n, n, (const REAL*)Z, (REAL*)A);
    activate_backward((int)activation, (REAL)setting, n_units, n, n, (const REAL*)Z,
                      (const REAL*)A, (REAL*)D);
}

// The products of one layer, for benchmarks: forward (0), backward (1) or gradient (2), computed
// `repeats` times. Returns the bytes of workspace that this needs; without one, it does no more.
// W, A, delta and out are as in a layer: aligned, whole vectors of samples.
PUBLIC int64_t EXPORT(products)(int64_t product, int64_t n_in, int64_t n_out, int64_t n,
                                int64_t repeats, const void* W, const void* A, const void* delta,
                                void* out, void* workspace) {
    Arena arena(workspace);
    const Panels samples(n);
    Layer layer = {n_in, n_out, (const REAL*)W, nullptr, 0, n_in * n_out};
    layer.sums_outer_products = prefers_outer_products(n_in, n_out, n);
    layer.delta = (REAL*)delta, layer.Z = (REAL*)out;
    layer.delta_T = arena.take(padded(n_out) * samples.n);
    REAL* packed = arena.take(PACKED);
    Layer before = {};
    before.n_out = n_in, before.delta = (REAL*)out;
    for (Index i = 0; workspace && i < repeats; i++) {
        if (product == 0) {
            forward(layer, (const REAL*)A, samples, {0, n_out, 0, samples.count}, false, packed,
                    nullptr);
        } else if (product == 1) {
            backward(layer, before, samples, {0, n_in, 0, samples.count});
        } else {
            const Panels units(layer.sums_outer_products ? n_out : 1);
            transpose_delta(layer, samples, {0, n_out, 0, samples.count});
            parameter_gradients(layer, (const REAL*)A, samples, {0, n_in, 0, units.count},
                                (REAL*)out, false, packed);
        }
    }
    return arena.used;
}
