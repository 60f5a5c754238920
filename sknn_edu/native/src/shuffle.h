// A new order for each epoch, from the same random numbers as numpy.random.RandomState.shuffle.

#pragma once
#include "index.h"

namespace {

// The beginning of numpy's bitgen_t (numpy/random/bitgen.h).
struct BitGenerator {
    void* state;
    uint64_t (*next_uint64)(void* state);
    uint32_t (*next_uint32)(void* state);
};

// A whole number from 0 to `most`: as many random bits as it has, drawn again while they exceed it.
inline uint64_t draw_up_to(const BitGenerator& random, uint64_t most) {
    uint64_t mask = most, drawn;
    for (int shift = 1; shift < 64; shift *= 2) mask |= mask >> shift;
    do {
        drawn = mask & (most <= 0xffffffff ? random.next_uint32(random.state)
                                           : random.next_uint64(random.state));
    } while (drawn > most);
    return drawn;
}

// Fisher-Yates: from the last row on, each is swapped with one before it, or with itself.
inline void shuffle(const BitGenerator& random, int64_t n, int64_t* rows) {
    for (int64_t i = n - 1; i > 0; i--) {
        int64_t j = (int64_t)draw_up_to(random, (uint64_t)i), row = rows[i];
        rows[i] = rows[j];
        rows[j] = row;
    }
}

}  // namespace
