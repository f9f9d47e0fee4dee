public import Volumes

private import Glibc

/// Where a head lies in its scan, and which way it is turned, found in the bone itself.
///
/// *Head's frame*: x to the patient's left, y to the back, z to the top; mm of the patient; the origin is
/// the middle of the vault. Left and right of a head cannot be told by its bone: they follow from the
/// right-handed frame, so a scan that a wrong header mirrors has them exchanged, and nothing else.
public struct HeadPose: Hashable, Sendable {
  /// LPS mm → the head's frame: a rotation and a shift.
  public let headFromLPS: Affine
  /// The head's frame → LPS mm, its exact inverse.
  public let lpsFromHead: Affine
  /// The head's size relative to the reference head.
  public let scale: Double
  /// How clearly this pose beats every other that is turned by more than 23° against it, from 0 to 1;
  /// below ``leastTrust`` another one is as likely.
  public let trust: Double
  /// The mean distance of bone from that of the reference head, in mm; distances over 10 mm count as 10.
  public let misfit: Double
  /// Where the scan ends besides at the border of its grid: planes at which the bone ends flat.
  public let ends: [ScanEnd]

  /// Below this trust, the pose may be wrong.
  public static let leastTrust = 0.4

  /// A pose.
  ///
  /// - Parameter rotation: its columns are the images of the axes of LPS; orthonormal and right-handed.
  /// - Parameter centre: the middle of the vault in LPS mm.
  public init(
    rotation: Matrix3, centre: SIMD3<Double>, scale: Double = 1, trust: Double = 1,
    misfit: Double = 0, ends: [ScanEnd] = []
  ) {
    headFromLPS = Affine(linear: rotation, translation: -(rotation * centre))
    lpsFromHead = Affine(linear: rotation.transposed, translation: centre)
    self.scale = scale
    self.trust = trust
    self.misfit = misfit
    self.ends = ends
  }

  /// The middle of the vault, in LPS mm.
  public var centre: SIMD3<Double> { lpsFromHead.translation }

  /// Whether a point in LPS mm lies before all ``ends``.
  public func shows(_ p: SIMD3<Double>) -> Bool { !ends.contains { $0.hides(p) } }

  /// The angle in degrees by which two poses are turned against each other.
  public func angle(to other: HeadPose) -> Double {
    (headFromLPS.linear * other.headFromLPS.linear.transposed).angle
  }
}

extension HeadPose {
  /// Finds the pose of the head in a mask of bone, whichever way it is turned.
  ///
  /// 1. A ball that most of the bone's surface lies on: the middle of the vault and its size.
  /// 2. Planes through it, in all directions, across which the surface is its own mirror image best.
  /// 3. For the best of them every pitch in steps of 15°, both ways up, against a reference head; the best
  ///    24 are then fitted to it (rotation, shift, one scale) by least squares with robust weights.
  ///
  /// Bone that the reference head lacks (table, tubes, vertebrae, jaw) counts for 10 mm at most, and parts
  /// of the vault outside the scan do not count.
  ///
  /// - Returns: nil where there is too little bone or none that a head's ball fits.
  /// - Complexity: one pass over the mask, then a time that does not depend on its size (about 0.1 s);
  ///   cells of 3 mm over the bone's box. The same pose at any `threads`.
  ///
  /// *Source*: our own; the fit is the iterative closest point method against a distance field.
  public static func find(in bone: Mask, threads: Int = 1) -> HeadPose? {
    HeadPoseSearch(bone, threads: threads)?.best()
  }
}

extension Matrix3 {
  /// The angle of a rotation, in degrees.
  package var angle: Double {
    let cosine = (columns.0.x + columns.1.y + columns.2.z - 1) / 2
    return acos(min(1, max(-1, cosine))) * 180 / .pi
  }

  /// The rotation by the length of a vector, in radians, about it.
  package init(turningBy turn: SIMD3<Double>) {
    let angle = turn.length
    guard angle > 1e-12 else {
      self = .identity
      return
    }
    let (k, c, s) = (turn / angle, cos(angle), sin(angle))
    func column(_ e: SIMD3<Double>) -> SIMD3<Double> {
      c * e + s * k.cross(e) + (1 - c) * k.dot(e) * k
    }
    self.init(column(SIMD3(1, 0, 0)), column(SIMD3(0, 1, 0)), column(SIMD3(0, 0, 1)))
  }
}
