import Dataflow

extension RunAccount.CaseRecord {
  /// What the scan was taken for, and why: `read as a CT in HU: air at −1000, soft tissue at 36`; nil where the account
  /// does not say.
  public var reading: String? {
    for stage in stages where stage.kind == "load" {
      guard case .text(let content)? = stage.notes["content"],
        case .text(let reason)? = stage.notes["reason"]
      else { continue }
      return "read as \(content == "ct" ? "a CT in HU" : Self.withArticle(content)): \(reason)"
    }
    return nil
  }

  private static func withArticle(_ noun: String) -> String {
    noun.hasPrefix("label ") || noun.hasPrefix("grey") ? noun : "a \(noun)"
  }
}
