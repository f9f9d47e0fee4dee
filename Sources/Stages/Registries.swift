public import Completion
public import Dataflow
public import MeshIO
public import NeuralEngine

/// Everything that pipeline files can name: stages, and the formats of their outputs.
///
/// ```swift
/// let registries = Registries(completionModels: .standard.adding(reader))
/// let pipeline = try Pipeline(file, registries: registries)
/// ```
public struct Registries: Sendable {
  public static let standard = Registries()

  public var stages: StageCatalog
  /// The models that `complete` can name.
  public let completionModels: CompletionModels
  public var meshFormats: MeshFormats

  /// The stages of the program with these devices and models; the defaults are those of the program.
  public init(
    engines: Engines = .standard, completionModels: CompletionModels = .standard,
    meshFormats: MeshFormats = .standard
  ) {
    self.completionModels = completionModels
    stages = .standard(on: engines, with: completionModels)
    self.meshFormats = meshFormats
  }
}
