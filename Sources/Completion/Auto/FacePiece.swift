internal import Skulls
internal import Volumes

/// A piece of bone that is missing in orbits or face.
struct FacePiece: Sendable {
  let label: Int
  /// In mm³.
  let volume: Double
  /// Its middle in the head's frame, in mm.
  let centre: SIMD3<Double>
  let defect: CompletionFindings.Defect
  /// Some of its places in LPS mm.
  private let points: [SIMD3<Double>]

  /// The piece, to be matched with places that a user names.
  var shape: HoleShape { HoleShape(points: points, defect: defect) }

  /// What is said of it where it is not filled.
  var open: CompletionFindings.Defect {
    var defect = defect
    defect.isFilled = false
    return defect
  }

  /// Whether it may be the same hole as one of the vault.
  func isNear(_ hole: VaultHole) -> Bool {
    let way = SIMD3(defect.centroidLPS[0], defect.centroidLPS[1], defect.centroidLPS[2])
    return (way - hole.centroid).length < (hole.area / .pi).squareRoot() + 30
  }

  /// The pieces that labels mark from 1 on.
  ///
  /// - Parameters:
  ///   - labels: of a box of the grid.
  ///   - lower: where that box begins.
  ///   - geometry: of the whole grid.
  /// - Complexity: O(voxels of the box).
  static func pieces(
    of labels: Volume<UInt32>, count: Int, at lower: SIMD3<Int>, of geometry: Geometry,
    pose: HeadPose
  ) -> [FacePiece] {
    var places = [[SIMD3<Double>]](repeating: [], count: count + 1)
    let headFromIndex = pose.headFromLPS * geometry.lpsFromIndex
    let sizes = labels.sizes
    labels.withVoxels { labels in
      for i in labels.indices where labels[i] > 0 {
        let (x, rest) = (i % sizes.x, i / sizes.x)
        let index = lower &+ SIMD3(x, rest % sizes.y, rest / sizes.y)
        places[Int(labels[i])].append(headFromIndex * SIMD3<Double>(index))
      }
    }
    return (1..<max(1, count + 1)).compactMap { label in
      FacePiece(label, places[label], geometry, pose)
    }
  }

  private init?(
    _ label: Int, _ places: [SIMD3<Double>], _ geometry: Geometry, _ pose: HeadPose
  ) {
    guard !places.isEmpty else { return nil }
    self.label = label
    volume = Double(places.count) * geometry.voxelVolume
    let step = max(1, places.count / 1000)
    points = stride(from: 0, to: places.count, by: step).map { pose.lpsFromHead * places[$0] }
    let centre = places.reduce(.zero, +) / Double(places.count)
    self.centre = centre
    defect = CompletionFindings.Defect(
      at: places, on: geometry, pose: pose,
      // Orbits lie up to 50 mm below the middle of the vault.
      kind: centre.z > -50 * pose.scale ? .orbital : .facial)
  }
}
