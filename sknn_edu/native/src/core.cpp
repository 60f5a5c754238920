// The compiled engine: what sknn_edu/engine/ does, batch after batch, without Python in between.
//
// This file is compiled for float and for double, and for several instruction sets, each time
// with other values of REAL_BITS and of the names that `EXPORT` makes. From the bottom up: vectors.h,
// functions.h, activations.h, losses.h, gemm.h, layer.h make a worker (worker.h), which takes a
// chunk of samples forward and backward; penalty.h and optimizers.h make the update; team.h has
// the threads, shuffle.h the order of the samples.

#include <time.h>
#include "interface.h"
#include "optimizers.h"
#include "penalty.h"
#include "shuffle.h"
#include "team.h"
#include "worker.h"

// Each of the compiled versions of this file keeps its own classes: merged by the linker, they would
// run one version's instructions on another's numbers.
namespace {

// Chunks whose gradients are summed at a time, each from a vector of its own. All sums are made in
// this order, whoever computed their parts: results do not depend on the number of threads.
constexpr long GROUP = MOST_THREADS;
// Parameters that are updated at a time.
constexpr long BLOCK = 4096;
// Of the sizes of chunks, in samples, so that no lane stays empty: as `padded` has it.
constexpr long STEP = LANES > 8 ? LANES : 8;

double seconds_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bool is_finite(const REAL* x, long n) {
    V total = all(0);
    double rest = 0;
    for (; n % LANES; n--) rest += x[n - 1];
    for (long i = 0; i < n; i += LANES) total += load_anywhere(x + i);
    return isfinite(sum(total) + rest);
}

// How n samples are cut into chunks of about equal size, at most network.chunk.
struct Cut {
    long n, most, n_chunks, size;

    Cut(const Network& network, long samples) : n(samples) {
        most = network.chunk / STEP * STEP;
        n_chunks = (n + most - 1) / most;
        size = ((n + n_chunks - 1) / n_chunks + STEP - 1) / STEP * STEP;
        if (most > n) most = n;
    }
    long begin(long c) const { return c * size; }
    long length(long c) const { return c < n_chunks - 1 ? size : n - begin(c); }
};

// A network with workers, and room for their gradients.
struct Machine {
    const Network& network;
    long n_parameters, n_weights, n_threads, n_partial;
    Worker workers[MOST_THREADS];
    REAL* partial[GROUP];   // gradients of chunks
    double parts_of_J[GROUP];
    double* parts_of_penalty;  // of the blocks of W
    int64_t bytes;

    // For batches of n samples; `trains` if there will be gradients.
    Machine(const Network& given, long n, bool trains, Arena& arena) : network(given) {
        const Cut cut(network, n);
        n_threads = cut.n_chunks < network.n_threads ? cut.n_chunks : network.n_threads;
        n_threads = n_threads < MOST_THREADS ? n_threads : MOST_THREADS;
        n_parameters = network.n_parameters;
        n_weights = 0;
        for (long l = 0; l < network.n_layers; l++)
            n_weights += network.sizes[l] * network.sizes[l + 1];
        for (long t = 0; t < n_threads; t++)
            workers[t].allocate(network, cut.most, trains, arena);
        n_partial = cut.n_chunks < GROUP ? cut.n_chunks : GROUP;
        for (long c = 0; trains && c < n_partial; c++) partial[c] = arena.take(n_parameters);
        parts_of_penalty = arena.take<double>(trains ? n_weights / BLOCK + 1 : 0);
        bytes = arena.used;
    }

    // J, without the penalty, on the samples from `first` on. Of its gradient, a first part is in
    // `grad`, the others in the n_parts - 1 first vectors of `partial`.
    double run(Team& team, const Data& data, long first, long n, double total, REAL* grad,
               bool adds, long* n_parts) {
        const Cut cut(network, n);
        double J = 0;
        for (long done = 0; done < cut.n_chunks;) {
            const bool is_first = done == 0 && !adds;
            const long left = cut.n_chunks - done, size = left < GROUP ? left : GROUP;
            team.run(size, [&](long c, long member) {
                Chunk chunk = {first + cut.begin(done + c), cut.length(done + c), total};
                REAL* part = !is_first ? partial[c] : c ? partial[c - 1] : grad;
                parts_of_J[c] = workers[member].gradient(data, chunk, part);
            });
            for (long c = 0; c < size; c++) J += parts_of_J[c];
            done += size;
            *n_parts = is_first ? size - 1 : size;
            if (done < cut.n_chunks)
                sum_all_parts(team, grad, *n_parts);
        }
        return J;
    }

    // grad += partial[0] + partial[1] + ..., in this order, for the parameters i to `end`.
    void sum_parts(REAL* __restrict grad, long n_parts, long i, long end) const {
        for (long c = 0; c < n_parts; c++) {
            const REAL* __restrict part = partial[c];
            for (long k = i; k < end; k++) grad[k] += part[k];
        }
    }

    void sum_all_parts(Team& team, REAL* grad, long n_parts) const {
        for_each_block(team, [&](long i, long end) { sum_parts(grad, n_parts, i, end); });
    }

    template <class Do>
    void for_each_block(Team& team, const Do& act) const {
        team.run((n_parameters + BLOCK - 1) / BLOCK, [&](long block, long) {
            long i = block * BLOCK;
            act(i, i + BLOCK < n_parameters ? i + BLOCK : n_parameters);
        });
    }

    // The penalty of W, and the same from the parts that the last update has left.
    double penalty_of(const REAL* W) const {
        for (long i = 0; i < n_weights; i += BLOCK) note_penalty(W, i, i + BLOCK);
        return noted_penalty();
    }
    double noted_penalty() const {
        double P = 0;
        for (long block = 0; block * BLOCK < n_weights; block++) P += parts_of_penalty[block];
        return P;
    }
    void note_penalty(const REAL* W, long i, long end) const {
        end = end < n_weights ? end : n_weights;
        if (i < end)
            parts_of_penalty[i / BLOCK] = penalty(end - i, W + i, network.l1, network.l2);
    }

    // The step: for each block, sum the parts of its gradient, add the penalty's, move theta.
    template <class Rule>
    void update(Team& team, Optimizer& o, long n_parts, double total) const {
        const double rate = o.rate, l1 = network.l1, l2 = network.l2;
        const Rule rule(o);
        REAL *theta = (REAL*)o.theta, *grad = (REAL*)o.grad;
        REAL *m = (REAL*)o.first, *v = (REAL*)o.second;
        for_each_block(team, [&](long i, long end) {
            const long n_W = end < n_weights ? end - i : n_weights - i;  // below 0: only biases
            sum_parts(grad, n_parts, i, end);
            if (Rule::DECOUPLES_PENALTY)
                add_penalty_gradient(n_W, theta + i, l1, l2, -rate / total, theta + i);
            else
                add_penalty_gradient(n_W, theta + i, l1, l2, 1 / total, grad + i);
            rule.step(end - i, theta + i, grad + i, m ? m + i : m, v ? v + i : v);
            note_penalty(theta, i, end);
        });
    }

    void update(Team& team, Optimizer& o, long n_parts, double total) const {
        switch (o.rule) {
#define DO(Rule, number, name) \
    case number:               \
        return update<Rule>(team, o, n_parts, total);
            FOR_EACH_OPTIMIZER(DO)
#undef DO
        }
    }
};

// Whether training may go on without anybody looking at the epoch that has just ended, with the
// loss J: all numbers are finite, and the losses have not stopped falling. If so, theta is kept.
bool goes_on(Epochs& epochs, const Optimizer& optimizer, long n_parameters, double J) {
    const void* state[] = {optimizer.theta, optimizer.first, optimizer.second};
    for (const void* x : state)
        if (x && !is_finite((const REAL*)x, n_parameters)) return false;
    const int64_t without =
        J > epochs.best_loss - epochs.tol ? epochs.n_without_improvement + 1 : 0;
    if (without > epochs.patience) return false;

    epochs.n_without_improvement = without;
    const size_t size = n_parameters * sizeof(REAL);
    void* last = epochs.last_but_one;
    epochs.last_but_one = epochs.last, epochs.last = last;
    memcpy(last, optimizer.theta, size);
    if (J < epochs.best_loss) {
        epochs.best_loss = J;
        memcpy(epochs.best, optimizer.theta, size);
    }
    return true;
}

// Epochs, until there is a reason to return to Python.
Ending run_epochs(const Network& network, const Data& data, Optimizer& optimizer, Epochs& epochs,
                  void* workspace) {
    Arena arena(workspace);
    Machine machine(network, epochs.batch_size, true, arena);
    Team team(machine.n_threads);
    REAL *theta = (REAL*)optimizer.theta, *grad = (REAL*)optimizer.grad;
    const double stop_at = seconds_now() + epochs.seconds;
    double P = machine.penalty_of(theta);
    int64_t work = 0;  // since the last look at the clock
    for (;;) {
        if (!epochs.is_running) {
            if (epochs.random)
                shuffle(*(const BitGenerator*)epochs.random, data.n, epochs.order);
            epochs.is_running = 1, epochs.batch = 0, epochs.sum_J = 0, epochs.n_seen = 0;
        }
        for (long first; (first = epochs.batch * epochs.batch_size) < data.n; epochs.batch++) {
            if (work > 1000000) {
                work = 0;
                if (seconds_now() > stop_at) return TIME_IS_OVER;
            }
            const long left = data.n - first;
            const long n = left < epochs.batch_size ? left : epochs.batch_size;
            double total = data.w ? 0 : (double)n;
            for (long i = 0; data.w && i < n; i++) total += Worker::weight(data, first + i);
            if (total == 0) continue;  // J is a mean over nothing: the batch says nothing

            long n_parts;
            double J = machine.run(team, data, first, n, total, grad, false, &n_parts);
            J += P / total;
            if (!isfinite(J)) return J_IS_NOT_FINITE;
            machine.update(team, optimizer, n_parts, total);
            P = machine.noted_penalty();
            epochs.sum_J += J * (double)n;
            epochs.n_seen += n;
            work += n * (machine.n_parameters + 100);
        }
        const double J = epochs.sum_J / (double)epochs.n_seen;
        epochs.losses[epochs.n_done++] = J, epochs.is_running = 0;
        if (epochs.n_done == epochs.n_epochs ||
            !goes_on(epochs, optimizer, machine.n_parameters, J))
            return SOMEBODY_MUST_LOOK;
    }
}

}  // namespace

// The functions that Python calls carry the type and the instruction set in their names.
#define PASTE(a, b, c) a##_##b##_##c
#define NAME(a, b, c) PASTE(a, b, c)
#define EXPORT(name) NAME(name, TYPE, LEVEL)
#define PUBLIC extern "C" __attribute__((visibility("default")))

// Bytes of workspace, aligned to 64, that the other functions need for batches of n rows.
PUBLIC int64_t EXPORT(workspace_bytes)(const Network* network, int64_t n, int64_t trains) {
    Arena nothing(nullptr);
    return Machine(*network, n, trains, nothing).bytes;
}

// Train for some epochs.
PUBLIC void EXPORT(train)(const Network* network, const Data* data, Optimizer* optimizer,
                          Epochs* epochs, void* workspace) {
    WithoutDenormals while_here;
    epochs->ending = run_epochs(*network, *data, *optimizer, *epochs, workspace);
}

// The part of J on the rows first to first + n of data of weight `total`, without the penalty; its
// gradient goes to grad, in the layout of theta, or is added to it.
PUBLIC double EXPORT(gradient)(const Network* network, const Data* data, int64_t first, int64_t n,
                               double total, int64_t adds, void* grad, void* workspace) {
    WithoutDenormals while_here;
    Arena arena(workspace);
    Machine machine(*network, n, true, arena);
    Team team(machine.n_threads);
    long n_parts;
    double J = machine.run(team, *data, first, n, total, (REAL*)grad, adds, &n_parts);
    machine.sum_all_parts(team, (REAL*)grad, n_parts);
    return J;
}

// A of the output layer for the rows first to first + n, to `out` of shape (data->n, n_out).
PUBLIC void EXPORT(predict)(const Network* network, const Data* data, int64_t first, int64_t n,
                            void* out, void* workspace) {
    WithoutDenormals while_here;
    Arena arena(workspace);
    Machine machine(*network, n, false, arena);
    Team team(machine.n_threads);
    const Cut cut(*network, n);
    team.run(cut.n_chunks, [&](long c, long member) {
        machine.workers[member].predict(*data, first + cut.begin(c), cut.length(c), (REAL*)out);
    });
}

// f and f' for n numbers, to be tested: A = f(Z), then D = f'(Z) D. n is whole vectors; arrays are
// aligned.
PUBLIC void EXPORT(activation)(int64_t activation, double setting, int64_t n, const void* Z,
                               void* A, void* D) {
    WithoutDenormals while_here;
    activate((int)activation, (REAL)setting, 1, n, n, (const REAL*)Z, (REAL*)A);
    activate_backward((int)activation, (REAL)setting, 1, n, n, (const REAL*)Z, (const REAL*)A,
                      (REAL*)D);
}
