// Arithmetic with denormal numbers (such as moments of dead units) takes a hundred times as long.

#pragma once
#include <stdint.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace {

// While this object exists they count as zero in its thread.
struct FlushDenormals {
#if defined(__x86_64__)
    unsigned before = _mm_getcsr();
    FlushDenormals() { _mm_setcsr(before | 0x8040); }  // flush to zero, denormals are zero
    ~FlushDenormals() { _mm_setcsr((_mm_getcsr() & ~0x8040u) | (before & 0x8040u)); }
#elif defined(__aarch64__)
    uint64_t before;
    FlushDenormals() {
        __asm__ volatile("mrs %0, fpcr" : "=r"(before));
        __asm__ volatile("msr fpcr, %0" : : "r"(before | (1u << 24)));
    }
    ~FlushDenormals() { __asm__ volatile("msr fpcr, %0" : : "r"(before)); }
#endif
};

}  // namespace
