#pragma once
#if !__has_include(<zip.h>)
#error "zip.h is missing: run `make setup` (libzip-dev)"
#endif
#include <zip.h>
