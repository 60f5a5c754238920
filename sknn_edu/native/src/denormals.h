// Denormal numbers (moments of dead units) cost a hundred times more than others.

#pragma once
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

// While this object lives they count as zero, in its thread.
struct WithoutDenormals {
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    WithoutDenormals() { _mm_setcsr(before | 0x8040); }  // flush to zero, denormals are zero
    ~WithoutDenormals() { _mm_setcsr((_mm_getcsr() & ~0x8040u) | (before & 0x8040u)); }
#elif defined(__aarch64__)
    uint64_t before;
    WithoutDenormals() {
        __asm__ volatile("mrs %0, fpcr" : "=r"(before));
        __asm__ volatile("msr fpcr, %0" : : "r"(before | (1u << 24)));
    }
    ~WithoutDenormals() { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#endif
};

}  // namespace
