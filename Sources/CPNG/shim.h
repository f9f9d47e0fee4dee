#pragma once
#if !__has_include(<png.h>)
#error "png.h is missing: run `make setup` (libpng-dev)"
#endif
#include <png.h>
