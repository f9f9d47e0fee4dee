#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// σ of a log variance, log σ².
@usableFromInline
package func deviation(_ logVariance: Float) -> Float { exp(logVariance / 2) }
