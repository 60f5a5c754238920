// exp, log, tanh and related functions of vectors, correct to about one unit in the last place.
//
// NaN stays NaN. exp overflows to infinity as in NumPy, and is 0 where it would be denormal.

#pragma once
#include <math.h>
#include "vectors.h"

#if REAL_BITS == 32
constexpr int MANTISSA = 23, BIAS = 127;
constexpr REAL MAGIC = 12582912;         // 1.5 * 2^23: adding it rounds to a whole number
constexpr REAL LN2_HIGH = 0.693359375f;  // a few bits only, so that n LN2_HIGH is exact
constexpr REAL LN2_LOW = -2.12194440e-4f;
constexpr REAL EXP_OVERFLOWS = 88.7228f, EXP_UNDERFLOWS = -86.6f, EXPM1_IS_MINUS_1 = -20;
#else
constexpr int MANTISSA = 52, BIAS = 1023;
constexpr REAL MAGIC = 6755399441055744;  // 1.5 * 2^52
constexpr REAL LN2_HIGH = 6.93147180369123816490e-01;
constexpr REAL LN2_LOW = 1.90821492927058770002e-10;
constexpr REAL EXP_OVERFLOWS = 709.78, EXP_UNDERFLOWS = -707.7, EXPM1_IS_MINUS_1 = -40;
#endif

// 2^n for whole n (given as n + MAGIC).
INLINE V power_of_two(V n_plus_magic) {
    U n = (U)n_plus_magic - (U)all(MAGIC);
    return (V)((n + BIAS) << MANTISSA);
}

// x - less = n ln 2 + r with |r| <= ln(2) / 2; returns exp(r) - 1 and n + MAGIC. `less` is small:
// digits of the argument that x has no room for.
//
// exp(r) - 1 = r + r^2 (1/2! + r/3! + r^2/4! + ...), as many terms as the last place needs.
INLINE V reduced_expm1(V x, V* n_plus_magic, V less = V{}) {
    V t = x * (REAL)1.44269504088896340736 + MAGIC;
    V n = t - MAGIC;
    V r = x - n * LN2_HIGH;
    r = r - n * LN2_LOW - less;
    V q;
    if (REAL_BITS == 64) {
        q = all((REAL)(1 / 6227020800.0));
        q = q * r + (REAL)(1 / 479001600.0);
        q = q * r + (REAL)(1 / 39916800.0);
        q = q * r + (REAL)(1 / 3628800.0);
        q = q * r + (REAL)(1 / 362880.0);
        q = q * r + (REAL)(1 / 40320.0);
        q = q * r + (REAL)(1 / 5040.0);
    } else {
        q = all((REAL)(1 / 5040.0));
    }
    q = q * r + (REAL)(1 / 720.0);
    q = q * r + (REAL)(1 / 120.0);
    q = q * r + (REAL)(1 / 24.0);
    q = q * r + (REAL)(1 / 6.0);
    q = q * r + (REAL)0.5;
    *n_plus_magic = t;
    return r + r * r * q;
}

// exp(x - less) = 2^n exp(r), as 2^(n-1) exp(r) 2, since 2^1024 overflows.
INLINE V exp_of(V x, V less = V{}) {
    V y = x > EXP_OVERFLOWS ? all(EXP_OVERFLOWS) : x;
    y = y < EXP_UNDERFLOWS ? all(EXP_UNDERFLOWS) : y;
    V n, e = reduced_expm1(y, &n, less) + 1;
    e = e * power_of_two(n - 1) * 2;
    e = x > EXP_OVERFLOWS ? all((REAL)INFINITY) : e;
    return x < EXP_UNDERFLOWS ? all(0) : e;
}

// exp(x) - 1 = 2^n (exp(r) - 1) + (2^n - 1), for x below the overflow.
INLINE V expm1_of(V x) {
    V y = x < EXPM1_IS_MINUS_1 ? all(EXPM1_IS_MINUS_1) : x;
    V n, e = reduced_expm1(y, &n);
    V scale = power_of_two(n);
    return e * scale + (scale - 1);
}

// tanh x = e / (e + 2) with e = exp(2 x) - 1, which is exact near 0, too.
INLINE V tanh_of(V x) {
    V y = 2 * x;
    y = y > -EXPM1_IS_MINUS_1 ? all(-EXPM1_IS_MINUS_1) : y;
    V e = expm1_of(y);
    return e / (e + 2);
}

// 1 / (1 + exp(-x)).
INLINE V logistic_of(V x) { return (REAL)1 / (exp_of(-x) + 1); }

// log(1 + f) = 2 (s + s^3/3 + s^5/5 + ...) with s = f / (2 + f), for sqrt(1/2) <= 1 + f <= sqrt(2).
INLINE V reduced_log1p(V f) {
    V s = f / (f + 2), s2 = s * s, q;
    if (REAL_BITS == 64) {
        q = all((REAL)(2 / 21.0));
        q = q * s2 + (REAL)(2 / 19.0);
        q = q * s2 + (REAL)(2 / 17.0);
        q = q * s2 + (REAL)(2 / 15.0);
        q = q * s2 + (REAL)(2 / 13.0);
        q = q * s2 + (REAL)(2 / 11.0);
    } else {
        q = all((REAL)(2 / 11.0));
    }
    q = q * s2 + (REAL)(2 / 9.0);
    q = q * s2 + (REAL)(2 / 7.0);
    q = q * s2 + (REAL)(2 / 5.0);
    q = q * s2 + (REAL)(2 / 3.0);
    return 2 * s + s * s2 * q;
}

// log x = n ln 2 + log m, where x = 2^n m; for x > 0.
INLINE V log_of(V x) {
    I n = ((I)x - (I)all((REAL)0.70710678118654752440)) >> MANTISSA;
    V m = (V)((U)x - ((U)n << MANTISSA));
    V n_real = (V)(n + (I)all(MAGIC)) - MAGIC;
    V y = n_real * LN2_HIGH + (n_real * LN2_LOW + reduced_log1p(m - 1));
    return x < (REAL)INFINITY ? y : x;
}

// log(1 + u), for 0 <= u <= 1; above sqrt(2) - 1 as log 2 + log(1 + (u - 1) / 2).
INLINE V log1p_of(V u) {
    I large = u > (REAL)0.41421356237309504880;
    V f = large ? (u - 1) * (REAL)0.5 : u;
    return reduced_log1p(f) + (large ? all((REAL)0.69314718055994530942) : all(0));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|)), which cannot overflow.
INLINE V softplus_of(V x) { return positive_part(x) + log1p_of(exp_of(-magnitude(x))); }
