import Skulls
public import Completion
public import Dataflow
import Volumes

extension Latent: StageValue {
  public static var kind: String { "latent" }
  /// The voxels of the scan, onto which it will be decoded; of these no bytes are held.
  public var extent: Extent {
    Extent(
      voxels: frame.source.sizes.count, bytesPerVoxel: 1,
      cubicMillimetres: Double(frame.source.sizes.count) * frame.source.voxelVolume,
      bytes: Latent.byteCount(dimensions: vector.count), decodingBytes: model.decodingBytes)
  }

  /// Bytes that a latent of so many dimensions keeps alive; the model is shared.
  static func byteCount(dimensions: Int) -> Int { 4 * dimensions + 1024 }
}

extension LatentShapeModel {
  /// Bytes that decoding one latent takes up to the probabilities: a session, and its output twice.
  var decodingBytes: Int { sessionBytes(minibatch: 1) + 8 * inputVoxels }
}
