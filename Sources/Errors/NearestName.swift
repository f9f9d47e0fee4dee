/// The name in `names` that is nearest to a misspelt one, or nil where none is near.
///
/// Near means that at most a third of the letters, and one at least, must be changed, added, removed
/// or swapped with a neighbour (optimal string alignment distance). Case does not count.
///
/// - Complexity: product of the lengths, for each name.
public func nearestName(to word: String, among names: some Sequence<String>) -> String? {
  let limit = max(1, (word.count + 2) / 3)
  let ranked = names.map { (distance: editDistance(word.lowercased(), $0.lowercased()), name: $0) }
  return ranked.filter { $0.distance <= limit }
    .min { ($0.distance, $0.name) < ($1.distance, $1.name) }?.name
}

private func editDistance(_ a: String, _ b: String) -> Int {
  let (a, b) = (Array(a.prefix(64)), Array(b.prefix(64)))
  var before: [Int] = []
  var above = Array(0...b.count)
  for i in 0..<a.count {
    var row = [i + 1]
    for j in 0..<b.count {
      var best = min(above[j + 1] + 1, row[j] + 1, above[j] + (a[i] == b[j] ? 0 : 1))
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { best = min(best, before[j - 1] + 1) }
      row.append(best)
    }
    (before, above) = (above, row)
  }
  return above[b.count]
}
