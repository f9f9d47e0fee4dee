#pragma once
#if !__has_include(<meshoptimizer.h>)
#error "meshoptimizer.h is missing: run `make setup` (libmeshoptimizer-dev)"
#endif
#include <meshoptimizer.h>
