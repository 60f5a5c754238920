// What the core knows, by name, and which instruction sets this machine has: compiled once.

#define REAL_BITS 64
#include "losses.h"
#include "optimizers.h"

#define PUBLIC extern "C" __attribute__((visibility("default")))

// The sources that this library was made of (see `fingerprint` in build.py).
PUBLIC const char* made_of() { return MADE_OF; }

// The number of an activation, of an output with a loss ("softmax log_loss"), of an optimizer; -1
// for one that the core does not have.
PUBLIC int64_t activation_number(const char* name) {
#define DO(F, number, its_name) \
    if (!strcmp(name, its_name)) return number;
    FOR_EACH_ACTIVATION(DO)
#undef DO
    return strcmp(name, "softmax") ? -1 : SOFTMAX;
}

PUBLIC int64_t loss_number(const char* name) {
#define DO(F, number, its_name) \
    if (!strcmp(name, its_name)) return number;
    FOR_EACH_LOSS(DO)
#undef DO
    return -1;
}

PUBLIC int64_t optimizer_number(const char* name) {
#define DO(F, number, its_name) \
    if (!strcmp(name, its_name)) return number;
    FOR_EACH_OPTIMIZER(DO)
#undef DO
    return -1;
}

// Whether this machine can run the kernels of a level.
PUBLIC int64_t can_run(const char* level) {
    if (!strcmp(level, "portable")) return 1;
#if defined(__x86_64__)
    __builtin_cpu_init();
    bool v2 = __builtin_cpu_supports("ssse3") && __builtin_cpu_supports("sse4.2") &&
              __builtin_cpu_supports("popcnt");
    bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    if (!strcmp(level, "v2")) return v2;
    if (!strcmp(level, "v3")) return v3;
    if (!strcmp(level, "v4")) return v4;
#endif
    return 0;
}
