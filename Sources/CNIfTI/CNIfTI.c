// SwiftPM builds a C target from at least one source file; this one only checks the headers.
#include "CNIfTI.h"
