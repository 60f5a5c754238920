// How samples lie in memory: in panels of one to three vectors.
//
// A matrix "of shape (n_units, n)" is a sequence of panels. A panel holds some samples of all
// units: a row for each unit, and the rows follow each other without a gap.
//
//     panel 0          panel 1       ...
//     unit 0  s s s    unit 0  s s       Unit j, sample s of the panel that begins with the sample
//     unit 1  s s s    unit 1  s s       `start` and has rows of `width`:
//     ...              ...                   start n_units + j width + (s - start)
//
// So a product reads what it needs from one address on, whatever the number of units, and a loop
// over all units of all samples is a loop over one array. Panels for units, of a matrix that is
// transposed, are the same with the roles of samples and units exchanged.

#pragma once
#include "vectors.h"

constexpr Index VECTORS_OF_A_PANEL = 3;  // at most; the products keep as many in registers

// n numbers, rounded up to whole vectors.
INLINE Index padded(Index n) { return (n + LANES - 1) / LANES * LANES; }

namespace {  // Panels depend on LANES

// How n numbers are cut into panels of about equal width: 7 vectors are 3 + 2 + 2.
struct Panels {
    Index n, count;  // numbers (whole vectors), panels

    explicit Panels(Index numbers)
        : n(padded(numbers)), count((n / LANES + VECTORS_OF_A_PANEL - 1) / VECTORS_OF_A_PANEL) {}

    INLINE_MEMBER Index start(Index p) const {
        const Index vectors = n / LANES, wider = vectors % count;
        return (p * (vectors / count) + (p < wider ? p : wider)) * LANES;
    }
    INLINE_MEMBER Index width(Index p) const {
        const Index vectors = n / LANES;
        return (vectors / count + (p < vectors % count)) * LANES;
    }
};

}  // namespace

// act(Number<V>): a width that is known at run time as a number of vectors known at compile time.
template <class Act>
INLINE void with_vectors(Index width, const Act& act) {
    if (width == 3 * LANES)
        act(Number<3>());
    else if (width == 2 * LANES)
        act(Number<2>());
    else
        act(Number<1>());
}
