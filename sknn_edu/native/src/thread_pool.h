// A thread pool, for the length of one call from Python.
//
// `run` divides a job into tasks; each free thread takes the next one. The caller takes part, and
// waits only for tasks that other threads have begun, so that threads without a processor delay
// nothing. No result depends on which thread has computed it. A thread with nothing to do spins for
// some microseconds, then sleeps.

#pragma once
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include "denormals.h"
#include "index.h"
#include "places.h"

namespace {

constexpr int SPINS = 1500;  // times `pause`: some 20 microseconds, about the time to wake a thread

inline void pause_briefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

// While this object exists, threads are made that leave signals to the caller.
struct SignalsBlocked {
#if !defined(_WIN32)  // where signals do not interrupt threads
    sigset_t before;
    SignalsBlocked() {
        sigset_t everything;
        sigfillset(&everything);
        pthread_sigmask(SIG_SETMASK, &everything, &before);
    }
    ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }
#endif
};

class ThreadPool {
   public:
    struct Thread {
        ThreadPool* pool;
        Index number;
        pthread_t handle;
    };
    Index size = 1;  // how many threads there are, the caller included

    // n threads, for which there is room; fewer if the system refuses to start more.
    ThreadPool(Index n, Thread* threads) : threads_(threads) {
        if (n <= 1) return;
        const SignalsBlocked while_in_scope;
        const Places places(n - 1);
        for (; size < n; size++) {
            Thread& thread = threads_[size];
            thread.pool = this, thread.number = size;
            if (pthread_create(&thread.handle, nullptr, work, &thread)) break;
            places.move(thread.handle, size - 1);
        }
    }

    ~ThreadPool() {
        if (size == 1) return;
        store(is_over_, true);
        wake_sleepers();
        for (Index t = 1; t < size; t++) pthread_join(threads_[t].handle, nullptr);
    }

    ThreadPool(const ThreadPool&) = delete;

    // task(i, thread) for i = 0, ..., n - 1, where `thread` is the number of the thread.
    template <class Task>
    void run(Index n, const Task& task) {
        if (size == 1 || n == 1) {
            for (Index i = 0; i < n; i++) task(i, 0);
            return;
        }
        publish([](const void* it, Index i, Index thread) { (*(const Task*)it)(i, thread); }, &task,
                n);
        while (take_a_task(0)) {
        }
        wait_until([&] { return load(n_left_) == 0; });
    }

   private:
    typedef void Function(const void* task, Index i, Index thread);

    Thread* const threads_;
    // The job. A ticket is its number (upper half) and that of its next task (lower half).
    static constexpr uint64_t NO_TASK = 0xffffffff;
    // Each in a cache line of its own, since all threads write to them.
    alignas(64) uint64_t ticket_ = NO_TASK;
    alignas(64) uint64_t n_left_ = 0;
    alignas(64) Function* function_ = nullptr;
    const void* task_ = nullptr;
    uint64_t n_tasks_ = 0;
    bool is_over_ = false;
    // Sleeping threads.
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t changed_ = PTHREAD_COND_INITIALIZER;
    Index n_sleeping_ = 0;

    template <class T>
    static T load(const T& x) {
        return __atomic_load_n(&x, __ATOMIC_SEQ_CST);
    }
    template <class T>
    static void store(T& x, T value) {
        __atomic_store_n(&x, value, __ATOMIC_SEQ_CST);
    }

    // Start a new job. Until it is complete no thread can get a ticket, for it or for the last one.
    void publish(Function* function, const void* task, Index n) {
        const uint64_t job = ((load(ticket_) >> 32) + 1) << 32;
        store(ticket_, job | NO_TASK);
        store(function_, function);
        store(task_, task);
        store(n_tasks_, (uint64_t)n);
        store(n_left_, (uint64_t)n);
        store(ticket_, job);
        wake_sleepers();
    }

    void wake_sleepers() {
        if (!load(n_sleeping_)) return;
        pthread_mutex_lock(&mutex_);
        pthread_cond_broadcast(&changed_);
        pthread_mutex_unlock(&mutex_);
    }

    // Do one task of the current job; returns whether there may be more.
    bool take_a_task(Index thread) {
        uint64_t ticket = load(ticket_);
        // If these belong to a later job, the ticket has changed, and the exchange below fails.
        Function* function = load(function_);
        const void* task = load(task_);
        uint64_t i = ticket & NO_TASK;
        if (i >= load(n_tasks_)) return false;
        if (!__atomic_compare_exchange_n(&ticket_, &ticket, ticket + 1, false, __ATOMIC_SEQ_CST,
                                         __ATOMIC_SEQ_CST))
            return true;
        function(task, (Index)i, thread);
        if (__atomic_sub_fetch(&n_left_, 1, __ATOMIC_SEQ_CST) == 0) wake_sleepers();
        return true;
    }

    template <class Condition>
    void wait_until(const Condition& holds) {
        for (int i = 0; i < SPINS; i++) {
            if (holds()) return;
            pause_briefly();
        }
        pthread_mutex_lock(&mutex_);
        store(n_sleeping_, n_sleeping_ + 1);
        while (!holds()) pthread_cond_wait(&changed_, &mutex_);
        store(n_sleeping_, n_sleeping_ - 1);
        pthread_mutex_unlock(&mutex_);
    }

    static void* work(void* given) {
        const Thread& thread = *(const Thread*)given;
        ThreadPool& pool = *thread.pool;
        FlushDenormals while_in_scope;
        while (!load(pool.is_over_)) {
            if (pool.take_a_task(thread.number)) continue;
            pool.wait_until([&] {
                return load(pool.is_over_) ||
                       (load(pool.ticket_) & NO_TASK) < load(pool.n_tasks_);
            });
        }
        return nullptr;
    }
};

}  // namespace
