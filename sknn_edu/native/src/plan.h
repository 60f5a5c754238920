// How a batch is shared out among threads, which depends on the network and on the size of the
// batch alone: neither on the machine nor on the number of threads. So no result does.
//
// A small network is small work for each sample. Its batch is cut into chunks of samples; a thread
// takes a chunk through the whole network, and the chunks' gradients are summed. A large network
// has work for all threads in each product. They do one after the other together, and each of them
// computes some units for some samples: there is one gradient only, and nothing to sum. (Sparse X
// with many columns makes a network large, too: its gradient is, even where products are small.)

#pragma once
#include "interface.h"
#include "panels.h"
#include "teams.h"

namespace {

// From so many weights on a network is large; if there are many chunks, from the second number on.
// Below, a product is too little work for many threads; above, so is the sum of the gradients.
constexpr double LARGE_NETWORK = 16384, LARGE_NETWORK_FOR_MANY_CHUNKS = 65536;
constexpr Index MANY_CHUNKS = 16;
// A chunk of a small network: about so many operations, within limits of its samples, and of its
// buffers, which should fit into the cache of one processor core.
constexpr double FLOPS_OF_A_CHUNK = 2e6, BYTES_OF_A_CHUNK = 524288;
constexpr Index FEWEST_SAMPLES = 128, MOST_SAMPLES = 512;
// The buffers of a large network.
constexpr double BYTES_OF_A_LARGE_CHUNK = 67108864;

// Nonzeros of a row of sparse X, on average.
inline double nonzeros_of_a_row(const Data& data) {
    return (double)data.X_begins[data.X_rows] / (double)(data.X_rows ? data.X_rows : 1);
}

struct Plan {
    bool shares_units;
    Index most;          // samples of a chunk
    Index n_chunks;      // of a batch of n samples
    Index most_threads;  // more have no work

    // Of sparse X a sample needs the weights of its nonzeros alone, and there is no copy.
    Plan(const Network& network, const Data& data, Index n) {
        const bool is_sparse = data.X_begins;
        double n_weights = 0, n_used = 0, n_units = is_sparse ? 0 : network.sizes[0];
        for (Index l = 0; l < network.n_layers; l++) {
            const double n_in = network.sizes[l], n_out = network.sizes[l + 1];
            n_weights += n_in * n_out;
            n_used += (is_sparse && l == 0 ? nonzeros_of_a_row(data) : n_in) * n_out;
            n_units += n_out;
        }
        const double bytes = 2 * n_units * sizeof(REAL), flops = 6 * n_used;
        most = limited(FLOPS_OF_A_CHUNK / flops, BYTES_OF_A_CHUNK / bytes);
        n_chunks = (n + most - 1) / most;
        shares_units = n_weights >= LARGE_NETWORK_FOR_MANY_CHUNKS ||
                       (n_weights >= LARGE_NETWORK && n_chunks < MANY_CHUNKS);
        most_threads = n_chunks;
        if (!shares_units) return;
        most = limited(MOST_SAMPLES, BYTES_OF_A_LARGE_CHUNK / bytes);
        n_chunks = (n + most - 1) / most;
        const double samples = n < most ? n : most, products = 3 * network.n_layers;
        const double product = flops * samples / products, update = n_weights;
        most_threads = 1 + (Index)((product > update ? product : update) / FLOPS_OF_A_TASK);
    }

   private:
    static Index limited(double samples, double most_samples) {
        if (samples > MOST_SAMPLES) samples = MOST_SAMPLES;
        if (samples > most_samples) samples = most_samples;
        return samples < FEWEST_SAMPLES ? FEWEST_SAMPLES : (Index)samples / LANES * LANES;
    }
};

// n samples in chunks of about equal size.
struct Cut {
    Index n, n_chunks, size;

    Cut(const Plan& plan, Index samples) : n(samples) {
        n_chunks = (n + plan.most - 1) / plan.most;
        size = padded((n + n_chunks - 1) / n_chunks);
    }
    Index begin(Index c) const { return c * size; }
    Index length(Index c) const { return c < n_chunks - 1 ? size : n - begin(c); }
};

}  // namespace
