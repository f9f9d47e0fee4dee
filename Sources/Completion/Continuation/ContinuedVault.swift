internal import Skulls
internal import Volumes
import Glibc

/// A skull's vault and its holes: what continuing it begins with.
struct ContinuedVault: Sendable {
  let map: VaultMap
  /// To be filled, the largest first.
  let holes: [VaultHole]
  /// Those that stay open, because a user names others.
  let otherHoles: [VaultHole]
  /// The area of the vault that the scan shows, in mm².
  let seenArea: Double
  /// Which part of the vault, as far as one is asked for, the scan shows.
  let seenFraction: Double

  var pose: HeadPose { map.pose }
  var allHoles: [VaultHole] { holes + otherHoles }
  /// The holes, to be matched with places that a user names.
  var shapes: [HoleShape] { allHoles.map { HoleShape($0, of: map) } }
  /// What is said of those that stay open.
  var openDefects: [CompletionFindings.Defect] {
    otherHoles.map { CompletionFindings.Defect(of: $0, isFilled: false) }
  }

  /// The smallest hole that counts, in mm², unless a user says otherwise.
  static let smallestHole = 200.0

  /// Nil where there is no vault in the bone.
  ///
  /// - Parameters:
  ///   - smallestHole: in mm².
  ///   - targets: which holes are to be filled; nil: all.
  init?(of bone: Mask, smallestHole: Double, only targets: CompletionTargets? = nil, threads: Int) {
    guard let pose = HeadPose.find(in: bone, threads: threads) else { return nil }
    self.init(
      of: bone, pose: pose, smallestHole: smallestHole, only: targets, threads: threads)
  }

  /// Nil where there is no vault in the bone.
  ///
  /// - Parameters:
  ///   - pose: how the head lies.
  ///   - smallestHole: in mm².
  ///   - targets: which holes are to be filled; nil: all.
  init?(
    of bone: Mask, pose: HeadPose, smallestHole: Double, only targets: CompletionTargets? = nil,
    threads: Int
  ) {
    guard let map = VaultMap(of: bone, pose: pose, threads: threads) else { return nil }
    self.map = map
    if let targets {
      let all = map.holes(least: min(smallestHole, CompletionTargets.smallestHole))
      let isNamed = targets.isNamed(all.map { HoleShape($0, of: map) })
      holes = zip(all, isNamed).filter(\.1).map(\.0)
      otherHoles = zip(all, isNamed).filter { !$0.1 && $0.0.area >= smallestHole }.map(\.0)
    } else {
      holes = map.holes(least: smallestHole)
      otherHoles = []
    }
    var (seen, all) = (0.0, 0.0)
    for i in map.states.indices where map.states[i] != .outside {
      guard map.isAboveLimit(map.direction(i % map.width, i / map.width)) else { continue }
      let area = map.area(i)
      all += area
      if map.states[i] != .unseen { seen += area }
    }
    seenArea = seen
    seenFraction = all > 0 ? seen / all : 0
  }

  /// Round pieces of whole bone as large as a hole, or the largest that fit; up to `count`, the first the furthest
  /// to the hole, each further one far from those before.
  ///
  /// - Parameter hole: nil: of a usual size, 28 mm in radius.
  func discs(like hole: VaultHole?, count: Int) -> [VaultHole] {
    var radius = min(45, max(12, ((hole?.area ?? 2500) / .pi).squareRoot()))
    guard count > 0 else { return [] }
    var found: [(direction: SIMD3<Double>, disc: VaultHole)] = []
    while radius >= 8 {
      found = (0..<200).compactMap { n in
        let direction = Directions.even(n, of: 200)
        guard direction.z > -0.4, isFar(direction, radius + 6),
          let disc = map.disc(around: direction, radius: radius)
        else { return nil }
        return (direction, disc)
      }
      if found.count >= count { break }
      radius *= 0.8
    }
    let towardsHole = hole.map { pose.headFromLPS * $0.centroid - map.middle } ?? SIMD3(0, 0, 1)
    var chosen: [(direction: SIMD3<Double>, disc: VaultHole)] = []
    while chosen.count < count, !found.isEmpty {
      // The cosine to the nearest of those chosen, or to the hole: the least is taken.
      let nearness = found.map { one in
        chosen.map { $0.direction.dot(one.direction) }.max() ?? one.direction.dot(towardsHole)
      }
      let best = nearness.indices.min { (nearness[$0], $0) < (nearness[$1], $1) }!
      chosen.append(found.remove(at: best))
    }
    return chosen.map(\.disc)
  }

  /// Whether a direction lies so many mm from all holes.
  private func isFar(_ direction: SIMD3<Double>, _ distance: Double) -> Bool {
    let limit = cos(distance / map.ellipsoid(direction))
    return allHoles.allSatisfy { hole in
      hole.pixels.allSatisfy {
        map.direction($0 % map.width, $0 / map.width).dot(direction) < limit
      }
    }
  }
}
