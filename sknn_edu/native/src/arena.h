// The workspace: one block of memory from Python, divided into aligned pieces.

#pragma once
#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#endif
#include "vectors.h"

namespace {

// Without memory it only counts bytes. Under AddressSanitizer a guard zone follows each piece.
struct Arena {
    char* base;
    int64_t used = 0;

    explicit Arena(void* workspace) : base((char*)workspace) {}
    Arena(const Arena&) = delete;

    template <class T = REAL>
    T* take(Index n) {
        T* piece = base ? (T*)(base + used) : nullptr;
        used += (n * (int64_t)sizeof(T) + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
#if defined(__SANITIZE_ADDRESS__)
        if (base) __asan_poison_memory_region(base + used, ALIGNMENT);
        used += ALIGNMENT;
#endif
        return piece;
    }

#if defined(__SANITIZE_ADDRESS__)
    ~Arena() {
        if (base) __asan_unpoison_memory_region(base, used);
    }
#endif
};

}  // namespace
