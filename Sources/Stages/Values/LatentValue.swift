import Skulls
public import Completion
public import Dataflow
import Volumes

extension Latent: StageValue {
  public static var kind: String { "latent" }
  /// The voxels of the scan onto which it is decoded; these are not in memory.
  public var extent: Extent {
    Extent(
      voxels: frame.source.sizes.count, bytesPerVoxel: 1,
      cubicMillimetres: Double(frame.source.sizes.count) * frame.source.voxelVolume,
      bytes: Latent.byteCount(dimensions: vector.count), decodingBytes: model.decodingBytes)
  }

  /// Bytes that a latent of this many dimensions holds; the model is shared.
  static func byteCount(dimensions: Int) -> Int { 4 * dimensions + 1024 }
}

extension LatentShapeModel {
  /// Bytes for decoding one latent to probabilities: a session, and its output twice.
  var decodingBytes: Int { sessionBytes(minibatch: 1) + 8 * inputVoxels }
}
