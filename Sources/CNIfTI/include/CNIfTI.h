#pragma once
#if !__has_include(<nifti/nifti2_io.h>)
#error "nifti/nifti2_io.h is missing: run `make setup` (libniftiio-dev libnifti2-dev libznz-dev)"
#endif
#include <nifti/nifti2_io.h>
