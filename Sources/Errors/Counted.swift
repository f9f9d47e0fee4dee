/// A number with its noun: `1 case`, `2 cases`, `0 cases`.
///
/// - Parameter plural: the noun of any number but one; nil: `noun` and an s.
public func counted(_ count: Int, _ noun: String, plural: String? = nil) -> String {
  "\(count) \(count == 1 ? noun : plural ?? noun + "s")"
}
