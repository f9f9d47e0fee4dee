import Files
import Dataflow

/// The key of a value: a digest of everything it is made from, down to the bytes of the input files.
///
/// Values themselves are not hashed, and paths and times do not count: after a file is renamed or touched,
/// its values keep their keys.
public struct CacheKey: Hashable, Sendable, CustomStringConvertible {
  /// 64 hexadecimal digits.
  public let description: String

  init(written: String) { description = written }

  /// The key of a list of facts. Different lists have different keys.
  init(of facts: [String]) {
    var hash = SHA256()
    for fact in facts {
      // With its length, so that the boundaries between facts are unambiguous.
      var text = "\(fact.utf8.count):\(fact)"
      text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    }
    description = hash.hexDigest()
  }

  /// The key of the value that a recipe makes from inputs.
  init(_ recipe: StageRecipe, inputs: [CacheKey]) {
    self.init(
      of: ["stage", recipe.kind, "\(recipe.version)"]
        + recipe.parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        + ["inputs"] + inputs.map(\.description))
  }
}
