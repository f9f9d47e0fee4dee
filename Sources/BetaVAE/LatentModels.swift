public import Completion
import Errors
internal import Files
internal import Concurrency
public import NeuralEngine
public import TensorFiles

public struct LatentModelReader: Sendable {
  /// The kind of model that the files name, such as `beta-vae`.
  public let identifier: String
  /// Makes the model of a file's tensors.
  public let read:
    @Sendable (_ archive: TensorArchive, _ engine: any Engine) throws -> any LatentShapeModel

  /// A reader of the model files that name this kind.
  public init(
    identifier: String,
    read:
      @escaping @Sendable (_ archive: TensorArchive, _ engine: any Engine) throws
      -> any LatentShapeModel
  ) {
    (self.identifier, self.read) = (identifier, read)
  }
}

/// A model file that is read once, when it is first needed, and shared by everything that names it.
///
/// References to the same path are the same object as long as one of them is held: the stages of a
/// run share the model, and the next run reads the file again.
public final class LatentModelReference: Sendable {
  /// The path of the model file, as given.
  public let path: String
  private let device: EngineDeclaration
  private let loaded: Guarded<Result<LoadedLatentModel, any Error>?>

  private init(_ path: String, on device: EngineDeclaration) {
    (self.path, self.device) = (path, device)
    loaded = Guarded(nil)
  }

  /// A reference to a model that has already been read.
  public init(holding model: LoadedLatentModel) {
    path = model.path
    device = Engines.standard.first
    loaded = Guarded(.success(model))
  }

  private struct Known: Sendable {
    weak var reference: LatentModelReference?
  }
  private static let known = Guarded<[String: Known]>([:])

  public static let endings = [".safetensors", ".pth", ".pt"]

  /// Whether a text is the path of a model file.
  public static func recognizes(_ path: String) -> Bool {
    endings.contains { path.lowercased().hasSuffix($0) && path.utf8.count > $0.utf8.count }
  }

  /// The reference for a path; if no such file exists, one that is shipped with the program.
  ///
  /// - Parameter device: the device that the model runs on.
  public static func at(
    _ path: String, on device: EngineDeclaration = Engines.standard.first
  ) -> LatentModelReference {
    let path = ProgramFiles.located(path)
    let key = "\(device.name) \(path)"
    return known.withLock { known in
      if let reference = known[key]?.reference { return reference }
      known = known.filter { $0.value.reference != nil }
      let reference = LatentModelReference(path, on: device)
      known[key] = Known(reference: reference)
      return reference
    }
  }

  /// The model; reads the file at the first call.
  ///
  /// - Throws: `Diagnostic` if the file is missing or not a model, or if this machine has no such
  ///   device; the same error each time.
  public func load() throws -> LoadedLatentModel {
    try loaded.withLock { loaded in
      if let loaded { return try loaded.get() }
      let result = Result { try Self.read(path, on: device) }
      loaded = result
      return try result.get()
    }
  }

  /// Reads the file once: what is hashed is what the model is made of.
  private static func read(_ path: String, on device: EngineDeclaration) throws
    -> LoadedLatentModel
  {
    let engine = try device.make()
    let file: InputFile
    do { file = try InputFile(path) } catch {
      var error = error
      error.remedy = "train one with `make model`, or name another model file"
      throw error
    }
    var bytes = try file.bytes(at: 0, count: file.size)
    let byteCount = bytes.count
    let sha256 = bytes.withUnsafeBytes { SHA256.hexDigest(of: $0) }
    let archive = try TensorArchive(bytes: bytes, name: path)
    // The tensors have been copied out of it; their numbers come next.
    bytes = []
    return LoadedLatentModel(
      try LatentModels.model(of: archive, on: engine), path: path, byteCount: byteCount,
      sha256: sha256)
  }
}

/// The kinds of model files there are.
public enum LatentModels {
  /// The readers of this package; a new kind of model adds its own.
  public static let readers = [
    LatentModelReader(identifier: BetaVAEModel.identifier) { archive, engine in
      BetaVAEModel(try ModelFile.read(archive), on: engine)
    }
  ]

  /// The model of a file's tensors.
  ///
  /// A file that names a kind is for the reader of this kind; a state dict of PyTorch names none and is
  /// taken as a β-VAE in the paper's latent mode.
  ///
  /// - Throws: `Diagnostic`.
  public static func model(
    of archive: TensorArchive, on engine: any Engine
  ) throws -> any LatentShapeModel {
    try ModelFile.refuseCheckpoint(archive)
    guard let kind = ModelFile.kind(of: archive) else {
      return BetaVAEModel(try ModelFile.read(archive), on: engine)
    }
    guard let reader = readers.first(where: { $0.identifier == kind }) else {
      throw Diagnostic(
        .notAModel, archive.path, field: ModelFile.kindKey,
        expected: "one of \(readers.map(\.identifier).joined(separator: ", "))", found: kind,
        remedy: "use a newer version of this program")
    }
    return try reader.read(archive, engine)
  }
}
