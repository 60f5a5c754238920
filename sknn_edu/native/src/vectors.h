// Vectors of numbers, the type that every loop of the core computes with.
//
// The compiler gets REAL_BITS (32 or 64) and options for the instruction set. One V holds as many
// numbers as one register; all operators act lane by lane:
//
//              x86-64, x86-64-v2, ARM     x86-64-v3 (AVX2)     x86-64-v4 (AVX-512)
//     float             4                        8                     16
//     double            2                        4                      8

#pragma once
#include <string.h>
#include "index.h"

#if REAL_BITS == 32
typedef float REAL;
typedef int32_t INTEGER;  // as wide as REAL, to compute with its bits
typedef uint32_t UNSIGNED;
#else
typedef double REAL;
typedef int64_t INTEGER;
typedef uint64_t UNSIGNED;
#endif

#if defined(__AVX512F__)
#define VECTOR_BYTES 64
#elif defined(__AVX2__)
#define VECTOR_BYTES 32
#else
#define VECTOR_BYTES 16
#endif

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int REGISTERS = 32;
#else
constexpr int REGISTERS = 16;
#endif

typedef REAL V __attribute__((vector_size(VECTOR_BYTES)));
typedef INTEGER I __attribute__((vector_size(VECTOR_BYTES)));
typedef UNSIGNED U __attribute__((vector_size(VECTOR_BYTES)));

constexpr Index LANES = VECTOR_BYTES / sizeof(REAL);
constexpr Index ALIGNMENT = 64;  // of every buffer, in bytes

#define INLINE_MEMBER inline __attribute__((always_inline))
#define INLINE static INLINE_MEMBER

// x in every lane. (Minus zero changes nothing and costs nothing, unlike plus zero, for x = -0.)
INLINE V all(REAL x) { return x - V{}; }

// A number known at compile time.
template <int N>
struct Number {
    static constexpr int value = N;
};

// Buffers are aligned, and their rows are whole vectors.
INLINE V load(const REAL* p) { return *(const V*)p; }
INLINE void store(REAL* p, V x) { *(V*)p = x; }

// The same for what is not aligned.
typedef REAL VAnywhere __attribute__((vector_size(VECTOR_BYTES), aligned(sizeof(REAL))));
INLINE V load_anywhere(const REAL* p) { return *(const VAnywhere*)p; }
INLINE V load_some(const REAL* p, Index n) {  // the first n lanes, at most all
    if (n >= LANES) return load_anywhere(p);
    V x = all(0);
    if (n > 0) memcpy(&x, p, n * sizeof(REAL));
    return x;
}
INLINE void store_some(REAL* p, V x, Index n) {
    if (n >= LANES)
        *(VAnywhere*)p = x;
    else if (n > 0)
        memcpy(p, &x, n * sizeof(REAL));
}

// max(x, 0) and min(x, 0), which propagate NaN as NumPy's functions do.
INLINE V positive_part(V x) { return x <= 0 ? all(0) : x; }
INLINE V negative_part(V x) { return x >= 0 ? all(0) : x; }
INLINE V magnitude(V x) { return x < 0 ? -x : x; }
// x, no less than `from` and no more than `to`; propagates NaN.
INLINE V clipped(V x, REAL from, REAL to) {
    V y = x <= from ? all(from) : x;
    return y >= to ? all(to) : y;
}

// Lane 0 of a, lane 0 of b, lane 1 of a, ...: the first halves of both, or the second ones.
template <bool SECOND>
INLINE V zip(V a, V b) {
#if defined(__clang__)
    V zipped;
    for (int i = 0; i < LANES / 2; i++) {
        zipped[2 * i] = a[i + SECOND * LANES / 2];
        zipped[2 * i + 1] = b[i + SECOND * LANES / 2];
    }
    return zipped;
#else
    I from;
    for (int i = 0; i < LANES; i++) from[i] = i / 2 + i % 2 * LANES + SECOND * LANES / 2;
    return __builtin_shuffle(a, b, from);
#endif
}

// The transpose of a square of numbers. Each round interleaves the first half of the rows with the
// second one; after log2(LANES) rounds every number is in its place.
constexpr int ROUNDS_OF_A_TRANSPOSITION = LANES == 16 ? 4 : LANES == 8 ? 3 : LANES == 4 ? 2 : 1;
INLINE void transpose(V (&rows)[LANES]) {
#pragma GCC unroll 4
    for (int round = 0; round < ROUNDS_OF_A_TRANSPOSITION; round++) {
        V interleaved[LANES];
#pragma GCC unroll 8
        for (int i = 0; i < LANES / 2; i++) {
            interleaved[2 * i] = zip<false>(rows[i], rows[i + LANES / 2]);
            interleaved[2 * i + 1] = zip<true>(rows[i], rows[i + LANES / 2]);
        }
#pragma GCC unroll 16
        for (int i = 0; i < LANES; i++) rows[i] = interleaved[i];
    }
}

// Lanes 0+1, 2+3, ... of a, then those of b.
INLINE V add_neighbours(V a, V b) {
#if defined(__clang__)
    V even, odd;
    for (int i = 0; i < LANES / 2; i++) {
        even[i] = a[2 * i], even[i + LANES / 2] = b[2 * i];
        odd[i] = a[2 * i + 1], odd[i + LANES / 2] = b[2 * i + 1];
    }
    return even + odd;
#else
    I even, odd;
    for (int i = 0; i < LANES; i++) even[i] = 2 * i, odd[i] = 2 * i + 1;
    return __builtin_shuffle(a, b, even) + __builtin_shuffle(a, b, odd);
#endif
}

// sums[i] = sum of the lanes of c[i], for N >= LANES vectors (destroys c).
template <int N>
INLINE void sum_lanes(V (&c)[N], REAL* sums) {
    static_assert(N >= LANES && N % LANES == 0, "whole vectors of sums");
#pragma GCC unroll 4
    for (int left = N, width = LANES; width > 1; left /= 2, width /= 2)
#pragma GCC unroll 16
        for (int i = 0; i < left / 2; i++) c[i] = add_neighbours(c[2 * i], c[2 * i + 1]);
#pragma GCC unroll 16
    for (int i = 0; i < N / LANES; i++) store(sums + i * LANES, c[i]);
}

// Sum of the lanes.
INLINE double sum(V x) {
    double total = 0;
    for (int i = 0; i < LANES; i++) total += x[i];
    return total;
}
