import Files
import Dataflow

/// The name of a value: a digest of how it is made, down to the bytes of the input files.
///
/// Values are never hashed themselves, and neither paths nor times take part: a renamed or touched file
/// has the values that it had before.
public struct CacheKey: Hashable, Sendable, CustomStringConvertible {
  /// 64 hexadecimal digits.
  public let description: String

  /// The key that was written down.
  init(written: String) { description = written }

  /// The key of facts in order; no two lists of facts have the same.
  init(of facts: [String]) {
    var hash = SHA256()
    for fact in facts {
      // With its length, so that no fact can look like the end of one and the start of another.
      var text = "\(fact.utf8.count):\(fact)"
      text.withUTF8 { hash.update(UnsafeRawBufferPointer($0)) }
    }
    description = hash.hexDigest()
  }

  /// The key of the value that a recipe makes of inputs.
  init(_ recipe: StageRecipe, inputs: [CacheKey]) {
    self.init(
      of: ["stage", recipe.kind, "\(recipe.version)"]
        + recipe.parameters.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        + ["inputs"] + inputs.map(\.description))
  }
}
