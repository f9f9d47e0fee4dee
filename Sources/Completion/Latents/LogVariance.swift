#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// log σ² of a deviation; of 0 the least that the networks give.
func logVariance(_ deviation: Float) -> Float { max(2 * log(deviation), -80) }
