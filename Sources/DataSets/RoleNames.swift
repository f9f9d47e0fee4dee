/// What folders of data sets are called.
enum RoleNames {
  /// The roles of the published sets.
  private static let roles: Set<String> = [
    "defective_skull", "complete_skull", "implant", "craniotomy_skull",
  ]

  /// The role that a folder's name means, in any case, as one or several, with `-`, a space or `_`; else the name itself.
  static func canonical(_ name: String) -> String {
    guard name.utf8.count < 24 else { return name }
    var text = name.lowercased().replacing("-", with: "_").replacing(" ", with: "_")
    if text.hasSuffix("s"), !text.hasSuffix("ss") { text.removeLast() }
    return roles.contains(text) ? text : name
  }

  /// Folders that hold what belongs to the cases of another folder: labels, truths.
  static func isTruth(_ name: String) -> Bool {
    let text = name.lowercased()
    return text.hasPrefix("labelstr") || text.hasPrefix("labelsts")
      || [
        "label", "labels", "gt", "ground_truth", "groundtruth", "truth", "truths", "target",
        "targets",
      ]
      .contains(text)
  }

  /// The name of a case, without the channel that nnU-Net appends.
  static func caseName(_ stem: String) -> String {
    guard stem.hasSuffix("_0000") else { return stem }
    return String(stem.dropLast(5))
  }
}
