// What Python hands over. sknn_edu/native/_library.py states the same structures for ctypes.

#pragma once
#include <stdint.h>

// A network of n_layers layers and the objective it is trained for. Arrays are in Python's hands.
struct Network {
    int64_t n_layers;
    const int64_t* sizes;        // n_layers + 1: units of each layer, the input first
    const int64_t* activations;  // n_layers: numbers of the activations, the output layer last
    const double* settings;      // n_layers: the setting of each
    void** W;                    // n_layers matrices of shape (n_in, n_out)
    void** b;                    // n_layers vectors of shape (n_out,), or null: no biases
    void** dW;                   // like W and b; null where there is nothing to train
    void** db;
    int64_t loss;        // number of the loss
    double loss_factor;  // the loss counts so many times
    double l1, l2;       // of the penalty
    int64_t n_weights;   // in all layers; they lie one behind the other, from W[0] and dW[0] on
    int64_t chunk;       // most samples that go through the network at a time
    int64_t blas_from;   // layers with so many weights use gemm
    void* gemm;          // sgemm or dgemm of scipy.linalg.cython_blas, or null
};

// Rows of data; steps are in numbers, not bytes.
struct Data {
    const void* X;
    int64_t X_row, X_column;
    const void* Y;
    int64_t Y_row, Y_column;
    const double* w;      // weight of each row, or null: all 1
    const int64_t* rows;  // which rows of X, Y and w, in which order; null: all as they are
    int64_t n;            // how many
};

// An optimizer's rule, its settings and its state, which the Python object shares.
struct Optimizer {
    int64_t rule;
    int64_t n;  // parameters
    void* theta;
    void* grad;
    void* first;   // velocities or first moments
    void* second;  // second moments
    int64_t t;
    double rate_init, rate;
    double momentum, beta_1, beta_2, epsilon;
    int64_t nesterov;
};

// How far an epoch has come.
struct Progress {
    int64_t batch;       // first batch to do, next batch to do
    double sum_J;        // of J times the rows of the batch
    int64_t n_seen;      // rows in batches that count
    int64_t not_finite;  // whether J of this batch is not; its step is not taken
};
