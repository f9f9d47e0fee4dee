/// One kind of completion model that a parameter can name.
public struct CompletionModelReader: Sendable {
  /// The name that chooses it, such as `mirror`; model files state theirs inside.
  public let identifier: String
  /// One line for help texts and errors.
  public let summary: String
  /// Whether a parameter text that is not the identifier, such as the path of a model file, is for
  /// this reader.
  public let recognizes: @Sendable (_ parameter: String) -> Bool
  /// Makes the model that a parameter text asks for.
  public let read: @Sendable (_ parameter: String) throws -> any CompletionModel

  /// A reader; by default it answers to its identifier only.
  public init(
    identifier: String, summary: String,
    recognizes: @escaping @Sendable (_ parameter: String) -> Bool = { _ in false },
    read: @escaping @Sendable (_ parameter: String) throws -> any CompletionModel
  ) {
    self.identifier = identifier
    self.summary = summary
    self.recognizes = recognizes
    self.read = read
  }
}

/// The completion models there are, by name.
///
/// ```swift
/// let model = try CompletionModels.standard.model(for: "mirror")
/// ```
public struct CompletionModels: Sendable {
  /// The models of this package. A new model adds its reader to this list.
  public static let standard = CompletionModels(readers: [MirrorCompletion.reader])

  /// The readers, in the order in which they are asked.
  public let readers: [CompletionModelReader]

  /// A registry of given readers.
  public init(readers: [CompletionModelReader]) { self.readers = readers }

  /// The registry with a reader more.
  public func adding(_ reader: CompletionModelReader) -> CompletionModels {
    CompletionModels(readers: readers + [reader])
  }

  /// The names, in the order of the readers.
  public var names: [String] { readers.map(\.identifier) }

  /// The reader that a parameter text is for.
  ///
  /// - Throws: ``CompletionModelError`` where no reader knows the text; it lists the names and says
  ///   which is nearest.
  public func reader(for parameter: String) throws(CompletionModelError) -> CompletionModelReader {
    if let named = readers.first(where: { $0.identifier == parameter }) { return named }
    if let reader = readers.first(where: { $0.recognizes(parameter) }) { return reader }
    throw CompletionModelError(unknown: parameter, names: names)
  }

  /// The model that a parameter text asks for: a name, or the path of a model file.
  ///
  /// - Throws: ``CompletionModelError`` where no reader knows the text; what the reader throws.
  public func model(for parameter: String) throws -> any CompletionModel {
    try reader(for: parameter).read(parameter)
  }
}

/// A parameter that names no completion model.
public struct CompletionModelError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The text that was found.
  public let parameter: String
  /// The names that there are.
  public let names: [String]
  /// The name most like the text, where one is alike at all.
  public let nearest: String?

  init(unknown parameter: String, names: [String]) {
    self.parameter = parameter
    self.names = names
    let ranked = names.map { (name: $0, distance: Self.edits(from: parameter, to: $0)) }
    nearest = ranked.min { $0.distance < $1.distance }
      .flatMap { $0.distance <= max(2, $0.name.count / 2) ? $0.name : nil }
  }

  /// The one-line message.
  public var description: String {
    let remedy =
      nearest.map { "did you mean '\($0)'?" } ?? "name a model or give the path of a model file"
    return
      "model: expected one of \(names.joined(separator: ", ")), found '\(parameter)'; \(remedy)"
  }

  /// The least number of letters to insert, remove or replace (Levenshtein distance).
  private static func edits(from a: String, to b: String) -> Int {
    let b = Array(b)
    // A path can be long, and nothing that long is a slip of the pen.
    var row = Array(0...b.count)
    for (i, letter) in a.prefix(256).enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for j in b.indices {
        let replaced = diagonal + (letter == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row[b.count]
  }
}
