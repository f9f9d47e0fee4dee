/// A file that a model was read from, and which bytes they were: for accounts, and for the keys of stored values.
public struct ModelFileRecord: Sendable {
  /// The path of the file, as given.
  public let path: String
  /// The size of the file in bytes.
  public let byteCount: Int
  /// SHA-256 of the bytes that were read, as hexadecimal digits.
  public let sha256: String
  /// The model's kind, such as `beta-vae`.
  public let kind: String
  /// What accounts tell of a model with latents; nil for others.
  public let latents: Latents?

  /// Shape, latents and classes of a model.
  public struct Latents: Sendable {
    /// Cells along x, y, z that the model sees.
    public let inputShape: [Int]
    /// Numbers of a latent.
    public let size: Int
    /// What stands for a skull, such as `mean`.
    public let mode: String
    /// The names of the classes that it knows.
    public let classes: [String]

    init(inputShape: [Int], size: Int, mode: String, classes: [String]) {
      (self.inputShape, self.size) = (inputShape, size)
      (self.mode, self.classes) = (mode, classes)
    }
  }

  /// A record; by default of a model without latents.
  public init(
    path: String, byteCount: Int, sha256: String, kind: String,
    latents: Latents? = nil
  ) {
    (self.path, self.byteCount, self.sha256) = (path, byteCount, sha256)
    (self.kind, self.latents) = (kind, latents)
  }
}
