public import Errors
public import NeuralEngine

/// One kind of completion model that a parameter can name.
public struct CompletionModelReader: Sendable {
  /// The name that chooses it, such as `mirror`; model files state theirs inside.
  public let identifier: String
  /// Whether the name alone chooses it; models that are files are chosen by their paths.
  public let isChosenByName: Bool
  /// One line for help texts and errors.
  public let summary: String
  /// Whether a parameter text that is not the identifier, such as the path of a model file, is for
  /// this reader.
  public let recognizes: @Sendable (_ parameter: String) -> Bool
  /// Whether the model runs on a device that can be chosen.
  public let takesDevice: Bool
  /// Makes the model that a parameter text asks for; without a device, on the default one.
  public let read:
    @Sendable (_ parameter: String, _ device: EngineDeclaration?) throws -> any CompletionModel

  /// A reader; by default it answers to its identifier only.
  public init(
    identifier: String, isChosenByName: Bool = true, summary: String,
    recognizes: @escaping @Sendable (_ parameter: String) -> Bool = { _ in false },
    read: @escaping @Sendable (_ parameter: String) throws -> any CompletionModel
  ) {
    self.identifier = identifier
    self.isChosenByName = isChosenByName
    self.summary = summary
    self.recognizes = recognizes
    takesDevice = false
    self.read = { parameter, _ in try read(parameter) }
  }

  /// A reader of a model that runs on a device.
  public init(
    identifier: String, isChosenByName: Bool = true, summary: String,
    recognizes: @escaping @Sendable (_ parameter: String) -> Bool = { _ in false },
    readOnDevice read:
      @escaping @Sendable (_ parameter: String, _ device: EngineDeclaration?) throws
      -> any CompletionModel
  ) {
    self.identifier = identifier
    self.isChosenByName = isChosenByName
    self.summary = summary
    self.recognizes = recognizes
    takesDevice = true
    self.read = read
  }
}

/// The completion models there are, by name.
///
/// ```swift
/// let model = try CompletionModels.standard.model(for: "mirror")
/// ```
public struct CompletionModels: Sendable {
  /// The readers; of several that recognise a file, the last one reads it.
  public let readers: [CompletionModelReader]

  public init(readers: [CompletionModelReader]) { self.readers = readers }

  /// The registry with a reader more.
  public func adding(_ reader: CompletionModelReader) -> CompletionModels {
    CompletionModels(readers: readers + [reader])
  }

  /// The names that choose a model, in the order of the readers.
  public var names: [String] { readers.filter(\.isChosenByName).map(\.identifier) }

  /// The reader that a parameter text is for.
  ///
  /// - Throws: ``Diagnostic`` where no reader knows the text; it lists the names and says
  ///   which is nearest.
  public func reader(for parameter: String) throws(Diagnostic) -> CompletionModelReader {
    if let named = readers.first(where: { $0.isChosenByName && $0.identifier == parameter }) {
      return named
    }
    // A reader that was added knows its own files better than one that takes many.
    if let reader = readers.last(where: { $0.recognizes(parameter) }) { return reader }
    throw Diagnostic(
      .badParameter, field: "model",
      expected: "one of \(names.joined(separator: ", ")), or a model file", found: parameter,
      remedy: nearestName(to: parameter, among: names).map { "did you mean \($0)?" }
        ?? "name a model or the path of a model file")
  }

  /// The model that a parameter text asks for: a name, or the path of a model file.
  ///
  /// - Throws: ``Diagnostic`` where no reader knows the text, or the model takes no device and one is
  ///   given; what the reader throws.
  public func model(
    for parameter: String, on device: EngineDeclaration? = nil
  ) throws -> any CompletionModel {
    let reader = try reader(for: parameter)
    if let device, !reader.takesDevice {
      throw Diagnostic(
        .badParameter, field: "device",
        expected: "none, because the model \(parameter) has no network",
        found: device.name, remedy: "leave `device` out")
    }
    return try reader.read(parameter, device)
  }
}
