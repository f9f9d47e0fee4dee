private import Glibc
internal import Volumes

/// Smoothing by a separable Gaussian; outside the volume is 0.
struct GaussianSmoothing {
  /// Half the kernel, from its middle outwards; the whole sums to 1.
  private let half: [Float]

  /// - Parameter sigma: the standard deviation in cells; cut off at three of them.
  init(sigma: Double) {
    let reach = max(0, Int((3 * sigma).rounded()))
    let weights = (0...reach).map { i in
      reach == 0 ? 1 : exp(-0.5 * Double(i * i) / (sigma * sigma))
    }
    let total = weights[0] + 2 * weights.dropFirst().reduce(0, +)
    half = weights.map { Float($0 / total) }
  }

  /// Smooths in place.
  ///
  /// - Complexity: O(cells × sigma); one copy of the volume.
  func apply(to volume: UnsafeMutablePointer<Float>, sizes: GridSize) {
    let count = sizes.count
    let copy = UnsafeMutablePointer<Float>.allocate(capacity: count)
    defer { copy.deallocate() }
    let plane = sizes.x * sizes.y
    for row in 0..<count / sizes.x {
      alongRow(from: volume + row * sizes.x, to: copy + row * sizes.x, count: sizes.x)
    }
    for z in 0..<sizes.z {
      acrossRows(from: copy + z * plane, to: volume + z * plane, rows: sizes.y, width: sizes.x)
    }
    acrossRows(from: volume, to: copy, rows: sizes.z, width: plane)
    volume.update(from: copy, count: count)
  }

  /// Neighbours in the row: one shifted row a weight, so that the inner loop is long.
  private func alongRow(
    from row: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for x in 0..<count { out[x] = half[0] * row[x] }
    for d in 1..<max(1, min(half.count, count)) {
      let weight = half[d]
      for x in 0..<count - d {
        out[x] += weight * row[x + d]
        out[x + d] += weight * row[x]
      }
    }
  }

  /// Neighbours in other rows of `width` cells each.
  private func acrossRows(
    from rows: UnsafeMutablePointer<Float>, to out: UnsafeMutablePointer<Float>, rows count: Int,
    width: Int
  ) {
    for y in 0..<count {
      let target = out + y * width
      target.update(repeating: 0, count: width)
      for other in max(0, y - half.count + 1)..<min(count, y + half.count) {
        let (weight, source) = (half[abs(other - y)], rows + other * width)
        for x in 0..<width { target[x] += weight * source[x] }
      }
    }
  }
}
