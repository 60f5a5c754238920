// The norm of a gradient, and how to shorten it (see `clip` in sknn_edu/training/epoch.py).

#pragma once
#include <math.h>
#include "vectors.h"

// The sum of the squares of n numbers.
static double sum_of_squares(Index n, const REAL* x) {
    V squares = all(0);
    const Index whole = n / LANES * LANES;
    for (Index i = 0; i < whole; i += LANES) {
        V v = load_anywhere(x + i);
        squares += v * v;
    }
    double total = sum(squares);
    for (Index i = whole; i < n; i++) total += (double)x[i] * x[i];
    return total;
}

static void multiply(Index n, REAL* x, REAL factor) {
    for (Index i = 0; i < n; i++) x[i] *= factor;
}

// Divides n numbers by the largest of them, whose square may overflow.
static void divide_by_largest(Index n, REAL* x) {
    REAL largest = 0;
    for (Index i = 0; i < n; i++) {
        REAL size = x[i] < 0 ? -x[i] : x[i];
        if (!(size <= largest)) largest = size;  // or NaN
    }
    for (Index i = 0; i < n; i++) x[i] /= largest;
}
