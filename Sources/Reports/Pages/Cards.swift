/// The figures of a page that are seen first, each on a card.
struct Cards {
  private var cards: [Markup] = []

  /// Adds a card.
  ///
  /// - Parameters:
  ///   - note: what stands small below the value.
  ///   - kind: `pass`, `fail` or `doubt`, which colour the value.
  mutating func add(_ name: String, _ value: String, _ note: String = "", kind: Markup = "") {
    cards.append(
      "<div><dt>\(name)</dt><dd class=\"\(kind)\">\(value)<small>\(note)</small></dd></div>\n")
  }

  /// Nothing without cards.
  var markup: Markup { cards.isEmpty ? "" : "<dl class=\"cards\">\n\(cards)</dl>\n" }
}
