public import Volumes

/// How a mesh file is written.
public struct MeshWriteOptions: Hashable, Sendable {
  /// How numbers are written, in formats that leave a choice.
  public enum Form: String, Hashable, Sendable, CaseIterable {
    /// Binary, the lowest byte first; in formats of text alone, text.
    case binary
    /// Binary, the highest byte first.
    case binaryBigEndian
    case ascii
  }

  /// The space of the coordinates: LPS, or RAS, which many viewers of meshes expect.
  public var space: Space
  public var form: Form

  /// LPS and binary, unless said otherwise.
  public init(space: Space = .leftPosteriorSuperior, form: Form = .binary) {
    (self.space, self.form) = (space, form)
  }

  /// The document with its coordinates in ``space``.
  func placed(_ document: MeshDocument) -> MeshDocument {
    space == .rightAnteriorSuperior ? document.transformed(by: .turningLPSAndRAS) : document
  }
}

extension Affine {
  /// From LPS to RAS and from RAS to LPS: half a turn about the z axis, exact in every precision.
  static let turningLPSAndRAS = Affine(linear: Matrix3(diagonal: SIMD3(-1, -1, 1)))
}
