#pragma once
#if !__has_include(<openssl/evp.h>)
#error "openssl/evp.h is missing: run `make setup` (libssl-dev)"
#endif
#include <openssl/crypto.h>
#include <openssl/evp.h>
