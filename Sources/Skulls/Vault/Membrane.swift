/// A field on the pixels of a square map that has no values in places.
public struct Membrane: Sendable {
  /// In rows; NaN where there are none.
  private var values: [Float]
  private let width: Int

  /// Sweeps over the pixels that are filled: enough for gaps of a few pixels. In wider ones the middle stays as the
  /// first values, which come from the nearest edge, have it.
  private static let sweeps = 40

  /// A field; NaN where it has no value.
  public init(_ values: [Float], width: Int) { (self.values, self.width) = (values, width) }

  public subscript(pixel: Int) -> Float {
    get { values[pixel] }
    set { values[pixel] = newValue }
  }

  /// Fills some pixels smoothly from those around them: each becomes the mean of its neighbours.
  ///
  /// - Complexity: 40 times the pixels, and once more for each pixel of a gap's radius.
  public mutating func fill(_ pixels: [Int]) {
    let gaps = pixels.filter { values[$0].isNaN }
    var open = gaps
    // From the edge inwards, each first value is the mean of those that are known by then.
    while !open.isEmpty {
      let found = open.map { ($0, mean(around: $0)) }
      let next = found.filter(\.1.isNaN).map(\.0)
      guard next.count < open.count else { break }
      for (i, value) in found where !value.isNaN { values[i] = value }
      open = next
    }
    for _ in 0..<Self.sweeps {
      let means = gaps.map(mean)
      for (i, value) in zip(gaps, means) { values[i] = value }
    }
  }

  /// NaN where no neighbour has a value.
  private func mean(around i: Int) -> Float {
    let (x, y) = (i % width, i / width)
    var (sum, count): (Float, Float) = (0, 0)
    func add(_ x: Int, _ y: Int) {
      guard x >= 0, y >= 0, x < width, y < width else { return }
      let value = values[x + width * y]
      if !value.isNaN { (sum, count) = (sum + value, count + 1) }
    }
    add(x - 1, y)
    add(x + 1, y)
    add(x, y - 1)
    add(x, y + 1)
    return count > 0 ? sum / count : .nan
  }
}
