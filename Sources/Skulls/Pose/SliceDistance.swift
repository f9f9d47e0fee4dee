public import Volumes

/// A header that gives slices another distance than they have: the head is drawn out, or flat.
public enum SliceDistance {
  /// By what a head's slices are too far apart, by its proportions; nil where they are right, or nothing fits
  /// better.
  ///
  /// Only a pose that fits badly is a reason to look.
  /// - Parameter pose: as it is found with the distance of the header; nil where none is.
  /// - Complexity: nothing for a head that fits, otherwise some fifteen searches for a pose.
  public static func excess(of bone: Mask, pose: HeadPose?, threads: Int = 1) -> Double? {
    excess(of: bone, pose: pose, among: factors, steps: [1.1, 1.05, 1.025], threads: threads)
  }

  /// The same among some factors, the best then refined in steps.
  static func excess(
    of bone: Mask, pose: HeadPose?, among factors: [Double], steps: [Double], threads: Int
  ) -> Double? {
    let given = pose.map { $0.misfit / $0.scale } ?? .infinity
    guard given > suspicious, !bone.isEmpty else { return nil }
    func misfit(_ factor: Double) -> Double {
      guard let pose = HeadPose.find(in: bone.stretched(by: 1 / factor), threads: threads),
        scales.contains(pose.scale)
      else { return .infinity }
      return pose.misfit / pose.scale
    }
    var (best, least) = (1.0, given)
    for factor in factors {
      let found = misfit(factor)
      if found < least { (best, least) = (factor, found) }
    }
    for step in steps {
      for factor in [best * step, best / step] {
        let found = misfit(factor)
        if found < least { (best, least) = (factor, found) }
      }
    }
    guard least < min(suspicious, needed * given) else { return nil }
    return best
  }

  /// A pose is suspicious from this mean distance on, in mm of the reference head: heads have 2.4 to 3.1.
  private static let suspicious = 3.5
  private static let factors = [1 / 3.0, 0.4, 0.5, 0.6, 0.7, 0.8, 1.25, 1.4, 1.6, 2, 2.5, 3]
  /// The sizes of heads, beside the reference head. Part of a head, drawn out, is like part of a giant's.
  private static let scales = 0.7...1.3
  /// How much of the distance may be left with another slice distance.
  private static let needed = 0.8
}

extension Mask {
  /// The same voxels with another distance of slices: that of the third axis, times a factor.
  public func stretched(by factor: Double) -> Mask {
    Mask(on: geometry.stretched(by: factor)) { out in
      withBytes { bytes in out.baseAddress?.update(from: bytes.baseAddress!, count: bytes.count) }
    }
  }
}

extension Geometry {
  /// The same grid with another distance of slices: that of the third axis, times a factor.
  public func stretched(by factor: Double) -> Geometry {
    var other = self
    other.directions = Matrix3(directions[0], directions[1], factor * directions[2])
    return other
  }
}
