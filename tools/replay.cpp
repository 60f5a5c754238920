// Replays recorded fits (recorded_fits.py) with the core of a wheel, where there is no Python.
//
//     replay LIBRARY fits.bin
//
// Each fit is trained with every instruction set of the machine and with 1, 2 and 3 threads. Theta
// and the losses must be those of the NumPy engine, and the same for any number of threads to the
// last bit.

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "../sknn_edu/native/src/interface.h"
#if defined(_WIN32)
#include <malloc.h>
#include <windows.h>
static void* opened(const char* path) { return (void*)LoadLibraryA(path); }
static void* symbol(void* library, const char* name) {
    return (void*)GetProcAddress((HMODULE)library, name);
}
static char* aligned(size_t n) { return (char*)_aligned_malloc(n, 64); }
static void release(char* memory) { _aligned_free(memory); }
#else
#include <dlfcn.h>
static void* opened(const char* path) { return dlopen(path, RTLD_NOW); }
static void* symbol(void* library, const char* name) { return dlsym(library, name); }
static char* aligned(size_t n) {
    void* memory = nullptr;
    return posix_memalign(&memory, 64, n) ? nullptr : (char*)memory;
}
static void release(char* memory) { free(memory); }
#endif

typedef int64_t CanRun(const char* level);
typedef int64_t WorkspaceBytes(const Network*, const Data*, int64_t n, int64_t purpose);
typedef void Train(const Network*, const Data*, Optimizer*, Epochs*, void* workspace);

struct Head {
    int64_t bits, batch_size, image_bytes, n_pointers, n_theta, n_losses;
    double tolerance;
};

struct Fit {
    Head head;
    const int64_t* pointers;  // pairs: where one is in the image, and what it points to
    const int64_t* places;    // of the four structures in the image
    const char* image;
    const char* numbers;  // theta, then the losses, as doubles
};

static double number(const char* numbers, int64_t i) {
    double x;
    memcpy(&x, numbers + 8 * i, 8);
    return x;
}

// A function of a library for a type of numbers and a level.
static void* function(void* library, const char* name, int64_t bits, const char* level) {
    char full[64];
    snprintf(full, sizeof(full), "%s_float%d_%s", name, (int)bits, level);
    return symbol(library, full);
}

// The largest error of theta and the losses, in tolerances.
static double error_of(const Fit& fit, const Optimizer& optimizer, const Epochs& epochs) {
    double error = 0, size = 0, loss_error = 0;
    for (int64_t i = 0; i < fit.head.n_theta; i++) {
        const double exact = number(fit.numbers, i);
        const double x = fit.head.bits == 64 ? ((const double*)optimizer.theta)[i]
                                             : ((const float*)optimizer.theta)[i];
        if (!(fabs(x - exact) <= error)) error = fabs(x - exact);
        if (fabs(exact) > size) size = fabs(exact);
    }
    for (int64_t i = 0; i < fit.head.n_losses; i++) {
        const double exact = number(fit.numbers, fit.head.n_theta + i);
        const double relative = fabs(epochs.losses[i] - exact) / (fabs(exact) + 1e-3);
        if (!(relative <= loss_error)) loss_error = relative;
    }
    error /= size;
    return (error > loss_error || isnan(error) ? error : loss_error) / fit.head.tolerance;
}

// Train; returns the error. The bytes of theta are copied to `theta`.
static double trained(void* library, const Fit& fit, const char* level, int64_t n_threads,
                      char* theta) {
    char* image = aligned(fit.head.image_bytes);
    memcpy(image, fit.image, fit.head.image_bytes);
    for (int64_t i = 0; i < fit.head.n_pointers; i++) {
        const char* to = image + fit.pointers[2 * i + 1];
        memcpy(image + fit.pointers[2 * i], &to, sizeof(to));
    }
    auto* network = (Network*)(image + fit.places[0]);
    auto* data = (Data*)(image + fit.places[1]);
    auto* optimizer = (Optimizer*)(image + fit.places[2]);
    auto* epochs = (Epochs*)(image + fit.places[3]);
    network->n_threads = n_threads;
    epochs->seconds = 1e9;
    auto* bytes = (WorkspaceBytes*)function(library, "workspace_bytes", fit.head.bits, level);
    auto* train = (Train*)function(library, "train", fit.head.bits, level);
    char* workspace = aligned(bytes(network, data, fit.head.batch_size, 1));
    train(network, data, optimizer, epochs, workspace);
    const double error = epochs->n_done == fit.head.n_losses
                             ? error_of(fit, *optimizer, *epochs) : INFINITY;
    memcpy(theta, optimizer->theta, fit.head.n_theta * fit.head.bits / 8);
    release(workspace), release(image);
    return error;
}

static char* contents(const char* path, long* size) {
    FILE* file = fopen(path, "rb");
    if (!file) return nullptr;
    fseek(file, 0, SEEK_END);
    *size = ftell(file), rewind(file);
    char* text = aligned(*size + 64);
    if (fread(text, 1, *size, file) != (size_t)*size) return nullptr;
    fclose(file);
    return text;
}

// All fits with one level; returns how many are wrong.
static int replay(void* library, const char* level, const char* at) {
    const int64_t n_fits = ((const int64_t*)at)[1];
    at += 16;
    int n_wrong = 0, n_different = 0;
    double worst = 0;
    for (int64_t k = 0; k < n_fits; k++) {
        Fit fit;
        memcpy(&fit.head, at, sizeof(Head));
        fit.pointers = (const int64_t*)(at + sizeof(Head));
        fit.places = fit.pointers + 2 * fit.head.n_pointers;
        fit.image = (const char*)(fit.places + 4);
        fit.numbers = fit.image + fit.head.image_bytes;
        at = fit.numbers + 8 * (fit.head.n_theta + fit.head.n_losses);
        const size_t size = fit.head.n_theta * fit.head.bits / 8;
        char *alone = aligned(size + 64), *together = aligned(size + 64);
        const double error = trained(library, fit, level, 1, alone);
        if (!(error <= 1)) n_wrong++, printf("fit %d: error %g\n", (int)k, error);
        if (!(error <= worst)) worst = error;
        for (int n_threads = 2; n_threads <= 3; n_threads++) {
            trained(library, fit, level, n_threads, together);
            n_different += memcmp(alone, together, size) != 0;
        }
        release(alone), release(together);
    }
    printf("%s: %d fits, %d wrong (largest error: %.2g of the tolerance), %d differ with the "
           "number of threads\n", level, (int)n_fits, n_wrong, worst, n_different);
    fflush(stdout);
    return n_wrong + n_different;
}

int main(int argc, char** argv) {
    long size = 0;
    void* library = argc == 3 ? opened(argv[1]) : nullptr;
    const char* fits = library ? contents(argv[2], &size) : nullptr;
    if (!fits || *(const int64_t*)fits != 0x736B6E6E) return printf("nothing to replay\n"), 2;
    auto* can_run = (CanRun*)symbol(library, "can_run");
    int n_bad = 0, n_levels = 0;
    const char* const levels[] = {"portable", "v2", "v3", "v4"};
    for (const char* level : levels)
        if (function(library, "train", 64, level) && can_run(level))
            n_bad += replay(library, level, fits), n_levels++;
    return n_bad || !n_levels;
}
