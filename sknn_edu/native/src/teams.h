// Who does a job that consists of tasks: one thread alone, or a pool (thread_pool.h).
//
// Both have `size` and `run(n, task)`, which calls task(i, thread) for i = 0, ..., n - 1; a task
// may use what belongs to its thread. What it computes does not depend on which others there are.

#pragma once
#include "index.h"

struct Alone {
    static constexpr Index size = 1;

    template <class Task>
    void run(Index n, const Task& task) const {
        for (Index i = 0; i < n; i++) task(i, 0);
    }
};

// Floating-point operations that are worth a task: some microseconds, far more than it takes
// another thread to notice it.
constexpr double FLOPS_OF_A_TASK = 300000;
// Tasks for each thread, so that the fast ones can take over from those that are held up.
constexpr Index TASKS_OF_A_THREAD = 2;
