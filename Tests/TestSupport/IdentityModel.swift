package import Completion
import NeuralEngine
package import Volumes

/// A model whose latent is the framed mask itself: what goes in comes out, but for the frame.
package struct IdentityModel: LatentShapeModel {
  package static let identifier = "identity"
  package var inputShape: GridSize
  package var latentSize: Int { inputShape.count }
  package var latentMode = LatentMode.mean
  package var classes: [LatentClass]

  /// Whether what comes out is bone where none went in.
  package var isNegative: Bool

  package init(
    inputShape: GridSize = GridSize(64, 64, 32), classes: [LatentClass] = [],
    isNegative: Bool = false
  ) {
    (self.inputShape, self.classes, self.isNegative) = (inputShape, classes, isNegative)
  }

  package func sessionBytes(minibatch: Int) -> Int { minibatch * latentSize * 8 }
  package func session(minibatch: Int, threads: Int) -> any LatentSession {
    Session(size: latentSize, isNegative: isNegative)
  }

  private final class Session: LatentSession {
    let size: Int
    let isNegative: Bool
    init(size: Int, isNegative: Bool) { (self.size, self.isNegative) = (size, isNegative) }
    func encode(_ masks: [Mask]) -> [Posterior] {
      masks.map { mask in
        Posterior(
          mean: mask.withBytes { $0.map(Float.init) },
          logVariance: [Float](repeating: -2, count: size))
      }
    }
    func decode(_ latents: [[Float]], on grid: Geometry) -> [Volume<Float>] {
      latents.map { latent in
        Volume(on: grid) { voxels in
          for i in voxels.indices { voxels[i] = isNegative ? 1 - latent[i] : latent[i] }
        }
      }
    }
  }
}
