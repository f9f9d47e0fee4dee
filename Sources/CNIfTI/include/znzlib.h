// `nifti2_io.h` includes <znzlib.h>, which Debian and Ubuntu keep in the `nifti` folder.
#include <nifti/znzlib.h>
