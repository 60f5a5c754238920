// The optimizers: rules theta := theta - step, as loops over flat vectors (see
// sknn_edu/optimizers/).
//
// A new optimizer is a class here and a line in the list below. The class names the attributes of
// the Python object that it works with: numbers it reads (SETTINGS), arrays of the length of theta
// that it changes (VECTORS), and numbers it changes (COUNTERS). An object is made for each update,
// which computes what is the same for all parameters; `step` then moves any block of them, whose
// layer multiplies the rate by `f`, and gets the blocks of the vectors in the order of their names.
// `DECOUPLES_PENALTY`: the gradient comes
// without the penalty, which is applied to the weights directly.

#pragma once
#include <math.h>
#include "interface.h"
#include "vectors.h"

#define EACH_PARAMETER(i) for (Index i = 0; i < n; i++)

namespace {

INLINE REAL root(REAL x) { return REAL_BITS == 32 ? (REAL)sqrtf((float)x) : (REAL)sqrt(x); }

// theta -= rate g
struct GD {
    static constexpr const char *SETTINGS = "", *VECTORS = "", *COUNTERS = "";
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rate;

    explicit GD(Optimizer& o) : rate((REAL)o.rate) {}

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g) const {
        const REAL scaled = f * rate;
        EACH_PARAMETER(i) theta[i] -= scaled * g[i];
    }
};

// v := momentum v - rate g;  theta += v, or (Nesterov) theta += momentum v - rate g
struct SGD {
    static constexpr const char *SETTINGS = "momentum,nesterovs_momentum", *VECTORS = "v",
                                *COUNTERS = "";
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rate, momentum;
    bool looks_ahead;

    explicit SGD(Optimizer& o)
        : rate((REAL)o.rate), momentum((REAL)o.settings[0]), looks_ahead(o.settings[1] != 0) {}

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g,
              REAL* __restrict v) const {
        if (looks_ahead) {
            EACH_PARAMETER(i) {
                REAL downhill = -rate * g[i];
                v[i] = momentum * v[i] + downhill;
                theta[i] += f * (momentum * v[i] + downhill);
            }
        } else {
            EACH_PARAMETER(i) {
                v[i] = momentum * v[i] - rate * g[i];
                theta[i] += f * v[i];
            }
        }
    }
};

// m := beta_1 m + g;  v := beta_2 v + g^2;  theta -= rate m / (sqrt(v) + epsilon)
//
// m and v are kept without the factors 1 - beta, which are in rate and epsilon instead.
struct TwoMoments {
    static constexpr const char *SETTINGS = "beta_1,beta_2,epsilon", *VECTORS = "m,v",
                                *COUNTERS = "t";
    double beta_1_exact, beta_2_exact, t;
    REAL beta_1, beta_2, rate, epsilon;

    explicit TwoMoments(Optimizer& o)
        : beta_1_exact(o.settings[0]), beta_2_exact(o.settings[1]), t(o.counters[0] += 1),
          beta_1((REAL)beta_1_exact), beta_2((REAL)beta_2_exact) {}

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g,
              REAL* __restrict m, REAL* __restrict v) const {
        const REAL scaled = f * rate;
        EACH_PARAMETER(i) {
            m[i] = beta_1 * m[i] + g[i];
            v[i] = beta_2 * v[i] + g[i] * g[i];
            theta[i] -= scaled * (m[i] / (root(v[i]) + epsilon));
        }
    }
};

// rate = rate_init sqrt(1 - beta_2^t) / (1 - beta_1^t);  theta -= rate m / (sqrt(v) + epsilon)
struct Adam : TwoMoments {
    static constexpr bool DECOUPLES_PENALTY = false;

    explicit Adam(Optimizer& o) : TwoMoments(o) {
        const double both = sqrt(1 - pow(beta_2_exact, t)) / (1 - pow(beta_1_exact, t));
        o.rate = o.rate_init * o.rate_factor * both;
        double scale = sqrt(1 - beta_2_exact);  // of sqrt(v)
        rate = (REAL)(o.rate * (1 - beta_1_exact) / scale);
        epsilon = (REAL)(o.settings[2] / scale);
    }
};

// theta -= rate mhat / (sqrt(vhat) + epsilon), both moments corrected for starting at zero
struct AdamW : TwoMoments {
    static constexpr bool DECOUPLES_PENALTY = true;

    explicit AdamW(Optimizer& o) : TwoMoments(o) {
        double scale = sqrt((1 - beta_2_exact) / (1 - pow(beta_2_exact, t)));  // of sqrt(vhat)
        double mean = (1 - beta_1_exact) / (1 - pow(beta_1_exact, t));         // of mhat
        rate = (REAL)(o.rate * mean / scale), epsilon = (REAL)(o.settings[2] / scale);
    }
};

// theta -= rate (of_m m + of_g g) / (sqrt(vhat) + epsilon), with the factors of momenta that grow:
// mu_t = beta_1 (1 - 0.96^(t momentum_decay) / 2)
struct NAdam : TwoMoments {
    static constexpr const char *SETTINGS = "beta_1,beta_2,epsilon,momentum_decay",
                                *COUNTERS = "t,mu_product";
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL of_m, of_g;

    explicit NAdam(Optimizer& o) : TwoMoments(o) {
        const double mu = momentum(t, o), next = momentum(t + 1, o);
        const double product = o.counters[1] *= mu;
        of_m = (REAL)((1 - beta_1_exact) * next / (1 - product * next));
        of_g = (REAL)((1 - mu) / (1 - product));
        double scale = sqrt((1 - beta_2_exact) / (1 - pow(beta_2_exact, t)));  // of sqrt(vhat)
        rate = (REAL)(o.rate / scale), epsilon = (REAL)(o.settings[2] / scale);
    }
    double momentum(double t, const Optimizer& o) const {
        return beta_1_exact * (1 - 0.5 * pow(0.96, t * o.settings[3]));
    }

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g,
              REAL* __restrict m, REAL* __restrict v) const {
        const REAL scaled = f * rate;
        EACH_PARAMETER(i) {
            m[i] = beta_1 * m[i] + g[i];
            v[i] = beta_2 * v[i] + g[i] * g[i];
            theta[i] -= scaled * ((of_m * m[i] + of_g * g[i]) / (root(v[i]) + epsilon));
        }
    }
};

// v := rho v + (1 - rho) g^2;  theta -= rate g / (sqrt(v) + epsilon)
struct RMSprop {
    static constexpr const char *SETTINGS = "rho,epsilon", *VECTORS = "v", *COUNTERS = "";
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rho, rate, epsilon;

    explicit RMSprop(Optimizer& o) : rho((REAL)o.settings[0]) {
        double scale = sqrt(1 - o.settings[0]);  // of sqrt(v)
        rate = (REAL)(o.rate / scale), epsilon = (REAL)(o.settings[1] / scale);
    }

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g,
              REAL* __restrict v) const {
        const REAL scaled = f * rate;
        EACH_PARAMETER(i) {
            v[i] = rho * v[i] + g[i] * g[i];
            theta[i] -= scaled * (g[i] / (root(v[i]) + epsilon));
        }
    }
};

// s := s + g^2;  theta -= rate g / (sqrt(s) + epsilon)
struct Adagrad {
    static constexpr const char *SETTINGS = "epsilon", *VECTORS = "s", *COUNTERS = "";
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rate, epsilon;

    explicit Adagrad(Optimizer& o) : rate((REAL)o.rate), epsilon((REAL)o.settings[0]) {}

    void step(REAL f, Index n, REAL* __restrict theta, const REAL* __restrict g,
              REAL* __restrict s) const {
        const REAL scaled = f * rate;
        EACH_PARAMETER(i) {
            s[i] += g[i] * g[i];
            theta[i] -= scaled * (g[i] / (root(s[i]) + epsilon));
        }
    }
};

// The list: DO(class, number, name in Python).
#define FOR_EACH_OPTIMIZER(DO) \
    DO(GD, 0, "gd")            \
    DO(SGD, 1, "sgd")          \
    DO(Adam, 2, "adam")        \
    DO(AdamW, 3, "adamw")      \
    DO(RMSprop, 4, "rmsprop")  \
    DO(NAdam, 5, "nadam")      \
    DO(Adagrad, 6, "adagrad")

// How many names a list of names separated by commas has.
constexpr int count(const char* names) {
    int n = *names != 0;
    for (; *names; names++) n += *names == ',';
    return n;
}

}  // namespace
