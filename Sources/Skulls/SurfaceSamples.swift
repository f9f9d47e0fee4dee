import Concurrency
package import Volumes
internal import VoxelOps

/// A point of the bone's surface.
package struct SurfaceSample: Sendable {
  /// In LPS mm, half-way between a voxel of bone and one that is none.
  package var point: SIMD3<Double>
  /// Out of the bone; of length 1.
  package var normal: SIMD3<Double>
  /// How exactly the voxels place the surface along the normal: the standard deviation in mm.
  package var sigma: Double
}

/// Points of the bone's surface, the same at any number of threads.
package enum SurfaceSamples {
  /// About `count` points or fewer, in an order that has nothing to do with where they lie.
  ///
  /// Faces between voxels are drawn by a hash of their place.
  /// - Complexity: a pass over the bone's box; for each point the voxels in a ball about it.
  package static func of(_ bone: Mask, count: Int, threads: Int) -> [SurfaceSample] {
    let sizes = bone.sizes
    guard var box = bone.boundingBox(threads: threads),
      let indexFromLPS = bone.geometry.indexFromLPS
    else { return [] }
    // A face belongs to the lower one of its voxels.
    for axis in 0..<3 { box.lower[axis] = max(0, box.lower[axis] - 1) }
    // A head has some 250,000 mm² of bone's surface; of its faces a few more are drawn than are kept.
    let spacing = bone.geometry.spacing
    let face = spacing.x * spacing.y * spacing.z / max(spacing.max(), 1e-9)
    let share = min(1, 2 * Double(count) * max(face, 1e-9) / 250_000)
    let limit = UInt64(share * 0x1p32)
    let drawn = Slabs.map(box.extent.z, threads: threads) { slab -> [Face] in
      var faces: [Face] = []
      bone.withBytes { bytes in
        let scan = FaceScan(bytes.baseAddress!, sizes, limit: limit)
        for z in slab {
          for y in 0..<box.extent.y {
            scan.row(
              box.lower.x..<box.upper.x, y: y + box.lower.y, z: z + box.lower.z, into: &faces)
          }
        }
      }
      return faces
    }.flatMap { $0 }
    let chosen = drawn.sorted { ($0.hash, $0.key) < ($1.hash, $1.key) }.prefix(count)
    let ball = NormalBall(bone.geometry, indexFromLPS: indexFromLPS)
    let faces = Array(chosen)
    return bone.withBytes { bytes in
      let base = bytes.baseAddress!
      return Slabs.map(faces.count, threads: threads) { slab in
        slab.compactMap { ball.sample(faces[$0], base, sizes) }
      }.flatMap { $0 }
    }
  }

  /// A face between two voxels of which one is bone.
  fileprivate struct Face {
    /// Three times the place of the lower voxel in memory, plus the axis.
    var key: Int
    var hash: UInt64
  }

  /// Finds faces in rows.
  private struct FaceScan {
    let base: UnsafePointer<UInt8>
    let sizes: GridSize
    let limit: UInt64

    init(_ base: UnsafePointer<UInt8>, _ sizes: GridSize, limit: UInt64) {
      (self.base, self.sizes, self.limit) = (base, sizes, limit)
    }

    func row(_ columns: Range<Int>, y: Int, z: Int, into faces: inout [Face]) {
      let start = sizes.x * (y + sizes.y * z)
      let steps = [1, y + 1 < sizes.y ? sizes.x : 0, z + 1 < sizes.z ? sizes.x * sizes.y : 0]
      var x = columns.lowerBound
      while x < columns.upperBound {
        let p = base + start + x
        // Eight voxels at once: most have neighbours like themselves.
        if x + 9 <= columns.upperBound {
          let word = UnsafeRawPointer(p).loadUnaligned(as: UInt64.self)
          var other: UInt64 = 0
          for step in steps {
            other |= word ^ UnsafeRawPointer(p + step).loadUnaligned(as: UInt64.self)
          }
          if other == 0 {
            x += 8
            continue
          }
        }
        for axis in 0..<3 where axis > 0 || x + 1 < sizes.x {
          guard p[0] != p[steps[axis]] else { continue }
          let key = 3 * (start + x) + axis
          let hash = Self.mixed(UInt64(key))
          if hash >> 32 < limit { faces.append(Face(key: key, hash: hash)) }
        }
        x += 1
      }
    }

    /// The finaliser of SplitMix64.
    private static func mixed(_ value: UInt64) -> UInt64 {
      var z = value &+ 0x9E37_79B9_7F4A_7C15
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  /// The way out of the bone at a face: away from the bone in balls about its voxels.
  private struct NormalBall {
    private let lpsFromIndex: Affine
    /// Gradients per voxel → LPS, per mm.
    private let covariant: Matrix3
    private let squares: SIMD3<Double>
    private let offsets: [(x: Int, y: Int, z: Int)]
    private let sigmas: SIMD3<Double>
    private let axes: [SIMD3<Double>]

    /// The radius in mm; longer where voxels are.
    private static let radius = 2.5

    init(_ geometry: Geometry, indexFromLPS: Affine) {
      lpsFromIndex = geometry.lpsFromIndex
      covariant = indexFromLPS.linear.transposed
      let spacing = geometry.spacing
      func steps(_ axis: Int) -> Double {
        min(16, max(1.5, Self.radius / max(spacing[axis], 1e-3)))
      }
      let radii = SIMD3(steps(0), steps(1), steps(2))
      squares = radii * radii
      let whole = SIMD3(Int(radii.x), Int(radii.y), Int(radii.z))
      var found: [(x: Int, y: Int, z: Int)] = []
      for z in -whole.z...whole.z {
        for y in -whole.y...whole.y {
          for x in -whole.x...whole.x {
            let p = SIMD3(Double(x), Double(y), Double(z)) / radii
            if p.dot(p) <= 1 { found.append((x, y, z)) }
          }
        }
      }
      offsets = found
      // Of an even distribution over a voxel.
      sigmas = spacing / 12.0.squareRoot()
      axes = (0..<3).map { geometry.lpsFromIndex.linear[$0] / max(spacing[$0], 1e-9) }
    }

    func sample(_ face: Face, _ base: UnsafePointer<UInt8>, _ sizes: GridSize) -> SurfaceSample? {
      let (place, axis) = face.key.quotientAndRemainder(dividingBy: 3)
      let (row, x) = place.quotientAndRemainder(dividingBy: sizes.x)
      let (z, y) = row.quotientAndRemainder(dividingBy: sizes.y)
      var other = (x: x, y: y, z: z)
      switch axis {
      case 0: other.x += 1
      case 1: other.y += 1
      default: other.z += 1
      }
      // Sums of steps in voxels, about both voxels of the face.
      var (sx, sy, sz) = (0, 0, 0)
      for middle in [(x: x, y: y, z: z), other] {
        for step in offsets {
          let (a, b, c) = (middle.x + step.x, middle.y + step.y, middle.z + step.z)
          guard a >= 0, b >= 0, c >= 0, a < sizes.x, b < sizes.y, c < sizes.z else { continue }
          if base[a + sizes.x * (b + sizes.y * c)] != 0 {
            (sx, sy, sz) = (sx + step.x, sy + step.y, sz + step.z)
          }
        }
      }
      var half = SIMD3<Double>.zero
      half[axis] = 0.5
      // Over a ball's second moments the sums are the gradient of the bone along the voxels' axes.
      let slope = SIMD3(Double(sx), Double(sy), Double(sz)) / squares
      let inwards = covariant * slope
      let length = inwards.length
      guard length > 1e-6 else { return nil }
      let normal = -inwards / length
      return SurfaceSample(
        point: lpsFromIndex * (SIMD3(Double(x), Double(y), Double(z)) + half), normal: normal,
        sigma: sigmas[axis] * abs(normal.dot(axes[axis])))
    }
  }
}
