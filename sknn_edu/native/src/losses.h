// The losses behind any output activation: value and delta = dloss/dZ.
//
// A loss is a class with the value l(a, y) of one output, its slope dl/da and its curvature
// d2l/da2; a sample's loss is the sum over its outputs. `c` is the setting of a loss that has a
// setting, and y is what `target` makes of an entry of Y. Slopes go back through the output
// activation (delta = J^T dA), as they do for any other layer.
//
// A pair is a loss with its partner, the output activation behind which delta is A - Y, or
// (sum y) A - Y, and the value is computed from Z (see `Loss.is_partner` in
// sknn_edu/losses/_base.py). Its class computes one vector of samples: Z, Y and delta point to its
// lanes in the first of n_out rows, ld apart. It writes delta times `factor`, one for each sample,
// and returns the loss of each sample. Its `target` is that of its loss.
//
// A new one is a class here and a line in one of the two lists below.

#pragma once
#include <float.h>
#include "activations.h"
#include "interface.h"

// -- losses ---------------------------------------------------------------------------------------

// Logarithms take a to be at least this, and their slope is 0 below.
constexpr REAL FLOOR = REAL_BITS == 32 ? (REAL)FLT_EPSILON : (REAL)DBL_EPSILON;
INLINE V log_above_floor(V a) { return log_of(a <= FLOOR ? all(FLOOR) : a); }
INLINE V reciprocal_above_floor(V a) { return a > FLOOR ? 1 / a : all(0); }

// What a is compared with: y, or in a log loss with label smoothing s over K classes,
// (1 - s) y + s / K, which is y itself, bit for bit, where s is 0.
struct Unchanged {
    INLINE V target(V y, double, Index) { return y; }
};

INLINE V smoothed(V y, double s, double n_classes) {
    return (REAL)(1 - s) * y + (REAL)(s / n_classes);
}

struct SmoothedYesOrNo {
    INLINE V target(V y, double s, Index) { return smoothed(y, s, 2); }
};

struct SmoothedClasses {
    INLINE V target(V y, double s, Index n_out) { return smoothed(y, s, (double)n_out); }
};

struct SquaredError : Unchanged {  // (a - y)^2 / 2
    INLINE V value(V a, V y, double) { return (a - y) * (a - y) * (REAL)0.5; }
    INLINE V slope(V a, V y, double) { return a - y; }
    INLINE V curvature(V, V, double) { return all(1); }
};

struct AbsoluteError : Unchanged {  // |a - y|
    INLINE V value(V a, V y, double) { return magnitude(a - y); }
    INLINE V slope(V a, V y, double) { return a > y ? all(1) : a < y ? all(-1) : all(0); }
    INLINE V curvature(V, V, double) { return all(0); }
};

struct Huber : Unchanged {  // min(|r|, delta) (|r| - min(|r|, delta) / 2) with r = a - y
    INLINE V value(V a, V y, double delta) {
        V size = magnitude(a - y);
        V near = size >= (REAL)delta ? all((REAL)delta) : size;
        return near * (size - (REAL)0.5 * near);
    }
    INLINE V slope(V a, V y, double delta) {
        return clipped(a - y, (REAL)-delta, (REAL)delta);
    }
    INLINE V curvature(V a, V y, double delta) {
        return magnitude(a - y) < (REAL)delta ? all(1) : all(0);
    }
};

struct Quantile : Unchanged {  // q (y - a) where a is too low, (1 - q) (a - y) where it is too high
    INLINE V value(V a, V y, double q) {
        V r = a - y;
        return r < 0 ? (REAL)-q * r : (REAL)(1 - q) * r;
    }
    INLINE V slope(V a, V y, double q) {
        return a > y ? all((REAL)(1 - q)) : a < y ? all((REAL)-q) : all(0);
    }
    INLINE V curvature(V, V, double) { return all(0); }
};

struct Poisson : Unchanged {  // y log(y / a) - y + a
    INLINE V value(V a, V y, double) {
        V y_log = y > 0 ? y * (log_of(y) - log_above_floor(a)) : all(0);
        return y_log - y + a;
    }
    INLINE V slope(V a, V y, double) { return 1 - (a > FLOOR ? y / a : all(0)); }
    INLINE V curvature(V a, V y, double) { return a > FLOOR ? y / (a * a) : all(0); }
};

struct BernoulliLogLoss : SmoothedYesOrNo {  // -y log a - (1 - y) log(1 - a)
    INLINE V value(V a, V y, double) {
        return -(y * log_above_floor(a) + (1 - y) * log_above_floor(1 - a));
    }
    INLINE V slope(V a, V y, double) {
        return reciprocal_above_floor(1 - a) * (1 - y) - reciprocal_above_floor(a) * y;
    }
    INLINE V curvature(V a, V y, double) {
        V yes = reciprocal_above_floor(a), no = reciprocal_above_floor(1 - a);
        return y * (yes * yes) + (1 - y) * (no * no);
    }
};

struct CategoricalLogLoss : SmoothedClasses {  // -y log a
    INLINE V value(V a, V y, double) { return -y * log_above_floor(a); }
    INLINE V slope(V a, V y, double) { return -y * reciprocal_above_floor(a); }
    INLINE V curvature(V a, V y, double) {
        V yes = reciprocal_above_floor(a);
        return y * (yes * yes);
    }
};

struct Hinge : Unchanged {  // max(0, 1 - t a) with t = 2 y - 1
    INLINE V value(V a, V y, double) { return positive_part(1 - (2 * y - 1) * a); }
    INLINE V slope(V a, V y, double) {
        V t = 2 * y - 1;
        return t * a < 1 ? -t : all(0);
    }
    INLINE V curvature(V, V, double) { return all(0); }
};

struct SquaredHinge : Unchanged {  // max(0, 1 - t a)^2
    INLINE V value(V a, V y, double) {
        V miss = Hinge::value(a, y, 0);
        return miss * miss;
    }
    INLINE V slope(V a, V y, double) { return Hinge::value(a, y, 0) * (2 - 4 * y); }
    INLINE V curvature(V a, V y, double) { return (2 * y - 1) * a < 1 ? all(2) : all(0); }
};

// The list: DO(class, number, name in Python).
#define FOR_EACH_LOSS(DO)                            \
    DO(SquaredError, 0, "squared_error")             \
    DO(AbsoluteError, 1, "absolute_error")           \
    DO(Huber, 2, "huber")                            \
    DO(Quantile, 3, "quantile")                      \
    DO(Poisson, 4, "poisson")                        \
    DO(BernoulliLogLoss, 5, "BernoulliLogLoss")      \
    DO(CategoricalLogLoss, 6, "CategoricalLogLoss")  \
    DO(Hinge, 7, "hinge")                            \
    DO(SquaredHinge, 8, "squared_hinge")

// -- pairs ----------------------------------------------------------------------------------------

// softmax, log loss:  (sum y) log sum exp(z) - <y, z>,  delta = (sum y) A - Y.
struct SoftmaxLogLoss : SmoothedClasses {
    static constexpr bool TIMES_SUM_OF_Y = true;
    INLINE V value_and_delta(Index n_out, Index ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor, double c) {
        SoftmaxSums sums = softmax_of(n_out, ld, Z, delta);
        V total_Y = all(0), inner = all(0);
        for (Index j = 0; j < n_out; j++) {
            V y = target(load(Y + j * ld), c, n_out);
            total_Y += y;
            inner += y * (load(Z + j * ld) - sums.largest);
        }
        for (Index j = 0; j < n_out; j++) {
            V a = load(delta + j * ld), y = target(load(Y + j * ld), c, n_out);
            store(delta + j * ld, factor * (total_Y * a - y));
        }
        return total_Y * log_of(sums.total) - inner;
    }
};

// logistic, log loss:  sum log(1 + exp(z)) - y z,  delta = A - Y; both from e = exp(-|z|).
struct LogisticLogLoss : SmoothedYesOrNo {
    static constexpr bool TIMES_SUM_OF_Y = false;
    INLINE V value_and_delta(Index n_out, Index ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor, double c) {
        V loss = all(0);
        for (Index j = 0; j < n_out; j++) {
            V z = load(Z + j * ld), y = target(load(Y + j * ld), c, n_out);
            V e = exp_of(-magnitude(z));
            V a = (z < 0 ? e : all(1)) / (1 + e);
            loss += positive_part(z) + log1p_of(e) - y * z;
            store(delta + j * ld, factor * (a - y));
        }
        return loss;
    }
};

// identity, squared error:  ||z - y||^2 / 2,  delta = Z - Y.
struct IdentitySquaredError : Unchanged {
    static constexpr bool TIMES_SUM_OF_Y = false;
    INLINE V value_and_delta(Index n_out, Index ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor, double) {
        V loss = all(0);
        for (Index j = 0; j < n_out; j++) {
            V r = load(Z + j * ld) - load(Y + j * ld);
            loss += r * r;
            store(delta + j * ld, factor * r);
        }
        return loss * (REAL)0.5;
    }
};

// exp, poisson:  sum y log y - y z - y + exp(z),  delta = A - Y.
struct ExpPoisson : Unchanged {
    static constexpr bool TIMES_SUM_OF_Y = false;
    INLINE V value_and_delta(Index n_out, Index ld, const REAL* Z, const REAL* Y, REAL* delta,
                             V factor, double) {
        V loss = all(0);
        for (Index j = 0; j < n_out; j++) {
            V z = load(Z + j * ld), y = load(Y + j * ld), a = exp_of(z);
            V y_log_y = y > 0 ? y * log_of(y) : all(0);
            loss += y_log_y - y * z - y + a;
            store(delta + j * ld, factor * (a - y));
        }
        return loss;
    }
};

// The list: DO(class, number, "output loss" in Python's names); numbers from FIRST_PAIR on.
constexpr int64_t FIRST_PAIR = 100;
#define FOR_EACH_PAIR(DO)                                   \
    DO(SoftmaxLogLoss, 100, "softmax CategoricalLogLoss")   \
    DO(LogisticLogLoss, 101, "logistic BernoulliLogLoss")   \
    DO(IdentitySquaredError, 102, "identity squared_error") \
    DO(ExpPoisson, 103, "exp poisson")

// -- n samples ------------------------------------------------------------------------------------

// The output layer on n samples (whole vectors): Z, Y, A and delta have n_out rows, ld apart, and
// `factor` is w_i / sum w for each sample.
struct Outputs {
    Index n_out, n, ld;
    const REAL *Z, *Y, *factor;
    REAL *A, *delta;
};

// sum_i factor_i times loss_i; its slopes are added to delta.
template <class Loss>
static double add_loss(const Outputs& o, double times, double c) {
    V total = all(0);
    for (Index i = 0; i < o.n; i += LANES) {
        V factor = load(o.factor + i) * (REAL)times, loss = all(0);
        for (Index k = i; k < i + o.n_out * o.ld; k += o.ld) {
            V a = load(o.A + k), y = Loss::target(load(o.Y + k), c, o.n_out);
            loss += Loss::value(a, y, c);
            store(o.delta + k, load(o.delta + k) + factor * Loss::slope(a, y, c));
        }
        total += factor * loss;
    }
    return sum(total);
}

// The same sum of a pair, whose delta is written to an array of the shape of delta.
template <class Pair>
static double pair_loop(const Outputs& o, double times, double c, REAL* delta) {
    V total = all(0);
    for (Index i = 0; i < o.n; i += LANES) {
        V factor = load(o.factor + i) * (REAL)times;
        total += factor * Pair::value_and_delta(o.n_out, o.ld, o.Z + i, o.Y + i, delta + i, factor,
                                                c);
    }
    return sum(total);
}

static double pair_and_delta(int64_t pair, const Outputs& o, double times, double c,
                             REAL* delta) {
    switch (pair) {
#define DO(Pair, number, name) \
    case number:               \
        return pair_loop<Pair>(o, times, c, delta);
        FOR_EACH_PAIR(DO)
#undef DO
    }
    return NAN;
}

static double add_slopes(int64_t loss, const Outputs& o, double times, double c) {
    switch (loss) {
#define DO(Loss, number, name) \
    case number:               \
        return add_loss<Loss>(o, times, c);
        FOR_EACH_LOSS(DO)
#undef DO
    }
    return NAN;
}

// Adds an array of the shape of delta to delta.
static void add_to_delta(const Outputs& o, const REAL* other) {
    for (Index j = 0; j < o.n_out; j++)
        for (Index k = j * o.ld; k < j * o.ld + o.n; k += LANES)
            store(o.delta + k, load(o.delta + k) + load(other + k));
}

// The part of J of these samples, and delta. A is left undefined.
static double loss_and_delta(const Network& network, const Outputs& o) {
    const int64_t n_losses = network.n_losses, *losses = network.losses;
    const double *times = network.loss_factors, *settings = network.loss_settings;
    if (n_losses == 1 && losses[0] >= FIRST_PAIR)
        return pair_and_delta(losses[0], o, times[0], settings[0], o.delta);

    const int output = (int)network.activations[network.n_layers - 1];
    const REAL c = (REAL)network.settings[network.n_layers - 1];
    double J = 0;
    activate(output, c, o.n_out, o.n, o.ld, o.Z, o.A);
    memset(o.delta, 0, o.n_out * o.ld * sizeof(REAL));
    for (int64_t k = 0; k < n_losses; k++)
        if (losses[k] < FIRST_PAIR) J += add_slopes(losses[k], o, times[k], settings[k]);
    activate_backward(output, c, o.n_out, o.n, o.ld, o.Z, o.A, o.delta);
    for (int64_t k = 0; k < n_losses; k++)
        if (losses[k] >= FIRST_PAIR) {
            J += pair_and_delta(losses[k], o, times[k], settings[k], o.A);
            add_to_delta(o, o.A);
        }
    return J;
}
