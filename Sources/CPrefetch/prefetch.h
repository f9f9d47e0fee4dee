#pragma once

// Asks the processor to bring the memory at an address into its caches: a hint, which Swift cannot
// give. Any address may be named.
static inline void calvaria_prefetch(const void *address) { __builtin_prefetch(address); }
