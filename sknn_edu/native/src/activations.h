// The activations: a = f(z), f'(z) and f''(z), a class for each.
//
// A new activation is a class here and a line in the list below. `c` is the setting of an
// activation that has a setting (the slope of leaky_relu, alpha of elu). `READS_Z` says that the
// derivatives need z; where they do not, a overwrites z.

#pragma once
#include "functions.h"
#include "normal.h"

struct Identity {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return z; }
    INLINE V derivative(V, V, REAL) { return all(1); }
    INLINE V second_derivative(V, V, REAL) { return all(0); }
};

struct Logistic {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return logistic_of(z); }
    INLINE V derivative(V, V a, REAL) { return a * (1 - a); }
    INLINE V second_derivative(V, V a, REAL) { return a * (1 - a) * (1 - 2 * a); }
};

struct Tanh {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return tanh_of(z); }
    INLINE V derivative(V, V a, REAL) { return 1 - a * a; }
    INLINE V second_derivative(V, V a, REAL) { return -2 * a * (1 - a * a); }
};

struct ReLU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return positive_part(z); }
    INLINE V derivative(V, V a, REAL) { return a > 0 ? all(1) : all(0); }
    INLINE V second_derivative(V, V, REAL) { return all(0); }
};

struct LeakyReLU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL slope) { return z > 0 ? z : slope * z; }
    INLINE V derivative(V, V a, REAL slope) { return a > 0 ? all(1) : all(slope); }
    INLINE V second_derivative(V, V, REAL) { return all(0); }
};

struct ELU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL alpha) { return z > 0 ? z : alpha * expm1_of(negative_part(z)); }
    INLINE V derivative(V, V a, REAL alpha) { return a > 0 ? all(1) : a + alpha; }
    INLINE V second_derivative(V, V a, REAL alpha) { return a > 0 ? all(0) : a + alpha; }
};

struct SELU {
    static constexpr bool READS_Z = false;
    static constexpr REAL SCALE = (REAL)1.0507009873554805, ALPHA = (REAL)1.6732632423543772;
    INLINE V f(V z, REAL) { return SCALE * (z > 0 ? z : ALPHA * expm1_of(negative_part(z))); }
    INLINE V derivative(V, V a, REAL) { return a > 0 ? all(SCALE) : a + SCALE * ALPHA; }
    INLINE V second_derivative(V, V a, REAL) { return a > 0 ? all(0) : a + SCALE * ALPHA; }
};

struct Softplus {
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return softplus_of(z); }
    INLINE V derivative(V z, V, REAL) { return logistic_of(z); }
    INLINE V second_derivative(V z, V, REAL) {
        V s = logistic_of(z);
        return s * (1 - s);
    }
};

struct SiLU {  // s = logistic(z):  a = z s,  f' = s + a (1 - s)
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return z * logistic_of(z); }
    INLINE V derivative(V z, V a, REAL) {
        V s = logistic_of(z);
        return s + a * (1 - s);
    }
    INLINE V second_derivative(V z, V, REAL) {
        V s = logistic_of(z);
        return s * (1 - s) * (2 + z * (1 - 2 * s));
    }
};

struct GELU {  // a = z Phi(z),  f' = Phi(z) + z phi(z)
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return z * normal_of(z).distribution; }
    INLINE V derivative(V z, V, REAL) {
        Normal normal = normal_of(z);
        return normal.distribution + z * normal.density;
    }
    INLINE V second_derivative(V z, V, REAL) { return (2 - z * z) * normal_of(z).density; }
};

// a = z t,  f' = t + z t',  t = tanh(log(1 + exp(z))), with u = exp(-|z|) and q = 1 + u:
//
//     z > 0     t = (q + u) / d     t' = 4 u^2 q / d^2     d = 1 + 2 u + 2 u^2
//     z <= 0    t = u (1 + q) / d   t' = 4 u q / d^2       d = 2 + 2 u + u^2
struct Mish {
    static constexpr bool READS_Z = true;
    struct Parts {
        V t, slope;
    };
    INLINE Parts parts(V z) {
        V u = exp_of(-magnitude(z)), q = 1 + u, u2 = u * u;
        V d = z > 0 ? q + u + 2 * u2 : 2 * q + u2;
        V over_d = 1 / d;
        return {(z > 0 ? q + u : u + u * q) * over_d,
                4 * q * (z > 0 ? u2 : u) * (over_d * over_d)};
    }
    INLINE V f(V z, REAL) { return z * parts(z).t; }
    INLINE V derivative(V z, V, REAL) {
        Parts p = parts(z);
        return p.t + z * p.slope;
    }
    INLINE V second_derivative(V z, V, REAL) {
        Parts p = parts(z);
        V s = logistic_of(z);
        return p.slope * (2 + z * (1 - s - 2 * p.t * s));
    }
};

struct Softsign {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return z / (1 + magnitude(z)); }
    INLINE V derivative(V, V a, REAL) {
        V rest = 1 - magnitude(a);
        return rest * rest;
    }
    INLINE V second_derivative(V, V a, REAL) {
        V rest = 1 - magnitude(a), twice = a > 0 ? all(-2) : a < 0 ? all(2) : all(0);
        return twice * (rest * rest * rest);
    }
};

struct HardSigmoid {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return clipped(z / 6 + (REAL)0.5, 0, 1); }
    INLINE V derivative(V, V a, REAL) {
        return ((a > 0) & (a < 1)) ? all((REAL)(1 / 6.0)) : all(0);
    }
    INLINE V second_derivative(V, V, REAL) { return all(0); }
};

struct HardTanh {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return clipped(z, -1, 1); }
    INLINE V derivative(V, V a, REAL) { return magnitude(a) < 1 ? all(1) : all(0); }
    INLINE V second_derivative(V, V, REAL) { return all(0); }
};

struct Exp {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return exp_of(z); }
    INLINE V derivative(V, V a, REAL) { return a; }
    INLINE V second_derivative(V, V a, REAL) { return a; }
};

// The list: DO(class, number, name in Python). softmax mixes the units; see `softmax_of`.
#define FOR_EACH_ACTIVATION(DO)         \
    DO(Identity, 0, "identity")         \
    DO(Logistic, 1, "logistic")         \
    DO(Tanh, 2, "tanh")                 \
    DO(ReLU, 3, "relu")                 \
    DO(LeakyReLU, 4, "leaky_relu")      \
    DO(ELU, 5, "elu")                   \
    DO(Softplus, 6, "softplus")         \
    DO(SiLU, 7, "silu")                 \
    DO(GELU, 8, "gelu")                 \
    DO(Exp, 9, "exp")                   \
    DO(SELU, 10, "selu")                \
    DO(Mish, 11, "mish")                \
    DO(Softsign, 12, "softsign")        \
    DO(HardSigmoid, 13, "hard_sigmoid") \
    DO(HardTanh, 14, "hard_tanh")
constexpr int SOFTMAX = 100;

// A = f(Z), for n_units rows of n numbers (whole vectors), ld apart. A may be Z.
template <class F>
static void forward_loop(Index n_units, Index n, Index ld, const REAL* Z, REAL* A, REAL c) {
    if (n == ld) n *= n_units, n_units = 1;  // without gaps: one long row
    for (Index j = 0; j < n_units; j++, Z += ld, A += ld)
        for (Index i = 0; i < n; i += LANES) store(A + i, F::f(load(Z + i), c));
}

// delta := f'(Z) delta, for arrays of that shape.
template <class F>
static void backward_loop(Index n_units, Index n, Index ld, const REAL* Z, const REAL* A,
                          REAL* delta, REAL c) {
    if (n == ld) n *= n_units, n_units = 1;
    for (Index j = 0; j < n_units; j++, Z += ld, A += ld, delta += ld)
        for (Index i = 0; i < n; i += LANES)
            store(delta + i, load(delta + i) * F::derivative(load(Z + i), load(A + i), c));
}

// softmax of one vector of samples, j over n_units rows: a_j = exp(z_j - largest) / total with
// total = sum_j exp(z_j - largest).
struct SoftmaxSums {
    V largest, total;
};
INLINE SoftmaxSums softmax_of(Index n_units, Index ld, const REAL* Z, REAL* A) {
    V largest = load(Z), total = all(0);
    for (Index j = 1; j < n_units; j++) {
        V z = load(Z + j * ld);
        largest = z <= largest ? largest : z;  // propagates NaN
    }
    for (Index j = 0; j < n_units; j++) {
        V e = exp_of(load(Z + j * ld) - largest);
        store(A + j * ld, e);
        total += e;
    }
    for (Index j = 0; j < n_units; j++) store(A + j * ld, load(A + j * ld) / total);
    return {largest, total};
}

// delta := A (delta - <A, delta>), for one vector of samples: J^T delta with J = diag(a) - a a^T.
INLINE void softmax_backward(Index n_units, Index ld, const REAL* A, REAL* delta) {
    V inner = all(0);
    for (Index j = 0; j < n_units; j++) inner += load(A + j * ld) * load(delta + j * ld);
    for (Index j = 0; j < n_units; j++)
        store(delta + j * ld, load(A + j * ld) * (load(delta + j * ld) - inner));
}

static bool reads_Z(int activation) {
#define DO(F, number, name) \
    if (activation == number) return F::READS_Z;
    FOR_EACH_ACTIVATION(DO)
#undef DO
    return false;
}

// A = f(Z) for a layer: n_units rows of n samples, ld apart.
static void activate(int activation, REAL c, Index n_units, Index n, Index ld, const REAL* Z,
                     REAL* A) {
    switch (activation) {
        case SOFTMAX:
            for (Index i = 0; i < n; i += LANES) softmax_of(n_units, ld, Z + i, A + i);
            break;
#define DO(F, number, name)                       \
    case number:                                  \
        forward_loop<F>(n_units, n, ld, Z, A, c); \
        break;
            FOR_EACH_ACTIVATION(DO)
#undef DO
    }
}

// delta := J^T delta for a layer of that shape, which is f'(Z) delta if f acts on each z alone.
static void activate_backward(int activation, REAL c, Index n_units, Index n, Index ld,
                              const REAL* Z, const REAL* A, REAL* delta) {
    switch (activation) {
        case SOFTMAX:
            for (Index i = 0; i < n; i += LANES) softmax_backward(n_units, ld, A + i, delta + i);
            break;
#define DO(F, number, name)                               \
    case number:                                          \
        backward_loop<F>(n_units, n, ld, Z, A, delta, c); \
        break;
            FOR_EACH_ACTIVATION(DO)
#undef DO
    }
}
