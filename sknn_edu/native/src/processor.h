// What the processor and the system can do; asked directly, since not every compiler's library
// knows the answer.

#pragma once
#if defined(__x86_64__)
#include <cpuid.h>
#include <stdint.h>

// The features of the levels v2, v3 and v4 (see compiler.py).
struct Processor {
    bool v2 = false, v3 = false, v4 = false;

    Processor() {
        unsigned a, b, c, d, b7, c7, d7;
        if (!__get_cpuid(1, &a, &b, &c, &d)) return;
        if (!__get_cpuid_count(7, 0, &a, &b7, &c7, &d7)) b7 = 0;
        const uint64_t registers = c & bit_OSXSAVE ? registers_of_the_system() : 0;
        v2 = has(c, bit_SSSE3 | bit_SSE4_2 | bit_POPCNT);
        v3 = v2 && has(c, bit_AVX | bit_FMA) && has(b7, bit_AVX2 | bit_BMI | bit_BMI2) &&
             (registers & YMM) == YMM;
        v4 = v3 && has(b7, bit_AVX512F | bit_AVX512BW | bit_AVX512CD | bit_AVX512DQ | bit_AVX512VL)
             && (registers & ZMM) == ZMM;
    }

   private:
    // Registers that the system saves when it changes threads: up to 32 bytes wide, up to 64.
    static constexpr uint64_t YMM = 0x06, ZMM = 0xe6;

    static bool has(unsigned word, unsigned bits) { return (word & bits) == bits; }

    static uint64_t registers_of_the_system() {
        unsigned low, high;
        __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
        return (uint64_t)high << 32 | low;
    }
};
#endif
