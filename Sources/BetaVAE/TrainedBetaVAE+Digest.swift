import Files
import NeuralEngine

extension TrainedBetaVAE {
  /// SHA-256 of what makes latents of masks: the encoder's tensors, by name, and the shape that it takes.
  ///
  /// The same for models that differ in decoder, classes or provenance only.
  public var encoderSHA256: String {
    var hash = SHA256()
    Array("\(architecture.shapeText) ".utf8).withUnsafeBytes { hash.update($0) }
    for parameter in parameters.sorted(by: { $0.name < $1.name })
    where ["encode.", "mu.", "logvar."].contains(where: parameter.name.hasPrefix) {
      Array(parameter.name.utf8).withUnsafeBytes { hash.update($0) }
      parameter.values.withUnsafeBytes { hash.update($0) }
    }
    return hash.hexDigest()
  }
}
