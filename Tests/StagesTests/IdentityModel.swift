import Completion
import NeuralEngine
import Volumes

/// A model whose latent is the framed mask itself: what goes in comes out, but for the frame.
struct IdentityModel: LatentShapeModel {
  static let identifier = "identity"
  var inputShape = GridSize(64, 64, 32)
  var latentSize: Int { inputShape.count }
  var latentMode = LatentMode.mean
  var classes: [LatentClass] = []
  /// Whether what comes out is bone where none went in.
  var isNegative = false

  func sessionBytes(batch: Int) -> Int { batch * latentSize * 8 }
  func session(batch: Int, threads: Int) -> any LatentSession {
    Session(size: latentSize, isNegative: isNegative)
  }

  final class Session: LatentSession {
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
