internal import Volumes
internal import VoxelOps

/// How much of the skull's vault is open where its mirror image is open too.
///
/// Rays go upwards, from the horizontal on, from a point in the mid-sagittal plane above the orbits. A healthy vault
/// stops them all; a hole on one side lets its own rays through, but not their mirror images. Rays
/// that pass on both sides show what mirroring cannot fill: a defect alike on both sides, one across
/// the midline, or a scan that ends below the vertex.
struct VaultOpening {
  /// The area that is open on both sides, both taken together, in mm².
  let area: Double

  /// - Complexity: a few thousand rays of at most 250 steps; no memory.
  init(in frame: SymmetricFrame) {
    let sizes = frame.sizes
    let rays = 4000
    // Turning by the golden angle, 2.39996 rad, spreads points evenly over a sphere.
    let (turnCosine, turnSine) = (-0.7373688780783197, 0.6754902942615238)
    var open = 0
    var blocked = 0
    var radii = 0.0
    var cosine = 1.0
    var sine = 0.0
    guard let centre = Self.centre(of: frame) else {
      area = 0
      return
    }
    let lowest = 0.0  // the sine of the lowest elevation: the base lies below
    frame.distances.withVoxels { distances in
      for ray in 0..<rays {
        let up = lowest + (1 - lowest) * (Double(ray) + 0.5) / Double(rays)
        let out = (1 - up * up).squareRoot()
        (cosine, sine) = (
          cosine * turnCosine - sine * turnSine, sine * turnCosine + cosine * turnSine
        )
        let direction = SIMD3(out * cosine, out * sine, up)
        let mirrored = SIMD3(-direction.x, direction.y, direction.z)
        let own = Self.hit(from: centre, along: direction, distances, sizes, frame.cell)
        guard own == nil else {
          blocked += 1
          radii += own ?? 0
          continue
        }
        if Self.hit(from: centre, along: mirrored, distances, sizes, frame.cell) == nil {
          open += 1
        }
      }
    }
    // A vault that stops less than a third of the rays is none; the symmetry tells of that.
    guard blocked * 3 > rays else {
      area = 0
      return
    }
    let radius = radii / Double(blocked) * frame.cell
    area = 2 * Double.pi * (1 - lowest) * radius * radius * Double(open) / Double(rays)
  }

  /// The cell index to look from: in the plane, amid the bone's length, 30 % of it below the top.
  private static func centre(of frame: SymmetricFrame) -> SIMD3<Double>? {
    let sizes = frame.sizes
    var (front, back, top) = (Int.max, Int.min, Int.min)
    frame.distances.withVoxels { distances in
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          let row = sizes.x * (y + sizes.y * z)
          var isBone = false
          for x in 0..<sizes.x where distances[row + x] < 0 {
            isBone = true
            break
          }
          if isBone { (front, back, top) = (min(front, y), max(back, y), z) }
        }
      }
    }
    guard front < back else { return nil }
    return SIMD3(
      Double(sizes.x / 2), Double(front + back) / 2, Double(top) - 0.3 * Double(back - front))
  }

  /// How many cells a ray goes before bone; nil where it leaves the grid.
  private static func hit(
    from centre: SIMD3<Double>, along direction: SIMD3<Double>,
    _ distances: UnsafeBufferPointer<Float>, _ sizes: GridSize, _ cell: Double
  ) -> Double? {
    // Bone within half a cell stops a ray: sutures and thin bone are not open.
    let near = Float(0.5 * cell)
    let (x0, y0, z0) = (centre.x + 0.5, centre.y + 0.5, centre.z + 0.5)
    let (dx, dy, dz) = (direction.x, direction.y, direction.z)
    var way = 0.0
    while true {
      let (x, y, z) = (x0 + way * dx, y0 + way * dy, z0 + way * dz)
      guard x >= 0, y >= 0, z >= 0 else { return nil }
      let (i, j, k) = (Int(x), Int(y), Int(z))
      guard i < sizes.x, j < sizes.y, k < sizes.z else { return nil }
      let distance = distances[i + sizes.x * (j + sizes.y * k)]
      if distance < near { return way }
      // No bone is nearer than the distance says, so the ray may leap.
      way += max(0.5, 0.5 * Double(distance) / cell)
    }
  }
}
