// Dropout: which units take part, for each sample (see sknn_edu/engine/dropout.py, which says how
// the random numbers are counted).
//
// The numbers come from Philox4x64-10, as in numpy.random.Philox: ten rounds turn a counter and a
// key into 256 bits. So threads need no common generator, and share no state.

#pragma once
#include <math.h>
#include "interface.h"
#include "products.h"

namespace {

constexpr Index NUMBERS_OF_A_BLOCK = 8;  // of 32 bits
constexpr int ROUNDS = 10;

// a b = high 2^64 + low.
INLINE uint64_t wide_product(uint64_t a, uint64_t b, uint64_t* low) {
#if defined(__SIZEOF_INT128__)
    const unsigned __int128 product = (unsigned __int128)a * b;
    *low = (uint64_t)product;
    return (uint64_t)(product >> 64);
#else
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (uint32_t)middle;
    *low = a * b;
    return a1 * b1 + (middle >> 32) + (other >> 32);
#endif
}

// The random numbers of a batch, for rows from `first` on.
struct Dropout {
    uint64_t update, first;
    uint64_t keys[ROUNDS][2];

    Dropout(const Masks& masks, Index first_row)
        : update((uint64_t)masks.update), first((uint64_t)(first_row - masks.first)) {
        uint64_t key[2] = {(uint64_t)masks.key, 0};
        for (auto& of_round : keys) {
            of_round[0] = key[0], of_round[1] = key[1];
            key[0] += 0x9E3779B97F4A7C15u, key[1] += 0xBB67AE8584CAA73Bu;
        }
    }

    // The eight numbers of a block, `step` apart.
    INLINE_MEMBER void draw(uint64_t block, uint64_t layer, uint32_t* numbers, Index step) const {
        uint64_t x[4] = {block, layer, update, 0};
#pragma GCC unroll 10
        for (int r = 0; r < ROUNDS; r++) {
            uint64_t low0, high0 = wide_product(0xD2E7470EE14C6C93u, x[0], &low0);
            uint64_t low2, high2 = wide_product(0xCA5A826395121157u, x[2], &low2);
            x[0] = high2 ^ x[1] ^ keys[r][0], x[1] = low2;
            x[2] = high0 ^ x[3] ^ keys[r][1], x[3] = low0;
        }
        for (int i = 0; i < 4; i++) {
            numbers[2 * i * step] = (uint32_t)x[i];
            numbers[(2 * i + 1) * step] = (uint32_t)(x[i] >> 32);
        }
    }
};

// The least number with which a unit takes part: numbers are from 0 to 2^32 - 1.
inline uint32_t threshold(double rate) {
    const double least = ceil(rate * 4294967296.0);
    return least < 4294967295.0 ? (uint32_t)least : 4294967295u;
}

// LANES numbers of 32 bits, in lanes that are as wide as those of V.
typedef uint32_t Narrow __attribute__((vector_size(LANES * 4)));
INLINE U load_widened(const uint32_t* p) { return __builtin_convertvector(*(const Narrow*)p, U); }

// mask = 0 or 1 / (1 - rate), and dropped = mask A, for a block of the units of a layer. All
// matrices are (n_units, n).
inline void drop_out(const Dropout& random, Index layer, double rate, Index n_units,
                     const Panels& samples, const Block& block, const REAL* A, REAL* mask,
                     REAL* dropped) {
    const REAL scale = 1 / (REAL)(1 - rate);
    const UNSIGNED least = threshold(rate);
    const Index n_blocks = (n_units + NUMBERS_OF_A_BLOCK - 1) / NUMBERS_OF_A_BLOCK;  // of a row
    for (Index p = block.p; p < block.p_end; p++) {
        const Index start = samples.start(p), width = samples.width(p);
        for (Index b = block.i / NUMBERS_OF_A_BLOCK; b * NUMBERS_OF_A_BLOCK < block.i_end; b++) {
            alignas(ALIGNMENT) uint32_t numbers[NUMBERS_OF_A_BLOCK * WIDEST];
            for (Index s = 0; s < width; s++) {
                const uint64_t row = random.first + (uint64_t)(start + s);
                random.draw(1 + row * (uint64_t)n_blocks + (uint64_t)b, (uint64_t)layer,
                            numbers + s, width);
            }
            const Index first = b * NUMBERS_OF_A_BLOCK, end = first + NUMBERS_OF_A_BLOCK;
            const Index i_end = end < block.i_end ? end : block.i_end;
            for (Index i = first < block.i ? block.i : first; i < i_end; i++)
                for (Index v = 0; v < width; v += LANES) {
                    const Index at = start * n_units + i * width + v;
                    const U u = load_widened(numbers + (i - first) * width + v);
                    const V m = u >= least ? all(scale) : all(0);
                    store(mask + at, m);
                    store(dropped + at, load(A + at) * m);
                }
        }
    }
}

}  // namespace
