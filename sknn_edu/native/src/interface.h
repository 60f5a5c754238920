// The structures that Python fills. sknn_edu/native/library.py states them again for ctypes, and
// compares their sizes with `structure_size` when it loads the library.

#pragma once
#include <stdint.h>

// What Python calls.
#if defined(_WIN32)
#define PUBLIC extern "C" __declspec(dllexport)
#else
#define PUBLIC extern "C" __attribute__((visibility("default")))
#endif

// A network of n_layers layers and the objective it is trained for. Python owns the arrays.
struct Network {
    int64_t n_layers;
    const int64_t* sizes;        // n_layers + 1: units of each layer, the input first
    const int64_t* activations;  // n_layers: numbers of the activations, the output layer last
    const double* settings;      // n_layers: the setting of each
    void** W;                    // n_layers matrices of shape (n_in, n_out)
    void** b;                    // n_layers vectors of shape (n_out,), or null: no biases
    int64_t n_losses;            // the loss is a sum: factor times loss, for each of these
    const int64_t* losses;       // numbers of the losses
    const double* loss_factors;
    const double* loss_settings;
    double l1, l2;               // of the penalty
    double clip_norm;            // the gradient is not longer than this; infinite for no limit
    int64_t n_parameters;        // of theta and of a gradient: W_1, ..., W_L, b_1, ..., b_L
    int64_t n_threads;           // most threads to work with
    const double* dropout;       // n_layers: rate of each; not read without masks
    struct Masks* masks;         // of the next batch, or null: every unit takes part
};

// Where the random numbers of dropout come from (see sknn_edu/engine/dropout.py).
struct Masks {
    int64_t key, update;
    int64_t first;  // the first row of the batch, among those of the data
};

// Rows of data; steps are in numbers, not bytes.
struct Data {
    const void* X;  // if it is sparse, its nonzeros, row by row
    int64_t X_row, X_column;
    const int64_t* X_begins;   // where the nonzeros of each row begin, then their end; null: dense
    const int32_t* X_columns;  // of the nonzeros
    int64_t X_rows, X_most;    // rows of X; nonzeros of the one that has most
    const void* Y;
    int64_t Y_row, Y_column;
    const double* w;      // weight of each row, or null: all 1
    const int64_t* rows;  // which rows of X, Y and w, in which order; null: all as they are
    int64_t n;            // how many
};

// An optimizer's rule, its settings and its state. Which attributes of the Python object are its
// settings, vectors and counters, and in which order, is said by the rule (optimizers.h).
struct Optimizer {
    int64_t rule;
    void* theta;
    void* grad;
    double rate_init, rate;  // learning_rate_init and learning_rate
    double rate_factor;      // what a schedule multiplies the first by
    const double* settings;
    void** vectors;    // of the length of theta; the arrays of the Python object
    double* counters;  // numbers that a step changes
    int64_t n_vectors;
    const double* layer_rates;  // times the rate, for W_1, ..., W_L, b_1, ..., b_L; or null: all 1
};

// A stretch of epochs, and how far it has come.
struct Epochs {
    int64_t batch_size;
    int64_t n_epochs;  // to run, at most
    double seconds;    // after which a call returns
    int64_t* order;    // rows, which are shuffled before each epoch; mostly those of the data
    void* random;      // numpy's bitgen_t, which shuffles them, or null
    const double* rate_factors;  // of each batch of all the epochs, or null: no schedule
    // When the losses have stopped falling (see sknn_edu/training/history.py).
    double tol, best_loss;
    int64_t best_epoch;  // number of the best one among the epochs that are done; 0: it was before
    int64_t n_without_improvement, patience;
    // Copies of theta (see `Checkpoint` in sknn_edu/training/loop.py).
    void *best, *last, *last_but_one;
    // Progress.
    int64_t n_done;      // epochs that are over
    double* losses;      // n_epochs: of those, the mean of J over the batches
    int64_t is_running;  // whether another epoch has begun
    int64_t batch;       // its next batch
    double sum_J;        // of J times the rows of the batch
    int64_t n_seen;      // rows in batches that count
    int64_t ending;      // why the call is over
};

// Why a call of `train` is over.
enum Ending {
    PYTHON_TAKES_OVER = 0,  // after the last of the epochs that are done
    TIME_IS_OVER = 1,       // call again
    J_IS_NOT_FINITE = 2,    // on the next batch, whose step was not taken
};
