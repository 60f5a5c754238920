// The type of every count, number and index: 64 bits everywhere, which `long` has not on Windows.

#pragma once
#include <stdint.h>

typedef int64_t Index;
