#pragma once
#include <stddef.h>
#include <stdint.h>
// What libFuzzer offers to a mutator of one's own; it has no header of its own for it.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);
