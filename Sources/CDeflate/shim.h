#pragma once
#if !__has_include(<libdeflate.h>)
#error "libdeflate.h is missing: run `make setup` (libdeflate-dev)"
#endif
#include <libdeflate.h>
