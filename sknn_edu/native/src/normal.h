// The standard normal distribution, in all digits on both sides.
//
// For t >= 0 the tail is Phi(-t) = exp(-t^2 / 2) R(t), and R, which falls from 1/2 like 1 / t, is a
// quotient of two polynomials. Their coefficients are those of the smallest largest relative error
// for 0 <= t <= FARTHEST, found with Remez's exchange algorithm in 60 digits: 2^-54.1 in float64,
// 2^-27.3 in float32. All are positive, so nothing cancels.

#pragma once
#include "functions.h"

#if REAL_BITS == 32
constexpr REAL FARTHEST = 14.5f;      // where Phi(-t) is 0
constexpr UNSIGNED LOW_HALF = 0xfff;  // of the digits of a number
constexpr REAL NUMERATOR[] = {
    4.11632471e-3f, 4.06333357e-2f, 1.83235466e-1f, 4.38295394e-1f, 5.00000000e-1f};
constexpr REAL DENOMINATOR[] = {
    1.03179766e-2f, 1.01859115e-1f, 4.69471484e-1f, 1.20250452f, 1.67447579f, 1};
#else
constexpr REAL FARTHEST = 38.6;
constexpr UNSIGNED LOW_HALF = 0x7ffffff;
constexpr REAL NUMERATOR[] = {
    1.3813343908802197e-6, 3.7155963347997625e-5, 4.8933501744105059e-4, 4.0818218551654144e-3,
    2.3587121397712591e-2, 9.7583694370794519e-2, 2.8907473796779304e-1, 5.9368490465603063e-1,
    7.7462429146925749e-1, 5.0000000000000000e-1};
constexpr REAL DENOMINATOR[] = {
    3.4624918409112494e-6, 9.3136188297040311e-5, 1.2300434825304315e-3, 1.0324746251019102e-2,
    6.0343801853064379e-2, 2.5465137324684489e-1, 7.8130876730273580e-1, 1.7132175504259619,
    2.5601111068523101, 2.3471331437413703, 1};
#endif

// The even powers and the odd ones by themselves: half as many roundings follow one another, and
// those of x^2 are the same in both polynomials of a quotient.
template <int N>
INLINE V polynomial(const REAL (&coefficients)[N], V x) {
    V x2 = x * x, y = all(coefficients[0]), other = all(coefficients[1]);
#pragma GCC unroll 16
    for (int i = 2; i < N; i += 2) y = y * x2 + coefficients[i];
#pragma GCC unroll 16
    for (int i = 3; i < N; i += 2) other = other * x2 + coefficients[i];
    return N % 2 ? y + x * other : x * y + other;
}

struct Normal {
    V distribution, density;  // Phi(x), phi(x) = exp(-x^2 / 2) / sqrt(2 pi)
};

INLINE Normal normal_of(V x) {
    V t = clipped(magnitude(x), 0, FARTHEST);
    // t^2 = high^2 + (t - high) (t + high), where high has half as many digits: high^2 is exact.
    V high = (V)((U)t & ~LOW_HALF);
    V e = exp_of(high * high * (REAL)-0.5, (t - high) * (t + high) * (REAL)0.5);
    V tail = e * (polynomial(NUMERATOR, t) / polynomial(DENOMINATOR, t));
    return {x <= 0 ? tail : 1 - tail, e * (REAL)0.39894228040143267794};
}
