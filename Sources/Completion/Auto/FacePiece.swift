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

  /// Whether it may be the same hole as one of the vault.
  func isNear(_ hole: VaultHole) -> Bool {
    let way = SIMD3(defect.centroidLPS[0], defect.centroidLPS[1], defect.centroidLPS[2])
    return (way - hole.centroid).length < (hole.area / .pi).squareRoot() + 30
  }

  /// The pieces that labels mark from 1 on, on a grid.
  ///
  /// - Complexity: O(voxels).
  static func pieces(
    of labels: Volume<UInt32>, count: Int, on geometry: Geometry, pose: HeadPose
  ) -> [FacePiece] {
    var places = [[SIMD3<Double>]](repeating: [], count: count + 1)
    let headFromIndex = pose.headFromLPS * geometry.lpsFromIndex
    let sizes = geometry.sizes
    labels.withVoxels { labels in
      for i in labels.indices where labels[i] > 0 {
        let (x, rest) = (i % sizes.x, i / sizes.x)
        let p = SIMD3(Double(x), Double(rest % sizes.y), Double(rest / sizes.y))
        places[Int(labels[i])].append(headFromIndex * p)
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
    let centre = places.reduce(.zero, +) / Double(places.count)
    self.centre = centre
    // Seen from the middle of the head, in cells of 2 mm: its silhouette.
    let ray = centre / max(1e-9, centre.length)
    let u = Directions.perpendicular(to: ray)
    let v = ray.cross(u)
    let cell = max(2, geometry.spacing.max())
    var cells: Set<SIMD2<Int>> = []
    for p in places {
      let q = p - centre
      cells.insert(
        SIMD2(Int((q.dot(u) / cell).rounded()), Int((q.dot(v) / cell).rounded())))
    }
    var edges = 0
    for c in cells {
      for step in [SIMD2(1, 0), SIMD2(-1, 0), SIMD2(0, 1), SIMD2(0, -1)]
      where !cells.contains(c &+ step) { edges += 1 }
    }
    func extent(_ axis: SIMD3<Double>) -> Double {
      let values = places.map { ($0 - centre).dot(axis) }
      return (values.max() ?? 0) - (values.min() ?? 0) + cell
    }
    let sides = [extent(u), extent(v)].sorted(by: >)
    let lps = pose.lpsFromHead * centre
    let (left, right) = (places.contains { $0.x > 4 }, places.contains { $0.x < -4 })
    defect = CompletionFindings.Defect(
      // Orbits lie up to 50 mm below the middle of the vault.
      kind: centre.z > -50 * pose.scale ? .orbital : .facial,
      areaMM2: Double(cells.count) * cell * cell, perimeterMM: .pi / 4 * Double(edges) * cell,
      diametersMM: sides, centroidLPS: (0..<3).map { lps[$0] }, crossesMidline: left && right,
      atBorder: false, isFilled: true)
  }
}
