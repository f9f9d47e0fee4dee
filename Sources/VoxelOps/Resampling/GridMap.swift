import Errors
import Volumes

/// Where the voxels of a target grid lie in the indices of a source grid.
struct GridMap {
  /// Differences below this part of a voxel are rounding.
  static let tolerance = 1e-6

  let source: GridSize
  let target: GridSize
  /// Target index → source index.
  let sourceFromTarget: Affine
  /// For each axis of the target the one axis of the source along which it runs; nil where the grids
  /// are turned against each other.
  let axes: [AxisMap]?

  /// - Throws: `Diagnostic` with code `singularGeometry`.
  init(from source: Geometry, to target: Geometry) throws(Diagnostic) {
    func finite(_ map: Affine) -> Bool {
      let sum = map.linear[0] + map.linear[1] + map.linear[2] + map.translation
      return sum.sum().isFinite
    }
    guard let indexFromLPS = source.indexFromLPS, finite(indexFromLPS),
      finite(target.lpsFromIndex)
    else {
      throw Diagnostic(
        .singularGeometry, field: "space directions", expected: "three that span space",
        found: "\(source.directions.columns) onto \(target.directions.columns)",
        remedy: "correct the header")
    }
    self.init(source.sizes, target.sizes, indexFromLPS * target.lpsFromIndex)
  }

  /// The map to other sizes over the same box; exact, whatever the placement.
  init(resizing source: GridSize, to target: GridSize) {
    let ratio = SIMD3(
      Double(source.x) / Double(target.x), Double(source.y) / Double(target.y),
      Double(source.z) / Double(target.z))
    self.init(
      source, target,
      Affine(linear: Matrix3(diagonal: ratio), translation: (ratio - 1) / 2))
  }

  /// The map to other axes; exact.
  init(reordering source: GridSize, to target: GridSize, _ order: AxisOrder) {
    var linear = Matrix3(diagonal: .zero)
    var translation = SIMD3<Double>.zero
    for axis in 0..<3 {
      let from = order.sources[axis]
      linear[axis][from] = order.isFlipped[axis] ? -1 : 1
      if order.isFlipped[axis] { translation[from] = Double(source[from] - 1) }
    }
    self.init(source, target, Affine(linear: linear, translation: translation))
  }

  private init(_ source: GridSize, _ target: GridSize, _ map: Affine) {
    self.source = source
    self.target = target
    sourceFromTarget = map
    axes = Self.alignedAxes(target, map)
  }

  /// Whether every voxel centre of the target that lies in the source's box is a voxel centre of it.
  var meetsCentres: Bool {
    guard let axes else { return false }
    return axes.enumerated().allSatisfy { number, axis in
      let drift = abs(axis.step.magnitude - 1) * Double(target[number])
      return drift < Self.tolerance && abs(axis.start - axis.start.rounded()) < Self.tolerance
    }
  }

  private static func alignedAxes(_ target: GridSize, _ map: Affine) -> [AxisMap]? {
    var axes: [AxisMap] = []
    for axis in 0..<3 {
      let column = map.linear[axis]
      let main = (0..<3).max { abs(column[$0]) < abs(column[$1]) }!
      // The drift over the whole length counts, not that of one step.
      for other in 0..<3 where other != main {
        guard abs(column[other]) * Double(target[axis]) < tolerance else { return nil }
      }
      axes.append(AxisMap(source: main, step: column[main], start: map.translation[main]))
    }
    return Set(axes.map(\.source)).count == 3 ? axes : nil
  }
}

/// One axis of a target grid that runs along one axis of the source.
struct AxisMap {
  /// The axis of the source.
  let source: Int
  /// Voxels of the source for one of the target; negative where the two run against each other.
  let step: Double
  /// Where index 0 of the target lies in the source.
  let start: Double

  /// Where an index of the target lies in the source.
  func position(_ index: Int) -> Double { start + step * Double(index) }
}
