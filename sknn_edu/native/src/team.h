// Threads that share out tasks, for the length of one call from Python.
//
// `run` cuts a job into tasks; whoever is free takes the next one. The caller takes part, and
// waits only for tasks that others have begun: threads that get no processor cost nothing. Who does
// a task never matters to its result. A thread with nothing to do spins for some microseconds, then
// sleeps.

#pragma once
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include "denormals.h"

namespace {

constexpr long MOST_THREADS = 8;
constexpr int SPINS = 1500;  // times `pause`: some 20 microseconds, about the time to wake a sleeper

inline void pause_briefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

class Team {
   public:
    // n threads, the caller among them; fewer if the system has no more.
    explicit Team(long n) {
        n = n < MOST_THREADS ? n : MOST_THREADS;
        sigset_t everything, before;  // signals are for the caller
        sigfillset(&everything);
        if (n > 1) pthread_sigmask(SIG_SETMASK, &everything, &before);
        for (; size_ < n; size_++) {
            seats_[size_].team = this, seats_[size_].member = size_;
            if (pthread_create(&seats_[size_].thread, nullptr, work, &seats_[size_])) break;
        }
        if (n > 1) pthread_sigmask(SIG_SETMASK, &before, nullptr);
    }

    ~Team() {
        if (size_ == 1) return;
        store(is_over_, true);
        wake_sleepers();
        for (long member = 1; member < size_; member++) pthread_join(seats_[member].thread, nullptr);
    }

    Team(const Team&) = delete;

    // task(i, member) for i = 0, ..., n - 1, where `member` says which thread it is.
    template <class Task>
    void run(long n, const Task& task) {
        if (size_ == 1 || n == 1) {
            for (long i = 0; i < n; i++) task(i, 0);
            return;
        }
        publish([](const void* it, long i, long member) { (*(const Task*)it)(i, member); }, &task,
                n);
        while (take_a_task(0)) {
        }
        wait_until([&] { return load(n_left_) == 0; });
    }

   private:
    typedef void Function(const void* task, long i, long member);
    struct Seat {
        Team* team;
        long member;
        pthread_t thread;
    };

    Seat seats_[MOST_THREADS];
    long size_ = 1;
    // The job. A ticket is its number (upper half) and that of its next task (lower half).
    static constexpr uint64_t NO_TASK = 0xffffffff;
    uint64_t ticket_ = NO_TASK;
    Function* function_ = nullptr;
    const void* task_ = nullptr;
    uint64_t n_tasks_ = 0, n_left_ = 0;
    bool is_over_ = false;
    // Those who sleep.
    pthread_mutex_t mutex_ = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t news_ = PTHREAD_COND_INITIALIZER;
    long n_sleeping_ = 0;

    template <class T>
    static T load(const T& x) {
        return __atomic_load_n(&x, __ATOMIC_SEQ_CST);
    }
    template <class T>
    static void store(T& x, T value) {
        __atomic_store_n(&x, value, __ATOMIC_SEQ_CST);
    }

    // A new job. While it is written down nobody can get a ticket, for the old one or this.
    void publish(Function* function, const void* task, long n) {
        const uint64_t job = ((ticket_ >> 32) + 1) << 32;
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
        pthread_cond_broadcast(&news_);
        pthread_mutex_unlock(&mutex_);
    }

    // Do one task of the present job, if there is one left.
    bool take_a_task(long member) {
        uint64_t ticket = load(ticket_);
        // If these belong to a later job, the ticket has changed, and is not got.
        Function* function = load(function_);
        const void* task = load(task_);
        uint64_t i = ticket & NO_TASK;
        if (i >= load(n_tasks_)) return false;
        if (!__atomic_compare_exchange_n(&ticket_, &ticket, ticket + 1, false, __ATOMIC_SEQ_CST,
                                         __ATOMIC_SEQ_CST))
            return true;
        function(task, (long)i, member);
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
        while (!holds()) pthread_cond_wait(&news_, &mutex_);
        store(n_sleeping_, n_sleeping_ - 1);
        pthread_mutex_unlock(&mutex_);
    }

    static void* work(void* given) {
        const Seat& seat = *(const Seat*)given;
        Team& team = *seat.team;
        WithoutDenormals while_here;
        while (!load(team.is_over_)) {
            if (team.take_a_task(seat.member)) continue;
            team.wait_until([&] {
                return load(team.is_over_) ||
                       (load(team.ticket_) & NO_TASK) < load(team.n_tasks_);
            });
        }
        return nullptr;
    }
};

}  // namespace
