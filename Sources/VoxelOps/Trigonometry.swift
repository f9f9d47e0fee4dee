// The angles of a plane need a sine; the C library has it, Foundation stays out.
#if canImport(Glibc)
  private import Glibc
#else
  private import Darwin
#endif

func sine(_ radians: Double) -> Double { sin(radians) }
func cosine(_ radians: Double) -> Double { cos(radians) }
