// The angles of a plane need a sine, a Gaussian an exponential; the C library has them, Foundation
// stays out.
#if canImport(Glibc)
  private import Glibc
#else
  private import Darwin
#endif

func sine(_ radians: Double) -> Double { sin(radians) }
func cosine(_ radians: Double) -> Double { cos(radians) }
func exponential(_ x: Double) -> Double { exp(x) }
