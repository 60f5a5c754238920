// The compiled engine: what sknn_edu/engine/ does, batch after batch, without Python in between.
//
// This file is compiled for float and for double, and for several instruction sets, each time
// with other values of REAL_BITS and of the function that `EXPORT` names. From the bottom up:
// vectors.h, functions.h, activations.h, losses.h, gemm.h, layer.h, optimizers.h.

#include <time.h>
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#endif
#include "interface.h"
#include "layer.h"
#include "losses.h"
#include "optimizers.h"

// Each of the compiled versions of this file keeps its own classes: merged by the linker, they would
// run one version's instructions on another's numbers.
namespace {

// Denormal numbers (moments of dead units) cost a hundred times more than others: while this
// object lives they count as zero.
struct WithoutDenormals {
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    WithoutDenormals() { _mm_setcsr(before | 0x8040); }  // flush to zero, denormals are zero
    ~WithoutDenormals() { _mm_setcsr((_mm_getcsr() & ~0x8040u) | (before & 0x8040u)); }
#elif defined(__aarch64__)
    uint64_t before;
    WithoutDenormals() {
        __asm__ volatile("mrs %0, fpcr" : "=r"(before));
        __asm__ volatile("msr fpcr, %0" : : "r"(before | (1u << 24)));
    }
    ~WithoutDenormals() { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#endif
};

constexpr int MOST_LAYERS = 64;

// Hands out aligned pieces of the workspace; with no workspace it only counts. Under
// AddressSanitizer there is forbidden ground behind each piece.
struct Arena {
    char* base;
    int64_t used = 0;
    REAL* take(long n) {
        REAL* piece = base ? (REAL*)(base + used) : nullptr;
        used += (n * (int64_t)sizeof(REAL) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
#if defined(__SANITIZE_ADDRESS__)
        if (base) __asan_poison_memory_region(base + used, ALIGNMENT);
        used += ALIGNMENT;
#endif
        return piece;
    }
};

// A network with buffers for chunks of `chunk` samples.
struct Machine {
    const Network& network;
    long n_layers, n_out, chunk, ld;
    Layer layers[MOST_LAYERS];
    Gemm* gemm;
    REAL* X;       // (n_features, ld)
    REAL* Y;       // (n_out, ld)
    REAL* factor;  // (ld,): w_i / sum w, and 0 for the lanes behind the last sample
    int64_t bytes;

    // chunk: samples that will go through at a time, at most.
    Machine(const Network& given, long most_samples, void* workspace) : network(given) {
        n_layers = given.n_layers;
        n_out = given.sizes[n_layers];
        chunk = padded(most_samples);
        // Rows that lie a multiple of 512 bytes apart would compete for the same few cache lines.
        ld = chunk * sizeof(REAL) % 512 ? chunk : chunk + LANES;
        gemm = (Gemm*)given.gemm;
        Arena arena = {(char*)workspace};
        X = arena.take(given.sizes[0] * ld);
        for (long l = 0; l < n_layers; l++) {
            Layer& layer = layers[l];
            layer.n_in = given.sizes[l], layer.n_out = given.sizes[l + 1];
            layer.W = (const REAL*)given.W[l];
            layer.b = given.b ? (const REAL*)given.b[l] : nullptr;
            layer.dW = given.dW ? (REAL*)given.dW[l] : nullptr;
            layer.db = given.db ? (REAL*)given.db[l] : nullptr;
            layer.activation = (int)given.activations[l];
            layer.setting = (REAL)given.settings[l];
            layer.is_large = gemm && layer.n_in * layer.n_out >= given.blas_from;
            layer.A = arena.take(layer.n_out * ld);
            layer.Z = reads_Z(layer.activation) ? arena.take(layer.n_out * ld) : layer.A;
            layer.delta = given.dW ? arena.take(layer.n_out * ld) : nullptr;
        }
        Y = arena.take(n_out * ld);
        factor = arena.take(ld);
        bytes = arena.used;
    }
#if defined(__SANITIZE_ADDRESS__)
    ~Machine() { __asan_unpoison_memory_region(X, X ? bytes : 0); }
#endif

    const REAL* input_of(long l) const { return l ? layers[l - 1].A : X; }

    // Rows first to first + n of the data, turned: out[j, s] = M[row of s, j]. The lanes behind them
    // repeat the last row, with a factor of 0.
    void gather(const Data& data, const void* matrix, long row_step, long column_step,
                long n_columns, long first, long n, REAL* out) const {
        if (column_step == 1)  // let the compiler know
            gather_blocks(data, (const REAL*)matrix, row_step, 1, n_columns, first, n, out);
        else
            gather_blocks(data, (const REAL*)matrix, row_step, column_step, n_columns, first, n,
                          out);
    }

    // Rows in their random order are seldom in the cache: the next ones are asked for in time.
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

    // Z of the output layer, and A of all hidden ones, for n samples from the row `first`.
    void run_forward(const Data& data, long first, long n) {
        gather(data, data.X, data.X_row, data.X_column, network.sizes[0], first, n, X);
        for (long l = 0; l < n_layers; l++) {
            const Layer& layer = layers[l];
            forward(layer, gemm, input_of(l), padded(n), ld);
            if (l < n_layers - 1)
                activate(layer.activation, layer.setting, layer.n_out, padded(n), ld, layer.Z,
                         layer.A);
        }
    }

    // Forward, loss, backward for n samples from the row `first` of a batch of weight `total`:
    // their part of J and of its gradient, without the penalty.
    double run(const Data& data, long first, long n, double total, bool is_first) {
        run_forward(data, first, n);
        gather(data, data.Y, data.Y_row, data.Y_column, n_out, first, n, Y);
        for (long s = 0; s < padded(n); s++) factor[s] = 0;
        for (long s = 0; s < n; s++)
            factor[s] = (REAL)(network.loss_factor * weight(data, first + s) / total);
        const Layer& output = layers[n_layers - 1];
        double J = loss_and_delta((int)network.loss, n_out, padded(n), ld, output.Z, Y,
                                  output.delta, factor);
        for (long l = n_layers - 1; l >= 0; l--) {
            parameter_gradients(layers[l], gemm, input_of(l), padded(n), ld, is_first);
            if (l > 0) backward(layers[l], gemm, layers[l - 1], padded(n), ld);
        }
        return J;
    }

    static double weight(const Data& data, long i) {
        return data.w ? data.w[data.rows ? data.rows[i] : i] : 1;
    }

    // J and its gradient on the rows first to first + n, in chunks of about equal size.
    double run_in_chunks(const Data& data, long first, long n, double total, bool is_first = true) {
        long n_chunks = (n + chunk - 1) / chunk;
        double J = 0;
        for (long c = 0, done = 0; c < n_chunks; c++) {
            long size = (n - done + n_chunks - c - 1) / (n_chunks - c);
            J += run(data, first + done, size, total, is_first && c == 0);
            done += size;
        }
        return J;
    }
};

// The most samples in a chunk of a batch of n, when network.chunk is the limit.
long even_chunk(const Network& network, long n) {
    long n_chunks = (n + network.chunk - 1) / network.chunk;
    return (n + n_chunks - 1) / n_chunks;
}

double seconds_now() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

}  // namespace

// The functions that Python calls carry the type and the instruction set in their names.
#define PASTE(a, b, c) a##_##b##_##c
#define NAME(a, b, c) PASTE(a, b, c)
#define EXPORT(name) NAME(name, TYPE, LEVEL)
#define PUBLIC extern "C" __attribute__((visibility("default")))

// Bytes of workspace, aligned to 64, that the other functions need for batches of n rows.
PUBLIC int64_t EXPORT(workspace_bytes)(const Network* network, int64_t n) {
    return Machine(*network, even_chunk(*network, n), nullptr).bytes;
}

// Train: take the batches of an epoch from progress->batch on, until they are done, about
// `seconds` are over, or J is not finite. Returns whether they are done.
PUBLIC int64_t EXPORT(train)(const Network* network, const Data* data, Optimizer* optimizer,
                             int64_t batch_size, double seconds, void* workspace,
                             Progress* progress) {
    WithoutDenormals while_here;
    Machine machine(*network, even_chunk(*network, batch_size), workspace);
    const double stop_at = seconds_now() + seconds;
    const int64_t n_batches = (data->n + batch_size - 1) / batch_size;
    REAL *theta = (REAL*)optimizer->theta, *grad = (REAL*)optimizer->grad;
    for (; progress->batch < n_batches; progress->batch++) {
        const long first = progress->batch * batch_size;
        const long n = data->n - first < batch_size ? data->n - first : batch_size;
        double total = data->w ? 0 : n;
        if (data->w)
            for (long i = 0; i < n; i++) total += Machine::weight(*data, first + i);
        if (total == 0) continue;  // J is a mean over nothing: the batch says nothing

        double J = machine.run_in_chunks(*data, first, n, total);
        J += penalty(network->n_weights, theta, network->l1, network->l2) / total;
        if (!isfinite(J)) {
            progress->not_finite = 1;
            return 0;
        }
        if (decouples_penalty(optimizer->rule))
            add_penalty_gradient(network->n_weights, theta, network->l1, network->l2,
                                 -optimizer->rate / total, theta);
        else
            add_penalty_gradient(network->n_weights, theta, network->l1, network->l2, 1 / total,
                                 grad);
        take_step(optimizer);
        progress->sum_J += J * n;
        progress->n_seen += n;
        if (seconds_now() > stop_at) {
            progress->batch++;
            break;
        }
    }
    return progress->batch == n_batches;
}

// The part of J on the rows first to first + n of data of weight `total`, without the penalty; its
// gradient goes to network->dW and db, or is added to them.
PUBLIC double EXPORT(gradient)(const Network* network, const Data* data, int64_t first, int64_t n,
                               double total, int64_t add, void* workspace) {
    WithoutDenormals while_here;
    Machine machine(*network, even_chunk(*network, n), workspace);
    return machine.run_in_chunks(*data, first, n, total, !add);
}

// A of the output layer for the rows first to first + n, to `out` of shape (data->n, n_out).
PUBLIC void EXPORT(predict)(const Network* network, const Data* data, int64_t first, int64_t n,
                            void* out, void* workspace) {
    WithoutDenormals while_here;
    Machine machine(*network, even_chunk(*network, n), workspace);
    const Layer& output = machine.layers[machine.n_layers - 1];
    for (long done = 0; done < n; done += machine.chunk) {
        long size = n - done < machine.chunk ? n - done : machine.chunk;
        machine.run_forward(*data, first + done, size);
        activate(output.activation, output.setting, output.n_out, padded(size), machine.ld,
                 output.Z, output.A);
        for (long s = 0; s < size; s++)
            for (long j = 0; j < output.n_out; j++)
                ((REAL*)out)[(first + done + s) * output.n_out + j] =
                    output.A[j * machine.ld + s];
    }
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
