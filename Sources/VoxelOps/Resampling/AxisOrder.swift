public import Errors
public import Volumes

/// A reordering of a grid's axes, some of them reversed: it moves a volume from one memory order to
/// another without changing a value.
public struct AxisOrder: Hashable, Sendable {
  /// Axis n of the result is axis `sources[n]` of the source.
  public let sources: [Int]
  /// Whether axis n of the result runs against that of the source.
  public let isFlipped: [Bool]

  /// A reordering of axes; by default none.
  ///
  /// - Precondition: `sources` holds 0, 1 and 2.
  public init(_ sources: [Int] = [0, 1, 2], flipping: [Bool] = [false, false, false]) {
    precondition(
      sources.sorted() == [0, 1, 2] && flipping.count == 3, "not an order of three axes")
    (self.sources, isFlipped) = (sources, flipping)
  }

  /// The same axes in the same order, with those in `axes` reversed.
  public static func flipping(_ axes: Set<Int>) -> AxisOrder {
    AxisOrder(flipping: (0..<3).map(axes.contains))
  }

  /// The order in which the axes run as a code of three letters says, such as `LPS`: x most nearly
  /// towards the patient's left, y towards posterior, z superior.
  ///
  /// - Throws: `Diagnostic` with code `badOrientation` for what is no such code, `singularGeometry`
  ///   where two axes have the same direction or one has none.
  public init(of geometry: Geometry, running code: String) throws(Diagnostic) {
    let letters: [Character: (axis: Int, sign: Double)] = [
      "L": (0, 1), "R": (0, -1), "P": (1, 1), "A": (1, -1), "S": (2, 1), "I": (2, -1),
    ]
    let wanted = code.uppercased().compactMap { letters[$0] }
    guard code.count == 3, wanted.count == 3, Set(wanted.map(\.axis)).count == 3 else {
      throw Diagnostic(
        .badOrientation, field: "orientation",
        expected: "three letters such as LPS or RAS, one of L R, P A and S I each",
        found: "\"\(code)\"", remedy: "correct it")
    }
    let linear = geometry.lpsFromIndex.linear
    // For each axis of the patient the axis of the grid that runs most nearly along it; of the six
    // assignments the one with the largest cosines in all.
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]]
    func cosine(_ axis: Int, _ patient: Int) -> Double {
      abs(linear[axis][patient]) / linear[axis].length
    }
    func sum(_ order: [Int]) -> Double { (0..<3).reduce(0) { $0 + cosine(order[$1], $1) } }
    guard linear.inverse != nil, sum(orders[0]).isFinite else {
      throw Diagnostic(
        .singularGeometry, field: "space directions", expected: "three that span space",
        found: "\(geometry.directions.columns)", remedy: "correct the header")
    }
    let best = orders.reduce(orders[0]) { sum($1) > sum($0) ? $1 : $0 }
    self.init(
      wanted.map { best[$0.axis] },
      flipping: wanted.map { linear[best[$0.axis]][$0.axis] * $0.sign < 0 })
  }

  /// Whether every axis keeps its place and direction.
  public var isIdentity: Bool { sources == [0, 1, 2] && !isFlipped.contains(true) }
}

extension Geometry {
  /// The grid with its axes in another order; every voxel stays where it lies in space.
  public func reordered(_ order: AxisOrder) -> Geometry {
    var new = self
    let old = [sizes.x, sizes.y, sizes.z]
    new.sizes = GridSize(old[order.sources[0]], old[order.sources[1]], old[order.sources[2]])
    for axis in 0..<3 {
      let direction = directions[order.sources[axis]]
      new.directions[axis] = direction
      if order.isFlipped[axis] {
        new.directions[axis] = SIMD3(0, 0, 0) - direction
        new.origin += direction * Double(new.sizes[axis] - 1)
      }
    }
    if !order.isIdentity { new.placement = .directions }
    return new
  }
}

extension Volume {
  /// The volume with its axes in another order: voxels and their places in space stay the same.
  ///
  /// - Complexity: one pass; one new volume. The same at any `threads`.
  public func reordered(_ order: AxisOrder, threads: Int = 1) -> Volume {
    let grid = geometry.reordered(order)
    let map = GridMap(reordering: sizes, to: grid.sizes, order)
    return Volume(unwrittenOn: grid) { out in
      withVoxels { voxels in
        NearestResampler(map: map, threads: threads).run(
          voxels.baseAddress!, out.baseAddress!, background: 0)
      }
    }
  }
}

extension Mask {
  /// The mask with its axes in another order; see `Volume.reordered(_:threads:)`.
  public func reordered(_ order: AxisOrder, threads: Int = 1) -> Mask {
    let grid = geometry.reordered(order)
    let map = GridMap(reordering: sizes, to: grid.sizes, order)
    return Mask(unwrittenOn: grid) { out in
      withBytes { bytes in
        NearestResampler(map: map, threads: threads).run(
          bytes.baseAddress!, out.baseAddress!, background: 0)
      }
    }
  }
}

extension AnyVolume {
  /// The volume with its axes in another order; see `Volume.reordered(_:threads:)`.
  public func reordered(_ order: AxisOrder, threads: Int = 1) -> AnyVolume {
    func open(_ volume: some TypedVolume) -> AnyVolume {
      AnyVolume(volume.typed.reordered(order, threads: threads))
    }
    return open(base)
  }
}
