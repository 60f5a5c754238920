// A batch: its gradient, shared out among threads as planned (plan.h), and the update.

#pragma once
#include <utility>
#include "clipping.h"
#include "interface.h"
#include "optimizers.h"
#include "penalty.h"
#include "plan.h"
#include "thread_pool.h"
#include "worker.h"

// In a namespace without a name, since the files are compiled several times: the linker would merge
// classes of equal names, and run one version's instructions on another's numbers.
namespace {

// Number of chunks whose gradients are summed at a time, each of them in a vector of its own. The
// order of a sum is that of the chunks, so that results do not depend on the number of threads.
constexpr Index GROUP = 32;
// Number of parameters that an update or a sum treats at a time.
constexpr Index BLOCK = 4096;

struct Engine {
    const Network& network;
    const Plan plan;
    Index n_parameters, n_weights, n_threads, n_workers;
    ThreadPool::Thread* threads;
    Worker* workers;  // one for each thread; one for all threads if they share units
    REAL* partial[GROUP];  // gradients of chunks
    double parts_of_J[GROUP];
    double* parts_of_penalty;  // of the blocks of W
    double* parts_of_norm;     // of the blocks of the gradient: sums of squares
    int64_t bytes;

    // For batches of n samples of the data; `trains` if gradients will be computed.
    Engine(const Network& given, const Data& data, Index n, bool trains, Arena& arena)
        : network(given), plan(given, data, n) {
        n_threads =
            plan.most_threads < network.n_threads ? plan.most_threads : network.n_threads;
        n_workers = plan.shares_units ? 1 : n_threads;
        n_parameters = network.n_parameters;
        n_weights = 0;
        for (Index l = 0; l < network.n_layers; l++)
            n_weights += network.sizes[l] * network.sizes[l + 1];
        threads = arena.take<ThreadPool::Thread>(n_threads);
        workers = arena.take<Worker>(n_workers);
        for (Index t = 0; t < n_workers; t++) {
            Worker worker;
            worker.allocate(network, data, n < plan.most ? n : plan.most, trains,
                            plan.shares_units ? n_threads : 1, arena);
            if (workers) workers[t] = worker;
        }
        const Index n_partial =
            plan.shares_units ? 0 : (plan.n_chunks < GROUP ? plan.n_chunks : GROUP);
        for (Index c = 0; trains && c < n_partial; c++) partial[c] = arena.take(n_parameters);
        parts_of_penalty = arena.take<double>(trains ? n_weights / BLOCK + 1 : 0);
        parts_of_norm = arena.take<double>(trains ? n_parameters / BLOCK + 1 : 0);
        bytes = arena.used;
    }

    // J, without the penalty, on n samples from `first` on, whose weights sum to `total`. A part of
    // its gradient is written to `grad`, or added to it; n_parts others are left in `partial`.
    double run(ThreadPool& pool, const Data& data, Index first, Index n, double total, REAL* grad,
               bool adds, Index* n_parts) {
        return run(pool, first, n, total, grad, adds, n_parts,
                   [&](Index worker, auto& team, const Chunk& chunk, REAL* part, bool adds_it) {
                       return workers[worker].gradient(team, data, chunk, part, adds_it);
                   });
    }

    // The sum of act(worker, team, chunk, grad, adds) over the chunks of n samples from `first` on;
    // it adds to `grad`, or writes to it, what is summed like a gradient.
    template <class Act>
    double run(ThreadPool& pool, Index first, Index n, double total, REAL* grad, bool adds,
               Index* n_parts, const Act& act) {
        const Cut cut(plan, n);
        double J = 0;
        *n_parts = 0;
        for (Index done = 0; done < cut.n_chunks;) {
            // The chunks of a group write to vectors of their own; all threads together to `grad`.
            const bool is_first = done == 0 && !adds;
            const Index left = cut.n_chunks - done, size = left < GROUP ? left : GROUP;
            for_chunks(pool, size, [&](Index worker, auto& team, Index c) {
                const Chunk chunk = {first + cut.begin(done + c), cut.length(done + c), total};
                if (plan.shares_units) {
                    parts_of_J[c] = act(worker, team, chunk, grad, !is_first || c > 0);
                } else {
                    REAL* part = !is_first ? partial[c] : c ? partial[c - 1] : grad;
                    parts_of_J[c] = act(worker, team, chunk, part, false);
                }
            });
            for (Index c = 0; c < size; c++) J += parts_of_J[c];
            done += size;
            if (plan.shares_units) continue;
            *n_parts = is_first ? size - 1 : size;
            if (done < cut.n_chunks) sum_all_parts(pool, grad, *n_parts);
        }
        return J;
    }

    // act(worker, team, c) for n chunks: each by a thread with a worker of its own; or by all
    // threads together, one chunk after the other.
    template <class Act>
    void for_chunks(ThreadPool& pool, Index n, const Act& act) {
        const Alone alone;
        if (plan.shares_units)
            for (Index c = 0; c < n; c++) act(0, pool, c);
        else
            pool.run(n, [&](Index c, Index thread) { act(thread, alone, c); });
    }

    // J, without the penalty and without dropout, on n samples from `first` on, whose weights sum
    // to `total`; A of the output layer is written to the same rows of `out`.
    double evaluate(ThreadPool& pool, const Data& data, Index first, Index n, double total,
                    REAL* out) {
        const Cut cut(plan, n);
        double J = 0;
        for (Index done = 0, size; done < cut.n_chunks; done += size) {
            const Index left = cut.n_chunks - done;
            size = left < GROUP ? left : GROUP;
            for_chunks(pool, size, [&](Index worker, auto& team, Index c) {
                const Chunk chunk = {first + cut.begin(done + c), cut.length(done + c), total};
                parts_of_J[c] = workers[worker].evaluate(team, data, chunk, out);
            });
            for (Index c = 0; c < size; c++) J += parts_of_J[c];
        }
        return J;
    }

    // A of the output layer for the rows first to first + n, written to the same rows of `out`.
    void predict(ThreadPool& pool, const Data& data, Index first, Index n, REAL* out) {
        const Cut cut(plan, n);
        for_chunks(pool, cut.n_chunks, [&](Index worker, auto& team, Index c) {
            workers[worker].predict(team, data, first + cut.begin(c), cut.length(c), out);
        });
    }

    // grad += partial[0] + partial[1] + ..., in this order, for the parameters i to `end`.
    void sum_parts(REAL* __restrict grad, Index n_parts, Index i, Index end) const {
        for (Index c = 0; c < n_parts; c++) {
            const REAL* __restrict part = partial[c];
            for (Index k = i; k < end; k++) grad[k] += part[k];
        }
    }

    void sum_all_parts(ThreadPool& pool, REAL* grad, Index n_parts) const {
        for_each_block(pool, [&](Index i, Index end) { sum_parts(grad, n_parts, i, end); });
    }

    // act(i, end) for blocks of parameters, several of them in a task.
    template <class Act>
    void for_each_block(ThreadPool& pool, const Act& act) const {
        const Index n_blocks = (n_parameters + BLOCK - 1) / BLOCK;
        const Index most = pool.size > 1 ? pool.size * TASKS_OF_A_THREAD : 1;
        const Index n_tasks = n_blocks < most ? n_blocks : most;
        pool.run(n_tasks, [&](Index task, Index) {
            const Index end = (task + 1) * n_blocks / n_tasks;
            for (Index block = task * n_blocks / n_tasks; block < end; block++) {
                const Index i = block * BLOCK;
                act(i, i + BLOCK < n_parameters ? i + BLOCK : n_parameters);
            }
        });
    }

    // The penalty of W; and the sum of its parts that the last update has noted.
    double penalty_of(const REAL* W) const {
        for (Index i = 0; i < n_weights; i += BLOCK) note_penalty(W, i, i + BLOCK);
        return noted_penalty();
    }
    double noted_penalty() const {
        double P = 0;
        for (Index block = 0; block * BLOCK < n_weights; block++) P += parts_of_penalty[block];
        return P;
    }
    void note_penalty(const REAL* W, Index i, Index end) const {
        end = end < n_weights ? end : n_weights;
        if (i < end)
            parts_of_penalty[i / BLOCK] = penalty(end - i, W + i, network.l1, network.l2);
    }

    // The rule's step for the parameters i to `end`, with the same part of each of its vectors.
    template <class Rule, int... K>
    static void step(const Rule& rule, const Optimizer& o, REAL factor, Index i, Index end,
                     std::integer_sequence<int, K...>) {
        rule.step(factor, end - i, (REAL*)o.theta + i, (const REAL*)o.grad + i,
                  (REAL*)o.vectors[K] + i...);
    }

    // act(rate, i, end) for the parts of the parameters i to `end` that are W or b of one layer, with
    // the rate of each; or for all at once if there are no rates, with 1.
    template <class Act>
    void for_each_layer(const double* rates, Index i, Index end, const Act& act) const {
        if (!rates) return act(1, i, end);
        const int64_t* sizes = network.sizes;
        for (Index k = 0, begin = 0; begin < end; k++) {
            const Index l = k % network.n_layers, n_in = k < network.n_layers ? sizes[l] : 1;
            const Index stop = begin + n_in * sizes[l + 1];
            const Index from = i > begin ? i : begin, to = end < stop ? end : stop;
            if (from < to) act(rates[k], from, to);
            begin = stop;
        }
    }

    // The gradient of the parameters i to `end`: the sum of its parts, and of the penalty's if
    // the rule takes both together.
    template <class Rule>
    void complete(const Optimizer& o, Index n_parts, double total, Index i, Index end) const {
        REAL *theta = (REAL*)o.theta, *grad = (REAL*)o.grad;
        sum_parts(grad, n_parts, i, end);
        if (!Rule::DECOUPLES_PENALTY) add_penalty(1 / total, theta, i, end, grad);
    }

    // out += factor dP/dW for those of the parameters i to `end` that are weights.
    void add_penalty(double factor, const REAL* theta, Index i, Index end, REAL* out) const {
        end = end < n_weights ? end : n_weights;
        if (i < end)
            add_penalty_gradient(end - i, theta + i, network.l1, network.l2, factor, out + i);
    }

    // What to multiply the complete gradient by, so that it is not longer than clip_norm.
    REAL shortening(ThreadPool& pool, REAL* grad) const {
        double norm = norm_of(pool, grad);
        if (!(norm > network.clip_norm)) return 1;
        if (isinf(norm)) {  // a square has overflowed
            divide_by_largest(n_parameters, grad);
            norm = norm_of(pool, grad);
        }
        return (REAL)(network.clip_norm / norm);
    }

    // The norm, from sums over the blocks, so that it does not depend on the number of threads.
    double norm_of(ThreadPool& pool, const REAL* grad) const {
        for_each_block(pool, [&](Index i, Index end) {
            parts_of_norm[i / BLOCK] = sum_of_squares(end - i, grad + i);
        });
        double squares = 0;
        for (Index block = 0; block * BLOCK < n_parameters; block++)
            squares += parts_of_norm[block];
        return sqrt(squares);
    }

    // The update: for each block, sum the parts of its gradient, add the penalty's, move theta.
    template <class Rule>
    void update(ThreadPool& pool, Optimizer& o, Index n_parts, double total) const {
        const double rate = o.rate;
        const Rule rule(o);
        const bool clips = network.clip_norm < INFINITY;
        REAL *theta = (REAL*)o.theta, *grad = (REAL*)o.grad, factor = 1;
        if (clips) {  // the norm is known when the whole gradient is complete
            for_each_block(pool, [&](Index i, Index end) {
                complete<Rule>(o, n_parts, total, i, end);
            });
            factor = shortening(pool, grad);
        }
        for_each_block(pool, [&](Index i, Index end) {
            if (!clips) complete<Rule>(o, n_parts, total, i, end);
            if (factor != 1) multiply(end - i, grad + i, factor);
            for_each_layer(o.layer_rates, i, end, [&](double f, Index i, Index end) {
                if (Rule::DECOUPLES_PENALTY) add_penalty(-f * rate / total, theta, i, end, theta);
                step(rule, o, (REAL)f, i, end,
                     std::make_integer_sequence<int, count(Rule::VECTORS)>());
            });
            note_penalty(theta, i, end);
        });
    }

    void update(ThreadPool& pool, Optimizer& o, Index n_parts, double total) const {
        switch (o.rule) {
#define DO(Rule, number, name) \
    case number:               \
        return update<Rule>(pool, o, n_parts, total);
            FOR_EACH_OPTIMIZER(DO)
#undef DO
        }
    }
};

}  // namespace
