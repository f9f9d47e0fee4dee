#pragma once
#if !__has_include(<expat.h>)
#error "expat.h is missing: run `make setup` (libexpat1-dev)"
#endif
#include <expat.h>
