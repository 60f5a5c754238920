// The optimizers: rules theta := theta - step, as loops over flat vectors (see
// sknn_edu/optimizers/).
//
// A new one is a class here and a line in the list below. An object is made for each update, which
// settles what is the same for all parameters; `step` then moves any block of them. `m` and `v`
// are the optimizer's two vectors of state. `DECOUPLES_PENALTY`: the penalty is applied to the
// weights directly, and its gradient left out.

#pragma once
#include <math.h>
#include "interface.h"
#include "vectors.h"

INLINE REAL root(REAL x) { return REAL_BITS == 32 ? (REAL)sqrtf((float)x) : (REAL)sqrt(x); }

#define EACH_PARAMETER(i) for (long i = 0; i < n; i++)

// theta -= rate g
struct GD {
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rate;

    explicit GD(Optimizer& o) : rate((REAL)o.rate) {}

    void step(long n, REAL* __restrict theta, const REAL* __restrict g, REAL*, REAL*) const {
        EACH_PARAMETER(i) theta[i] -= rate * g[i];
    }
};

// v := momentum v - rate g;  theta += v, or (Nesterov) theta += momentum v - rate g; v is in m
struct SGD {
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rate, momentum;
    bool looks_ahead;

    explicit SGD(Optimizer& o)
        : rate((REAL)o.rate), momentum((REAL)o.momentum), looks_ahead(o.nesterov) {}

    void step(long n, REAL* __restrict theta, const REAL* __restrict g, REAL* __restrict m,
              REAL*) const {
        if (looks_ahead) {
            EACH_PARAMETER(i) {
                REAL downhill = -rate * g[i];
                m[i] = momentum * m[i] + downhill;
                theta[i] += momentum * m[i] + downhill;
            }
        } else {
            EACH_PARAMETER(i) {
                m[i] = momentum * m[i] - rate * g[i];
                theta[i] += m[i];
            }
        }
    }
};

// m := beta_1 m + g;  v := beta_2 v + g^2;  theta -= rate m / (sqrt(v) + epsilon)
//
// m and v are kept without the factors 1 - beta, which are in rate and epsilon instead.
struct Moments {
    REAL beta_1, beta_2, rate, epsilon;

    void step(long n, REAL* __restrict theta, const REAL* __restrict g, REAL* __restrict m,
              REAL* __restrict v) const {
        EACH_PARAMETER(i) {
            m[i] = beta_1 * m[i] + g[i];
            v[i] = beta_2 * v[i] + g[i] * g[i];
            theta[i] -= rate * (m[i] / (root(v[i]) + epsilon));
        }
    }
};

// rate = rate_init sqrt(1 - beta_2^t) / (1 - beta_1^t);  theta -= rate m / (sqrt(v) + epsilon)
struct Adam : Moments {
    static constexpr bool DECOUPLES_PENALTY = false;

    explicit Adam(Optimizer& o) {
        o.t += 1;
        o.rate = o.rate_init * (sqrt(1 - pow(o.beta_2, o.t)) / (1 - pow(o.beta_1, o.t)));
        double scale = sqrt(1 - o.beta_2);  // of sqrt(v)
        beta_1 = (REAL)o.beta_1, beta_2 = (REAL)o.beta_2;
        rate = (REAL)(o.rate * (1 - o.beta_1) / scale), epsilon = (REAL)(o.epsilon / scale);
    }
};

// theta -= rate mhat / (sqrt(vhat) + epsilon), both moments corrected for starting at zero
struct AdamW : Moments {
    static constexpr bool DECOUPLES_PENALTY = true;

    explicit AdamW(Optimizer& o) {
        o.t += 1;
        double scale = sqrt((1 - o.beta_2) / (1 - pow(o.beta_2, o.t)));  // of sqrt(vhat)
        double mean = (1 - o.beta_1) / (1 - pow(o.beta_1, o.t));         // of mhat
        beta_1 = (REAL)o.beta_1, beta_2 = (REAL)o.beta_2;
        rate = (REAL)(o.rate * mean / scale), epsilon = (REAL)(o.epsilon / scale);
    }
};

// v := rho v + (1 - rho) g^2;  theta -= rate g / (sqrt(v) + epsilon); rho is in beta_2
struct RMSprop {
    static constexpr bool DECOUPLES_PENALTY = false;
    REAL rho, rate, epsilon;

    explicit RMSprop(Optimizer& o) {
        double scale = sqrt(1 - o.beta_2);  // of sqrt(v)
        rho = (REAL)o.beta_2;
        rate = (REAL)(o.rate / scale), epsilon = (REAL)(o.epsilon / scale);
    }

    void step(long n, REAL* __restrict theta, const REAL* __restrict g, REAL*,
              REAL* __restrict v) const {
        EACH_PARAMETER(i) {
            v[i] = rho * v[i] + g[i] * g[i];
            theta[i] -= rate * (g[i] / (root(v[i]) + epsilon));
        }
    }
};

// The list: DO(class, number, name in Python).
#define FOR_EACH_OPTIMIZER(DO) \
    DO(GD, 0, "gd")            \
    DO(SGD, 1, "sgd")          \
    DO(Adam, 2, "adam")        \
    DO(AdamW, 3, "adamw")      \
    DO(RMSprop, 4, "rmsprop")
