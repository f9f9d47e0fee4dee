/// A way of continuing a vault into a hole.
struct ContinuationWay: Hashable, Sendable {
  /// What is taken as likely where nothing is known.
  let prior: ContinuedTables.Prior
  /// How much of what is continued from a complete head is mixed in, from 0 to 1.
  var headShare: Float = 0

  /// Whether it takes more from a complete head.
  func leansMoreOnHead(than other: Self) -> Bool { ownHeadShare > other.ownHeadShare }

  private var ownHeadShare: Float { prior == .shaped ? 1 : headShare }

  /// The ways without a complete head, in the order in which they are preferred.
  static let withoutHead = [Self(prior: .symmetric), Self(prior: .smooth), Self(prior: .mirrored)]
  /// The ways with one. Bone and a head laid onto it err in other places: their mean is better than either.
  static let withHead = [
    Self(prior: .symmetric, headShare: 0.3), Self(prior: .symmetric),
    Self(prior: .symmetric, headShare: 0.6), Self(prior: .mirrored),
    Self(prior: .mirrored, headShare: 0.5), Self(prior: .shaped),
  ]
}
