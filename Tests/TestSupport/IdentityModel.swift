package import ShapeModels
package import Volumes

/// A model whose latent is the framed mask itself: what goes in comes out, but for the frame.
package struct IdentityModel: LatentShapeModel {
  package static let identifier = "identity"
  package var inputShape: GridSize
  package var latentSize: Int { inputShape.count }
  package var latentMode = LatentMode.mean
  package var classes: [LatentClass]

  package init(inputShape: GridSize = GridSize(64, 64, 32), classes: [LatentClass] = []) {
    (self.inputShape, self.classes) = (inputShape, classes)
  }

  package func sessionBytes(batch: Int) -> Int { batch * latentSize * 8 }
  package func session(batch: Int, threads: Int) -> any LatentSession { Session(size: latentSize) }

  private final class Session: LatentSession {
    let size: Int
    init(size: Int) { self.size = size }
    func encode(_ masks: [Mask]) -> [Posterior] {
      masks.map { mask in
        Posterior(
          mean: mask.withBytes { $0.map(Float.init) },
          logVariance: [Float](repeating: -2, count: size))
      }
    }
    func decode(_ latents: [[Float]], on grid: Geometry) -> [Volume<Float>] {
      latents.map { latent in
        Volume(on: grid) { voxels in for i in voxels.indices { voxels[i] = latent[i] } }
      }
    }
  }
}
