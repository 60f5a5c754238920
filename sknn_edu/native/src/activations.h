// The activations: a = f(z) and f'(z), a class for each.
//
// A new activation is a class here and a line in the list below. `c` is the setting of an
// activation that has a setting (the slope of leaky_relu, alpha of elu). `READS_Z` says that the
// derivative needs z; where it does not, a overwrites z.

#pragma once
#include "functions.h"

struct Identity {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return z; }
    INLINE V derivative(V, V, REAL) { return all(1); }
};

struct Logistic {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return logistic_of(z); }
    INLINE V derivative(V, V a, REAL) { return a * (1 - a); }
};

struct Tanh {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return tanh_of(z); }
    INLINE V derivative(V, V a, REAL) { return 1 - a * a; }
};

struct ReLU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return positive_part(z); }
    INLINE V derivative(V, V a, REAL) { return a > 0 ? all(1) : all(0); }
};

struct LeakyReLU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL slope) { return z > 0 ? z : slope * z; }
    INLINE V derivative(V, V a, REAL slope) { return a > 0 ? all(1) : all(slope); }
};

struct ELU {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL alpha) { return z > 0 ? z : alpha * expm1_of(negative_part(z)); }
    INLINE V derivative(V, V a, REAL alpha) { return a > 0 ? all(1) : a + alpha; }
};

struct Softplus {
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return softplus_of(z); }
    INLINE V derivative(V z, V, REAL) { return logistic_of(z); }
};

struct SiLU {  // s = logistic(z):  a = z s,  f' = s + a (1 - s)
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return z * logistic_of(z); }
    INLINE V derivative(V z, V a, REAL) {
        V s = logistic_of(z);
        return s + a * (1 - s);
    }
};

struct GELU {  // a = z Phi(z),  f' = Phi(z) + z phi(z)
    static constexpr bool READS_Z = true;
    INLINE V f(V z, REAL) { return z * normal_of(z); }
    INLINE V derivative(V z, V, REAL) { return normal_of(z) + z * normal_density_of(z); }
};

struct Exp {
    static constexpr bool READS_Z = false;
    INLINE V f(V z, REAL) { return exp_of(z); }
    INLINE V derivative(V, V a, REAL) { return a; }
};

// The list: DO(class, number, name in Python). softmax mixes the units; see `softmax_of`.
#define FOR_EACH_ACTIVATION(DO)    \
    DO(Identity, 0, "identity")    \
    DO(Logistic, 1, "logistic")    \
    DO(Tanh, 2, "tanh")            \
    DO(ReLU, 3, "relu")            \
    DO(LeakyReLU, 4, "leaky_relu") \
    DO(ELU, 5, "elu")              \
    DO(Softplus, 6, "softplus")    \
    DO(SiLU, 7, "silu")            \
    DO(GELU, 8, "gelu")            \
    DO(Exp, 9, "exp")
constexpr int SOFTMAX = 100;

// A = f(Z), for n numbers (whole vectors). A may be Z.
template <class F>
static void forward_loop(long n, const REAL* Z, REAL* A, REAL c) {
    for (long i = 0; i < n; i += LANES) store(A + i, F::f(load(Z + i), c));
}

// delta := f'(Z) delta, for n numbers.
template <class F>
static void backward_loop(long n, const REAL* Z, const REAL* A, REAL* delta, REAL c) {
    for (long i = 0; i < n; i += LANES)
        store(delta + i, load(delta + i) * F::derivative(load(Z + i), load(A + i), c));
}

// softmax of one vector of samples, j over n_units rows: a_j = exp(z_j - largest) / total with
// total = sum_j exp(z_j - largest).
struct SoftmaxSums {
    V largest, total;
};
INLINE SoftmaxSums softmax_of(long n_units, long ld, const REAL* Z, REAL* A) {
    V largest = load(Z), total = all(0);
    for (long j = 1; j < n_units; j++) {
        V z = load(Z + j * ld);
        largest = z <= largest ? largest : z;  // propagates NaN
    }
    for (long j = 0; j < n_units; j++) {
        V e = exp_of(load(Z + j * ld) - largest);
        store(A + j * ld, e);
        total += e;
    }
    for (long j = 0; j < n_units; j++) store(A + j * ld, load(A + j * ld) / total);
    return {largest, total};
}

static bool reads_Z(int activation) {
#define DO(F, number, name) \
    if (activation == number) return F::READS_Z;
    FOR_EACH_ACTIVATION(DO)
#undef DO
    return false;
}

// A = f(Z) for a layer: n_units rows of n samples, ld apart.
static void activate(int activation, REAL c, long n_units, long n, long ld, const REAL* Z,
                     REAL* A) {
    if (activation == SOFTMAX)
        for (long i = 0; i < n; i += LANES) softmax_of(n_units, ld, Z + i, A + i);
    else
        for (long j = 0; j < n_units; j++, Z += ld, A += ld) switch (activation) {
#define DO(F, number, name)           \
    case number:                      \
        forward_loop<F>(n, Z, A, c);  \
        break;
                FOR_EACH_ACTIVATION(DO)
#undef DO
            }
}

// delta := f'(Z) delta for a layer of that shape.
static void activate_backward(int activation, REAL c, long n_units, long n, long ld, const REAL* Z,
                              const REAL* A, REAL* delta) {
    for (long j = 0; j < n_units; j++, Z += ld, A += ld, delta += ld) switch (activation) {
#define DO(F, number, name)                    \
    case number:                               \
        backward_loop<F>(n, Z, A, delta, c);   \
        break;
            FOR_EACH_ACTIVATION(DO)
#undef DO
        }
}
