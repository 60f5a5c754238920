// Where new threads start.
//
// A scheduler may leave a new thread on its creator's processor, though others are idle: some do
// so to let those sleep. It would wait there for milliseconds, longer than a short call takes. So
// threads are moved to other processors at once. They may leave them again.

#pragma once
#include <pthread.h>
#include "index.h"

#if defined(__linux__)
#include <sched.h>

namespace {

class Places {
   public:
    // For n threads beside the caller.
    explicit Places(Index n) : n_threads_(n) {
        if (sched_getaffinity(0, sizeof allowed_, &allowed_)) return;  // more than the set can hold
        const int here = sched_getcpu();
        for (int k = 1; here >= 0 && k < CPU_SETSIZE; k++) {
            const int other = (here + k) % CPU_SETSIZE;
            if (CPU_ISSET(other, &allowed_)) others_[n_others_++] = (short)other;
        }
    }

    // Move thread t = 0, ..., n - 1 to one of the other processors: that is the scheduler's choice,
    // among a share of them that is this thread's own. Nothing is done if there are too few.
    void move(pthread_t thread, Index t) const {
        if (n_others_ < n_threads_) return;
        cpu_set_t share;
        CPU_ZERO(&share);
        const Index end = (t + 1) * n_others_ / n_threads_;
        for (Index k = t * n_others_ / n_threads_; k < end; k++) CPU_SET(others_[k], &share);
        if (!pthread_setaffinity_np(thread, sizeof share, &share))
            pthread_setaffinity_np(thread, sizeof allowed_, &allowed_);
    }

   private:
    const Index n_threads_;
    cpu_set_t allowed_;
    short others_[CPU_SETSIZE];
    Index n_others_ = 0;
};

}  // namespace

#else

namespace {

// Elsewhere this is left to the system.
struct Places {
    explicit Places(Index) {}
    void move(pthread_t, Index) const {}
};

}  // namespace

#endif
