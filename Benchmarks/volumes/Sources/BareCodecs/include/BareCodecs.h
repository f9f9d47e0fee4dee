#pragma once
#include <stddef.h>

// Seconds that a codec alone takes to inflate one gzip member in memory into fresh memory, its
// checksum included; negative where it fails.
double bare_isal(const unsigned char *stored, size_t count, size_t decoded);
double bare_libdeflate(const unsigned char *stored, size_t count, size_t decoded);
