import Concurrency
import Volumes

/// Turns voxels into the coefficients of the cubic B-spline that runs through them.
///
/// Along each axis a recursive filter forth and back with the pole √3 − 2; beyond the border the values
/// are those of the mirror at the outermost centres.
///
/// *Source*: M. Unser, A. Aldroubi, M. Eden, "B-spline signal processing: Part II", IEEE Trans. Signal
/// Processing 41 (1993).
struct SplineFilter<Real: BinaryFloatingPoint & BitwiseCopyable> {
  let sizes: GridSize
  let threads: Int

  /// Filters the voxels of a grid in place.
  ///
  /// - Complexity: O(voxels); a row a thread.
  func run(_ voxels: UnsafeMutablePointer<Real>) {
    let plane = sizes.x * sizes.y
    Slabs.run(sizes.z, threads: threads) { slab in
      let scratch = UnsafeMutablePointer<Real>.allocate(capacity: sizes.x)
      defer { scratch.deallocate() }
      for z in slab {
        for y in 0..<sizes.y {
          lines(voxels + z * plane + y * sizes.x, width: 1, count: sizes.x, stride: 1, scratch)
        }
        lines(voxels + z * plane, width: sizes.x, count: sizes.y, stride: sizes.x, scratch)
      }
    }
    Slabs.run(sizes.y, threads: threads) { slab in
      let scratch = UnsafeMutablePointer<Real>.allocate(capacity: sizes.x)
      defer { scratch.deallocate() }
      for y in slab {
        lines(voxels + y * sizes.x, width: sizes.x, count: sizes.z, stride: plane, scratch)
      }
    }
  }

  /// Filters `width` neighbouring lines of `count` voxels, `stride` apart.
  @inline(__always)
  private func lines(
    _ base: UnsafeMutablePointer<Real>, width: Int, count: Int, stride: Int,
    _ first: UnsafeMutablePointer<Real>
  ) {
    guard count > 1 else { return }
    let exactPole = 3.0.squareRoot() - 2
    let pole = Real(exactPole)
    // The first value of the forward filter: a sum over the mirrored line, which after 40 terms has
    // faded below any precision.
    first.update(repeating: 0, count: width)
    func add(_ i: Int, _ weight: Double) {
      let (row, weight) = (base + i * stride, Real(weight))
      for x in 0..<width { first[x] += weight * row[x] }
    }
    if count > 40 {
      var power = 1.0
      for i in 0..<40 {
        add(i, power)
        power *= exactPole
      }
    } else {
      let powers = (0...2 * count).reduce(into: [1.0]) { list, _ in
        list.append(list.last! * exactPole)
      }
      let share = 1 / (1 - powers[2 * count - 2])
      add(0, share)
      add(count - 1, powers[count - 1] * share)
      for i in 1..<max(1, count - 1) {
        add(i, (powers[i] + powers[2 * count - 2 - i]) * share)
      }
    }
    for x in 0..<width { base[x] = 6 * first[x] }
    for i in 1..<count {
      let (row, before) = (base + i * stride, base + (i - 1) * stride)
      for x in 0..<width { row[x] = 6 * row[x] + pole * before[x] }
    }
    let end = Real(exactPole / (exactPole * exactPole - 1))
    let (last, before) = (base + (count - 1) * stride, base + (count - 2) * stride)
    for x in 0..<width { last[x] = end * (last[x] + pole * before[x]) }
    for i in (0..<count - 1).reversed() {
      let (row, after) = (base + i * stride, base + (i + 1) * stride)
      for x in 0..<width { row[x] = pole * (after[x] - row[x]) }
    }
  }
}

/// The weights of the four coefficients around a point of a cubic B-spline.
enum SplineWeights {
  /// The first of four places along an axis and their weights.
  @inline(__always)
  static func at(_ position: Double) -> (first: Int, weights: SIMD4<Double>) {
    let index = position.rounded(.down)
    let t = position - index
    let u = 1 - t
    return (
      Int(index) - 1,
      SIMD4(
        u * u * u / 6, 2.0 / 3 - t * t * (2 - t) / 2, 2.0 / 3 - u * u * (1 + t) / 2,
        t * t * t / 6)
    )
  }

  /// A place beyond the border, mirrored at the outermost centres.
  @inline(__always)
  static func mirrored(_ index: Int, _ count: Int) -> Int {
    if index >= 0, index < count { return index }
    if count == 1 { return 0 }
    let period = 2 * count - 2
    var rest = index % period
    if rest < 0 { rest += period }
    return rest < count ? rest : period - rest
  }
}

/// Coefficients of a spline in, voxels of a type out: the spline may leave the type's range.
enum SplineArithmetic<Base: VoxelArithmetic>: VoxelArithmetic {
  @inline(__always) static func load(_ coefficient: Base.Real) -> Base.Real { coefficient }
  @inline(__always) static func store(_ sum: Base.Real) -> Base.To { Base.storeClamped(sum) }
}

/// Cubic resampling between grids that are turned against each other, point by point.
struct ObliqueSplineResampler<Arithmetic: VoxelArithmetic> {
  let map: GridMap
  let background: Arithmetic.Real
  let threads: Int

  func run(_ from: UnsafePointer<Arithmetic.From>, _ to: UnsafeMutablePointer<Arithmetic.To>) {
    let (source, target) = (map.source, map.target)
    let limit = SIMD3(Double(source.x), Double(source.y), Double(source.z))
    let step = map.sourceFromTarget.linear[0]
    Slabs.run(target.z, threads: threads) { slab in
      for z in slab {
        for y in 0..<target.y {
          let out = to + target.x * (y + target.y * z)
          let start = map.sourceFromTarget * SIMD3(0, Double(y), Double(z))
          for x in 0..<target.x {
            let p = start + step * Double(x)
            let shifted = p + (0.5 + GridMap.tolerance)
            guard shifted.x >= 0, shifted.y >= 0, shifted.z >= 0, shifted.x < limit.x,
              shifted.y < limit.y, shifted.z < limit.z
            else {
              out[x] = Arithmetic.store(background)
              continue
            }
            out[x] = Arithmetic.store(value(from, p))
          }
        }
      }
    }
  }

  @inline(__always)
  private func value(
    _ from: UnsafePointer<Arithmetic.From>, _ p: SIMD3<Double>
  ) -> Arithmetic.Real {
    let size = map.source
    let (i, u) = SplineWeights.at(p.x)
    let (j, v) = SplineWeights.at(p.y)
    let (k, w) = SplineWeights.at(p.z)
    var sum: Arithmetic.Real = 0
    for c in 0..<4 {
      let plane = SplineWeights.mirrored(k &+ c, size.z) &* size.y
      for b in 0..<4 {
        let row = from + (plane &+ SplineWeights.mirrored(j &+ b, size.y)) &* size.x
        var line: Arithmetic.Real = 0
        for a in 0..<4 {
          line +=
            Arithmetic.Real(u[a]) * Arithmetic.load(row[SplineWeights.mirrored(i &+ a, size.x)])
        }
        sum += Arithmetic.Real(w[c] * v[b]) * line
      }
    }
    return sum
  }
}
