#pragma once
#if !__has_include(<bzlib.h>)
#error "bzlib.h is missing: run `make setup` (libbz2-dev)"
#endif
#include <bzlib.h>
