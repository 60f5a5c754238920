// The losses, each with one output activation: its value and delta = dloss/dZ.
//
// A class computes one vector of samples. Z, Y and delta point to its lanes in the first of n_out
// rows, ld apart. It writes delta (times `factor`, one for each sample: w_i / sum w) and returns
// the loss of each sample. For a canonical pair delta is A - Y and the value is computed from Z.

#pragma once
#include "activations.h"

// softmax, log loss:  (sum y) log sum exp(z) - <y, z>,  delta = (sum y) A - Y.
struct SoftmaxLogLoss {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        SoftmaxSums sums = softmax_of(n_out, ld, Z, delta);
        V total_Y = all(0), inner = all(0);
        for (long j = 0; j < n_out; j++) {
            V y = load(Y + j * ld);
            total_Y += y;
            inner += y * (load(Z + j * ld) - sums.largest);
        }
        for (long j = 0; j < n_out; j++) {
            V a = load(delta + j * ld), y = load(Y + j * ld);
            store(delta + j * ld, factor * (total_Y * a - y));
        }
        return total_Y * log_of(sums.total) - inner;
    }
};

// logistic, log loss:  sum log(1 + exp(z)) - y z,  delta = A - Y; both from e = exp(-|z|).
struct LogisticLogLoss {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        V loss = all(0);
        for (long j = 0; j < n_out; j++) {
            V z = load(Z + j * ld), y = load(Y + j * ld);
            V e = exp_of(-magnitude(z));
            V a = (z < 0 ? e : all(1)) / (1 + e);
            loss += positive_part(z) + log1p_of(e) - y * z;
            store(delta + j * ld, factor * (a - y));
        }
        return loss;
    }
};

// identity, squared error:  ||z - y||^2 / 2,  delta = Z - Y.
struct IdentitySquaredError {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        V loss = all(0);
        for (long j = 0; j < n_out; j++) {
            V r = load(Z + j * ld) - load(Y + j * ld);
            loss += r * r;
            store(delta + j * ld, factor * r);
        }
        return loss * (REAL)0.5;
    }
};

// exp, poisson:  sum y log y - y z - y + exp(z),  delta = A - Y.
struct ExpPoisson {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        V loss = all(0);
        for (long j = 0; j < n_out; j++) {
            V z = load(Z + j * ld), y = load(Y + j * ld), a = exp_of(z);
            V y_log_y = y > 0 ? y * log_of(y) : all(0);
            loss += y_log_y - y * z - y + a;
            store(delta + j * ld, factor * (a - y));
        }
        return loss;
    }
};

// logistic, squared error:  ||a - y||^2 / 2,  delta = (A - Y) A (1 - A).
struct LogisticSquaredError {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        V loss = all(0);
        for (long j = 0; j < n_out; j++) {
            V a = logistic_of(load(Z + j * ld)), r = a - load(Y + j * ld);
            loss += r * r;
            store(delta + j * ld, factor * (r * a * (1 - a)));
        }
        return loss * (REAL)0.5;
    }
};

// softmax, squared error:  ||a - y||^2 / 2,  delta = A (dA - <A, dA>) with dA = A - Y.
struct SoftmaxSquaredError {
    INLINE V value_and_delta(long n_out, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor) {
        softmax_of(n_out, ld, Z, delta);
        V loss = all(0), inner = all(0);
        for (long j = 0; j < n_out; j++) {
            V a = load(delta + j * ld), r = a - load(Y + j * ld);
            loss += r * r;
            inner += a * r;
        }
        for (long j = 0; j < n_out; j++) {
            V a = load(delta + j * ld), r = a - load(Y + j * ld);
            store(delta + j * ld, factor * (a * (r - inner)));
        }
        return loss * (REAL)0.5;
    }
};

// The list: DO(class, number, "output loss" in Python's names).
#define FOR_EACH_LOSS(DO)                                   \
    DO(SoftmaxLogLoss, 0, "softmax log_loss")               \
    DO(LogisticLogLoss, 1, "logistic log_loss")             \
    DO(IdentitySquaredError, 2, "identity squared_error")   \
    DO(ExpPoisson, 3, "exp poisson")                        \
    DO(LogisticSquaredError, 4, "logistic squared_error")   \
    DO(SoftmaxSquaredError, 5, "softmax squared_error")

// sum_i factor_i loss_i over n samples (whole vectors); delta of shape (n_out, ld).
template <class Pair>
static double loss_loop(long n_out, long n, long ld, const REAL* Z, const REAL* Y, REAL* delta,
                        const REAL* factor) {
    V total = all(0);
    for (long i = 0; i < n; i += LANES) {
        V weights = load(factor + i);
        total += weights * Pair::value_and_delta(n_out, ld, Z + i, Y + i, delta + i, weights);
    }
    return sum(total);
}

static double loss_and_delta(int loss, long n_out, long n, long ld, const REAL* Z, const REAL* Y,
                             REAL* delta, const REAL* factor) {
    switch (loss) {
#define DO(Pair, number, name) \
    case number:               \
        return loss_loop<Pair>(n_out, n, ld, Z, Y, delta, factor);
        FOR_EACH_LOSS(DO)
#undef DO
    }
    return NAN;
}
