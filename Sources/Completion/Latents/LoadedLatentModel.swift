internal import Volumes

/// A model that a file holds, and which bytes it is.
public struct LoadedLatentModel: Sendable {
  /// The model that was read from the file.
  public let model: any LatentShapeModel
  /// The path of the file, as given.
  public let path: String
  /// The size of the file in bytes.
  public let byteCount: Int
  /// SHA-256 of the file as hexadecimal digits.
  public let sha256: String

  /// A model and where it comes from.
  public init(
    _ model: any LatentShapeModel, path: String, byteCount: Int = 0, sha256: String = ""
  ) {
    (self.model, self.path, self.byteCount, self.sha256) = (model, path, byteCount, sha256)
  }

  /// The model's kind, such as `beta-vae`.
  public var identifier: String { type(of: model).identifier }

  public var record: ModelFileRecord {
    ModelFileRecord(
      path: path, byteCount: byteCount, sha256: sha256, kind: identifier,
      latents: .init(
        inputShape: (0..<3).map { model.inputShape[$0] }, size: model.latentSize,
        mode: model.latentMode.rawValue, classes: model.classes.map(\.name)))
  }
}
