public import Errors
public import Volumes
internal import VoxelOps

/// The box that a network sees, and the scan that it was laid over: the way in and the way back.
///
/// *Convention*: the network's axes run to the patient's left, to the back and up, x fastest, as the
/// training skulls have them. With ``FramingRule/pose`` they are the head's own; with ``FramingRule/fieldOfView``
/// those of LPS; with ``FramingRule/resize`` the axes of the scan in the order and direction that come nearest.
public struct Frame: Hashable, Sendable {
  /// The grid that a network sees, as large as its input.
  public let grid: Geometry
  /// The scan's own grid, to which completed skulls are brought back.
  public let source: Geometry
  /// How the one was laid over the other.
  public let rule: FramingRule

  public init(grid: Geometry, source: Geometry, rule: FramingRule) {
    (self.grid, self.source, self.rule) = (grid, source, rule)
  }

  /// The side of the field of view along x and y in mm: the mean of the training skulls', which have
  /// 208 to 236.
  public static let fieldOfView = 222.0
  /// Air above the highest bone in mm: the mean of 6 to 14.
  public static let headroom = 10.0
  /// How far above the lowest bone the field of view begins in mm: the mean of 0 to 16.
  public static let lowerCut = 8.0

  /// The frame of a skull.
  ///
  /// A scan that has the network's own sizes is taken as framed already, whatever the rule: another
  /// sampling would blur it, and training skulls are such scans.
  ///
  /// - Parameters:
  ///   - bone: the skull, with a defect or without, on a grid of any orientation and spacing.
  ///   - shape: the network's input.
  /// - Returns: the frame, and what a user should know about it.
  /// - Throws: ``Diagnostic`` where there is no bone, where it cannot be a head, or where the
  ///   directions of the grid do not span space.
  /// - Complexity: two passes over the mask; the search for the pose, about 0.2 s.
  public static func of(
    _ bone: Mask, shape: GridSize, rule: FramingRule = .fieldOfView, threads: Int = 1
  ) throws(Diagnostic) -> (frame: Frame, warnings: [String]) {
    guard bone.geometry.indexFromLPS != nil else {
      throw Diagnostic(
        .malformed, field: "space directions", expected: "three that span space",
        found: "\(bone.geometry.directions.columns)", remedy: "correct the header")
    }
    guard let placement = HeadPlacement(of: bone) else {
      throw Diagnostic(
        .notAHead, field: "bone", expected: "a skull to encode", found: "an empty mask",
        remedy: "lower the threshold, or choose the label that is bone")
    }
    switch rule {
    case .resize:
      return (
        Frame(grid: bone.geometry.alongLPS.resized(to: shape), source: bone.geometry, rule: rule),
        []
      )
    case .fieldOfView, .pose:
      let aligned = bone.geometry.alongLPS
      if aligned.sizes == shape {
        return (Frame(grid: aligned, source: bone.geometry, rule: rule), [])
      }
      var warnings = try placement.objections()
      if rule == .pose {
        if let pose = HeadPose.find(in: bone, threads: threads), pose.trust >= HeadPose.leastTrust,
          let grid = grid(of: shape, about: pose, in: bone)
        {
          return (Frame(grid: grid, source: bone.geometry, rule: rule), [])
        }
        warnings.append(
          "which way the head is turned cannot be told from its bone; it is taken as upright along LPS: look at "
            + "the result")
      }
      if bone.geometry.placement != .directions {
        warnings.append(
          "the file does not say how the head lies; it is taken as left, posterior, superior along "
            + "x, y, z")
      }
      return (
        Frame(grid: placement.grid(of: shape, in: bone), source: bone.geometry, rule: rule),
        warnings
      )
    }
  }

  /// The grid of a head of mean size that no scan belongs to, its middle at the origin of LPS.
  public static func typicalGrid(of shape: GridSize) -> Geometry {
    let height = 166.0
    let spacing = SIMD3(
      fieldOfView / Double(shape.x), fieldOfView / Double(shape.y), height / Double(shape.z))
    var grid = Geometry(sizes: shape, spacing: spacing)
    grid.origin =
      -SIMD3(Double(shape.x - 1), Double(shape.y - 1), Double(shape.z - 1)) / 2 * spacing
    return grid
  }

  /// Probabilities on the network's grid as a mask on the scan's: trilinear between the centres of
  /// the cells, voxels of at least `level` are in; outside the frame there are none.
  ///
  /// *Shape*: the result has ``source`` as its geometry, bit for bit.
  /// - Throws: `Diagnostic` where the volume is on another grid than ``grid``; what
  ///   `checkCancellation` throws.
  /// - Complexity: O(voxels of the scan); the mask and 64 MB at most.
  public func restored(
    _ probabilities: Volume<Float>, level: Float = 0.5, threads: Int = 1,
    checkCancellation: () throws -> Void = {}
  ) throws -> Mask {
    try grid.requireMatch(with: probabilities.geometry)
    let plane = source.sizes.x * source.sizes.y
    let slices = max(1, min(source.sizes.z, Self.chunkBytes / (4 * plane)))
    return try Mask(unwrittenOn: source) { bytes in
      for first in stride(from: 0, to: source.sizes.z, by: slices) {
        try checkCancellation()
        let count = min(slices, source.sizes.z - first)
        var chunk = source
        chunk.sizes = GridSize(source.sizes.x, source.sizes.y, count)
        chunk.origin += Double(first) * source.directions[2]
        let part = UnsafeMutableBufferPointer(
          rebasing: bytes[(first * plane)..<((first + count) * plane)])
        try probabilities.threshold(at: level, onto: chunk, into: part, threads: threads)
      }
    }
  }

  /// What ``restored(_:level:threads:checkCancellation:)`` keeps of probabilities at one time.
  static let chunkBytes = 32 << 20

  /// Bytes that a restoration takes beside the network, the mask included.
  public static func restorationBytes(voxels: Int) -> Int {
    voxels + min(4 * voxels, 2 * chunkBytes) + 1 << 20
  }
}

extension HeadPlacement {
  /// Sides of fields of view along x and y in mm, from a head's to the largest's.
  static let views = Frame.fieldOfView...260.0
  /// Heights of fields of view in mm.
  static let spans =
    heights.lowerBound + Frame.headroom - Frame.lowerCut...heights.upperBound + Frame.headroom + 4

  /// The grid of a shape about the head.
  func grid(of shape: GridSize, in bone: Mask) -> Geometry {
    // Where the scan ends amid bone it was cut already.
    let floor = bone.geometry.lowestCentre
    let isCut = bottom - bone.geometry.spacing.max() <= floor
    let lowest = isCut ? bottom : bottom + Frame.lowerCut
    let upper = top + Frame.headroom
    // Bone missing below, or a scan of the vault only: the network knows heads of full height.
    let height = max(upper - lowest, Self.spans.lowerBound)
    let view = min(max(Self.views.lowerBound, 2 * reach + 8), Self.views.upperBound)
    let spacing = SIMD3(
      view / Double(shape.x), view / Double(shape.y), height / Double(shape.z))
    var grid = Geometry(sizes: shape, spacing: spacing)
    grid.origin = SIMD3(
      middle.x - Double(shape.x - 1) / 2 * spacing.x,
      middle.y - Double(shape.y - 1) / 2 * spacing.y, upper - height + spacing.z / 2)
    return grid
  }

  /// Why the bone may be no head.
  ///
  /// - Throws: ``Diagnostic`` where it cannot be one.
  func objections() throws(Diagnostic) -> [String] {
    let sides =
      (0..<3).map { "\(Int(min(extent[$0].rounded(), 1e15)))" }.joined(separator: " × ") + " mm"
    guard extent.max() >= 80, max(extent.x, extent.y) <= 400 else {
      throw Diagnostic(
        .notAHead, field: "bone", expected: "a head of some 150 × 200 × 160 mm", found: sides,
        remedy: "correct the spacing in the header, or use the framing `resize`")
    }
    let isUsual =
      (105...190).contains(extent.x) && (135...245).contains(extent.y)
      && (70...300).contains(extent.z)
    return isUsual
      ? []
      : [
        "the bone measures \(sides), where a head of some 150 × 200 × 160 mm was expected: check "
          + "the spacing and the orientation, and look at the result"
      ]
  }
}

extension Geometry {
  /// The height of the lowest voxel centre in LPS mm.
  fileprivate var lowestCentre: Double {
    let map = lpsFromIndex
    var lowest = map.translation.z
    for axis in 0..<3 {
      lowest += min(0, map.linear[axis].z * Double(sizes[axis] - 1))
    }
    return lowest
  }

  /// The same voxels in the order in which the axes run most nearly to the left, to the back and up.
  public var alongLPS: Geometry {
    let map = lpsFromIndex
    var taken: Set<Int> = []
    // The steepest axis chooses first, so that two never want the same direction.
    let pairs = (0..<3).flatMap { axis in (0..<3).map { (axis: axis, world: $0) } }
      .sorted {
        abs(map.linear[$0.axis][$0.world]) / map.linear[$0.axis].length
          > abs(map.linear[$1.axis][$1.world]) / map.linear[$1.axis].length
      }
    var order = [0, 1, 2]
    var worlds: Set<Int> = []
    for pair in pairs where !taken.contains(pair.axis) && !worlds.contains(pair.world) {
      taken.insert(pair.axis)
      worlds.insert(pair.world)
      order[pair.world] = pair.axis
    }
    var result = self
    result.space = .leftPosteriorSuperior
    result.sizes = GridSize(sizes[order[0]], sizes[order[1]], sizes[order[2]])
    result.origin = map.translation
    for world in 0..<3 {
      let axis = order[world]
      var step = map.linear[axis]
      if step[world] < 0 {
        result.origin += Double(sizes[axis] - 1) * step
        step = -step
      }
      result.directions[world] = step
    }
    return result
  }
}
