package import Volumes

extension Mask {
  /// Voxels chosen with a probability, the same for the same seed.
  package init(randomOn geometry: Geometry, density: Double, seed: UInt64) {
    var random = SplitMix(state: seed)
    self.init(on: geometry) { bytes in
      for i in bytes.indices {
        bytes[i] = Double.random(in: 0..<1, using: &random) < density ? 1 : 0
      }
    }
  }
}
