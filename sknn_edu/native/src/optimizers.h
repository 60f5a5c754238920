// The penalty and the optimizers, as loops over flat vectors (see sknn_edu/optimizers/).

#pragma once
#include <math.h>
#include "interface.h"
#include "vectors.h"

INLINE REAL root(REAL x) { return REAL_BITS == 32 ? (REAL)sqrtf((float)x) : (REAL)sqrt(x); }

// out += factor dP/dW of P = l1 |W|_1 + l2 / 2 |W|_2^2; out may be W.
static void add_penalty_gradient(long n, const REAL* W, double l1, double l2, double factor,
                                 REAL* out) {
    const REAL a = (REAL)(factor * l2), b = (REAL)(factor * l1);
    if (l1 == 0)
        for (long i = 0; i < n; i++) out[i] += W[i] * a;
    else
        for (long i = 0; i < n; i++)
            out[i] += W[i] * a + (REAL)((W[i] > 0) - (W[i] < 0)) * b;
}

// P, summed in eight lanes of doubles.
static double penalty(long n, const REAL* W, double l1, double l2) {
    double squares[8] = {0}, sizes[8] = {0};
    for (long i = 0; i < n; i += 8)
        for (long j = 0; j < (n - i < 8 ? n - i : 8); j++) {
            squares[j] += (double)W[i + j] * W[i + j];
            sizes[j] += fabs((double)W[i + j]);
        }
    double sum_squares = 0, sum_sizes = 0;
    for (int j = 0; j < 8; j++) sum_squares += squares[j], sum_sizes += sizes[j];
    return (l2 ? 0.5 * l2 * sum_squares : 0) + (l1 ? l1 * sum_sizes : 0);
}

// theta -= rate g
static void step_gd(Optimizer* o, long n, REAL* __restrict theta, const REAL* __restrict g) {
    const REAL rate = (REAL)o->rate;
    for (long i = 0; i < n; i++) theta[i] -= rate * g[i];
}

// v := momentum v - rate g;  theta += v, or (Nesterov) theta += momentum v - rate g
static void step_sgd(Optimizer* o, long n, REAL* __restrict theta, const REAL* __restrict g) {
    REAL* __restrict v = (REAL*)o->first;
    const REAL rate = (REAL)o->rate, momentum = (REAL)o->momentum;
    if (o->nesterov)
        for (long i = 0; i < n; i++) {
            REAL downhill = -rate * g[i];
            v[i] = momentum * v[i] + downhill;
            theta[i] += momentum * v[i] + downhill;
        }
    else
        for (long i = 0; i < n; i++) {
            v[i] = momentum * v[i] - rate * g[i];
            theta[i] += v[i];
        }
}

// m := beta_1 m + g;  v := beta_2 v + g^2;  theta -= rate m / (sqrt(v) + epsilon)
//
// m and v are kept without the factors 1 - beta, which are in rate and epsilon instead.
static void step_moments(Optimizer* o, long n, REAL* __restrict theta, const REAL* __restrict g,
                         double scaled_rate, double scaled_epsilon) {
    REAL *__restrict m = (REAL*)o->first, *__restrict v = (REAL*)o->second;
    const REAL beta_1 = (REAL)o->beta_1, beta_2 = (REAL)o->beta_2;
    const REAL rate = (REAL)scaled_rate, epsilon = (REAL)scaled_epsilon;
    for (long i = 0; i < n; i++) {
        m[i] = beta_1 * m[i] + g[i];
        v[i] = beta_2 * v[i] + g[i] * g[i];
        theta[i] -= rate * (m[i] / (root(v[i]) + epsilon));
    }
}

// rate = rate_init sqrt(1 - beta_2^t) / (1 - beta_1^t);  theta -= rate m / (sqrt(v) + epsilon)
static void step_adam(Optimizer* o, long n, REAL* theta, const REAL* g) {
    o->t += 1;
    o->rate = o->rate_init * (sqrt(1 - pow(o->beta_2, o->t)) / (1 - pow(o->beta_1, o->t)));
    double scale = sqrt(1 - o->beta_2);  // of sqrt(v)
    step_moments(o, n, theta, g, o->rate * (1 - o->beta_1) / scale, o->epsilon / scale);
}

// theta -= rate mhat / (sqrt(vhat) + epsilon), both moments corrected for starting at zero
static void step_adamw(Optimizer* o, long n, REAL* theta, const REAL* g) {
    o->t += 1;
    double scale = sqrt((1 - o->beta_2) / (1 - pow(o->beta_2, o->t)));   // of sqrt(vhat)
    double mean = (1 - o->beta_1) / (1 - pow(o->beta_1, o->t));          // of mhat
    step_moments(o, n, theta, g, o->rate * mean / scale, o->epsilon / scale);
}

// v := rho v + (1 - rho) g^2;  theta -= rate g / (sqrt(v) + epsilon); rho is in beta_2
static void step_rmsprop(Optimizer* o, long n, REAL* __restrict theta,
                         const REAL* __restrict g) {
    REAL* __restrict v = (REAL*)o->second;
    double scale = sqrt(1 - o->beta_2);  // of sqrt(v)
    const REAL rho = (REAL)o->beta_2;
    const REAL rate = (REAL)(o->rate / scale), epsilon = (REAL)(o->epsilon / scale);
    for (long i = 0; i < n; i++) {
        v[i] = rho * v[i] + g[i] * g[i];
        theta[i] -= rate * (g[i] / (root(v[i]) + epsilon));
    }
}

// The list: DO(function, number, name in Python, whether the penalty is applied to W directly).
#define FOR_EACH_OPTIMIZER(DO)               \
    DO(step_gd, 0, "gd", false)              \
    DO(step_sgd, 1, "sgd", false)            \
    DO(step_adam, 2, "adam", false)          \
    DO(step_adamw, 3, "adamw", true)         \
    DO(step_rmsprop, 4, "rmsprop", false)

static bool decouples_penalty(long rule) {
#define DO(step, number, name, decouples) \
    if (rule == number) return decouples;
    FOR_EACH_OPTIMIZER(DO)
#undef DO
    return false;
}

static void take_step(Optimizer* o) {
    switch (o->rule) {
#define DO(step, number, name, decouples)                        \
    case number:                                                 \
        step(o, o->n, (REAL*)o->theta, (const REAL*)o->grad);    \
        break;
        FOR_EACH_OPTIMIZER(DO)
#undef DO
    }
}
