// What the core knows, by name, and which instruction sets this machine has; compiled once.

#define REAL_BITS 64
#include "losses.h"
#include "optimizers.h"
#include "processor.h"

// The fingerprint of the sources that this library was compiled from (see compiler.py).
PUBLIC const char* made_of() { return MADE_OF; }

// The size in bytes of a structure of interface.h, by its name.
PUBLIC int64_t structure_size(const char* name) {
#define DO(S) \
    if (!strcmp(name, #S)) return sizeof(S);
    DO(Network) DO(Masks) DO(Data) DO(Optimizer) DO(Epochs)
#undef DO
    return -1;
}

// The number of an activation, of a loss or of an output with its partner ("exp poisson"), of an
// optimizer; -1 if the core does not have it.
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
    FOR_EACH_PAIR(DO)
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

// The names of an optimizer's "settings", "vectors" or "counters", separated by commas.
PUBLIC const char* optimizer_names(int64_t number, const char* kind) {
#define DO(F, its_number, name)                                 \
    if (number == its_number)                                   \
        return !strcmp(kind, "settings")  ? F::SETTINGS         \
               : !strcmp(kind, "vectors") ? F::VECTORS          \
                                          : F::COUNTERS;
    FOR_EACH_OPTIMIZER(DO)
#undef DO
    return "";
}

// Whether this machine can run the kernels of a level.
PUBLIC int64_t can_run(const char* level) {
    if (!strcmp(level, "portable")) return 1;
#if defined(__x86_64__)
    const Processor has;
    if (!strcmp(level, "v2")) return has.v2;
    if (!strcmp(level, "v3")) return has.v3;
    if (!strcmp(level, "v4")) return has.v4;
#endif
    return 0;
}
