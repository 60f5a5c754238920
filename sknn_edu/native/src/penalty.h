// P = l1 |W|_1 + l2 / 2 |W|_2^2, and its gradient (see sknn_edu/engine/penalty.py).

#pragma once
#include <math.h>
#include "vectors.h"

// out += factor dP/dW; out may be W.
static void add_penalty_gradient(Index n, const REAL* W, double l1, double l2, double factor,
                                 REAL* out) {
    const REAL a = (REAL)(factor * l2), b = (REAL)(factor * l1);
    if (l1 == 0 && l2 == 0) return;
    if (l1 == 0)
        for (Index i = 0; i < n; i++) out[i] += W[i] * a;
    else
        for (Index i = 0; i < n; i++)
            out[i] += W[i] * a + (REAL)((W[i] > 0) - (W[i] < 0)) * b;
}

// P.
static double penalty(Index n, const REAL* W, double l1, double l2) {
    V squares = all(0), sizes = all(0);
    Index whole = n / LANES * LANES;
    for (Index i = 0; i < whole; i += LANES) {
        V w = load_anywhere(W + i);
        squares += w * w;
        sizes += magnitude(w);
    }
    double sum_squares = sum(squares), sum_sizes = sum(sizes);
    for (Index i = whole; i < n; i++) {
        sum_squares += (double)W[i] * W[i];
        sum_sizes += fabs((double)W[i]);
    }
    return (l2 ? 0.5 * l2 * sum_squares : 0) + (l1 ? l1 * sum_sizes : 0);
}
