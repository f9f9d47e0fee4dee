import Glibc

/// σ of log σ².
@usableFromInline
package func standardDeviation(ofLogVariance logVariance: Float) -> Float { exp(logVariance / 2) }

/// log σ² of σ; of 0 the least that the networks give.
package func logVariance(ofStandardDeviation sigma: Float) -> Float { max(2 * log(sigma), -80) }
