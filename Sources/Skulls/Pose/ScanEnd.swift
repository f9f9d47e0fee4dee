import Concurrency
internal import Volumes

/// A plane at which bone ends flat, as where a scan was cut and turned afterwards: nothing is known beyond it.
///
/// The border of the grid is another matter; it is known without bone.
public struct ScanEnd: Hashable, Sendable {
  /// Out of the bone, in LPS; of length 1.
  public let normal: SIMD3<Double>
  /// The way of the plane from the origin of LPS along the normal, in mm.
  public let offset: Double

  /// Whether a point in LPS mm lies beyond.
  @inline(__always)
  public func hides(_ p: SIMD3<Double>) -> Bool {
    p.x * normal.x + p.y * normal.y + p.z * normal.z > offset
  }
}

/// Looks for planes at which bone ends flat.
///
/// Seen from outside, a head is round: the bone within some mm of a plane that touches it is the less, the nearer
/// it lies to the plane. Where a scan ends, the bone is as wide at the plane as behind it.
struct ScanEndSearch {
  /// Cells of bone: x, y, z and how much bone each has, in mm³.
  private let cells: [SIMD4<Float>]
  private let centre: SIMD3<Double>
  /// The height of a slab of bone, in mm.
  private let slab: Double
  private let sphere: VaultSphere

  /// The bone at a plane has at least this area, in mm², and spreads so far from its middle (root mean square, in
  /// mm): the flat top of a head has less.
  private static let leastArea = 600.0
  private static let leastSpread = 40.0
  /// The area at the plane relative to that two slabs behind it: of a ball's cap it is 0.2.
  private static let leastRatio = 0.42
  /// Planes lie nearer to the middle of the vault than this share of its radius: the rims of round holes are flat,
  /// too.
  private static let mostDistance = 0.85

  /// - Parameter cells: in LPS mm, in an order that has nothing to do with where they lie.
  init(
    _ cells: [(centre: SIMD3<Double>, volume: Double)], sphere: VaultSphere, slab: Double
  ) {
    centre = sphere.centre
    self.cells = cells.map { cell in
      let p = cell.centre - sphere.centre
      return SIMD4(Float(p.x), Float(p.y), Float(p.z), Float(cell.volume))
    }
    self.sphere = sphere
    self.slab = slab
  }

  /// The planes, that with the most bone first.
  ///
  /// - Complexity: 800 directions, each a pass over a part of the cells, and some hundred over all of them.
  func ends(threads: Int) -> [ScanEnd] {
    let rough = Array(cells.prefix(12_000))
    let directions = (0..<600).map { Directions.even($0, of: 600) }
    // A plane that is not quite right still has much bone within a thicker slab.
    let coarse = Slabs.map(directions.count, threads: threads) { part in
      part.map { touch(directions[$0], rough, slab: 3 * slab) }
    }.flatMap { $0 }
    var order = directions.indices.filter { coarse[$0].way < Self.mostDistance * sphere.radius }
      .sorted { (coarse[$0].first, $0) > (coarse[$1].first, $1) }
    var starts: [SIMD3<Double>] = []
    while let i = order.first, starts.count < 6 {
      starts.append(directions[i])
      order.removeAll { directions[$0].dot(directions[i]) > 0.95 }
    }
    let found = Slabs.map(starts.count, threads: threads) { part in
      part.map { n -> (SIMD3<Double>, Touch) in
        let near = refined(starts[n], from: 0.06, among: rough, slab: 3 * slab)
        let normal = refined(near, from: 0.03, among: cells, slab: slab)
        return (normal, touch(normal, cells, slab: slab))
      }
    }.flatMap { $0 }
    var ends: [ScanEnd] = []
    for (normal, found) in found.sorted(by: { $0.1.first > $1.1.first }) {
      guard found.first >= Self.leastArea * slab, found.first >= Self.leastRatio * found.third,
        found.spread >= Self.leastSpread, found.way < Self.mostDistance * sphere.radius,
        ends.allSatisfy({ $0.normal.dot(normal) < 0.9 })
      else { continue }
      ends.append(ScanEnd(normal: normal, offset: found.way + 1 + normal.dot(centre)))
    }
    return ends
  }

  /// What touches a plane.
  struct Touch {
    /// The way of the plane from the middle, in mm.
    var way = 0.0
    /// The bone in the slab behind the plane, and in the third one, in mm³.
    var first = 0.0
    var third = 0.0
    /// How far the bone of the first slab lies from its middle, in mm.
    var spread = 0.0
  }

  /// Uphill over directions around a start, halving the step where none has more bone at the plane.
  private func refined(
    _ start: SIMD3<Double>, from first: Double, among cells: [SIMD4<Float>], slab: Double
  ) -> SIMD3<Double> {
    var (here, best) = (start, touch(start, cells, slab: slab).first)
    var step = first
    while step > 0.003 {
      let a = Directions.perpendicular(to: here)
      let b = here.cross(a)
      var next = here
      for way in [a, -a, b, -b] {
        let turned = here + step * way
        let normal = turned / turned.length
        let found = touch(normal, cells, slab: slab).first
        if found > best { (next, best) = (normal, found) }
      }
      if next == here { step /= 2 } else { here = next }
    }
    return here
  }

  private func touch(_ normal: SIMD3<Double>, _ cells: [SIMD4<Float>], slab: Double) -> Touch {
    let factor = Float(self.cells.count) / Float(max(1, cells.count))
    let (nx, ny, nz) = (Float(normal.x), Float(normal.y), Float(normal.z))
    // Bone by its way along the normal, in mm from −50 to 150.
    var amounts = [Float](repeating: 0, count: 200)
    for cell in cells {
      let way = Int(cell.x * nx + cell.y * ny + cell.z * nz + 50)
      if way >= 0 && way < 200 { amounts[way] += cell.w }
    }
    // Some bone may lie beyond by chance: dust, noise, the corners of cells.
    var (top, dust) = (199, Float(0))
    while top > 0, dust + factor * amounts[top] < 120 {
      dust += factor * amounts[top]
      top -= 1
    }
    var touch = Touch()
    touch.way = Double(top - 50 + 1)
    let count = Int(slab.rounded())
    func bone(_ from: Int) -> Double {
      (0..<count).reduce(0) { sum, n in
        let i = top - from - n
        return i >= 0 ? sum + Double(factor * amounts[i]) : sum
      }
    }
    (touch.first, touch.third) = (bone(0), bone(2 * count))
    guard factor == 1 else { return touch }
    var (sum, squares, weight) = (SIMD3<Float>.zero, Float(0), Float(0))
    let near = Float(top - 50 + 1 - count)
    for cell in cells where cell.x * nx + cell.y * ny + cell.z * nz >= near {
      let p = SIMD3(cell.x, cell.y, cell.z)
      sum += cell.w * p
      squares += cell.w * (p.x * p.x + p.y * p.y + p.z * p.z)
      weight += cell.w
    }
    if weight > 0 {
      let middle = sum / weight
      let m = middle.x * middle.x + middle.y * middle.y + middle.z * middle.z
      touch.spread = Double(max(0, squares / weight - m).squareRoot())
    }
    return touch
  }
}
