import Concurrency
public import Errors
public import Volumes
internal import VoxelOps

extension Mask {
  /// The mirror image on the other side of a plane.
  ///
  /// A voxel belongs to the image where the mask, taken as 0 and 1 and interpolated trilinearly, is
  /// at least one half at the voxel's mirror point; outside its grid the mask is 0. Against the
  /// nearest voxel this halves the mistakes along surfaces, and mirroring twice gives the mask back
  /// but for edges of a voxel.
  ///
  /// *Shape*: the grid of the mask. Oblique, left-handed and anisotropic grids are right.
  /// - Complexity: O(voxels of the mask's bounding box), the same bytes at any `threads`; one new
  ///   mask.
  /// - Throws: `Diagnostic` with code `singularGeometry`.
  public func mirrored(
    across plane: MidsagittalPlane, threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    try mirrored(across: plane, onto: geometry, threads: threads)
  }

  /// The mirror image, moved by a displacement field, on another grid.
  ///
  /// A point p takes its value from the mirror image at p + u(p), u being the field's value there.
  /// Otherwise as ``mirrored(across:threads:)``.
  /// - Throws: `Diagnostic` with code `singularGeometry`.
  public func mirrored(
    across plane: MidsagittalPlane, onto target: Geometry,
    displacedBy field: DisplacementField? = nil, threads: Int = 1
  ) throws(Diagnostic) -> Mask {
    guard let indexFromLPS = geometry.indexFromLPS, target.indexFromLPS != nil else {
      throw Diagnostic(
        .singularGeometry, field: "space directions", expected: "three that span space",
        found: "\(geometry.directions.columns)", remedy: "state the directions of the axes")
    }
    guard let box = boundingBox(threads: threads) else { return Mask(emptyOn: target) }
    let sampler = MirrorSampler(
      sizes: sizes, box: box, source: indexFromLPS * plane.reflection * target.lpsFromIndex,
      toSource: (indexFromLPS * plane.reflection).linear, field: field, target: target)
    return Mask(on: target) { out in
      withBytes { bytes in
        Slabs.run(target.sizes.z, threads: threads) { slab in
          for z in slab {
            for y in 0..<target.sizes.y {
              let row = out.baseAddress! + (z * target.sizes.y + y) * target.sizes.x
              sampler.fillRow(row, y: y, z: z, from: bytes.baseAddress!)
            }
          }
        }
      }
    }
  }
}

/// Fills rows of a mirror image.
private struct MirrorSampler {
  private let sizes: GridSize
  /// Where an index of the source must lie to be able to see the mask, and the slack that a row
  /// gets because of displacements.
  private let lower: SIMD3<Double>
  private let upper: SIMD3<Double>
  private let slack: SIMD3<Double>
  private let source: Affine
  private let toSource: Matrix3
  private let field: DisplacementField?
  private let fieldFromTarget: Affine
  private let width: Int

  init(
    sizes: GridSize, box: IndexBox, source: Affine, toSource: Matrix3, field: DisplacementField?,
    target: Geometry
  ) {
    self.sizes = sizes
    self.source = source
    self.toSource = toSource
    self.field = field
    width = target.sizes.x
    fieldFromTarget =
      field.map { $0.indexFromLPS * target.lpsFromIndex } ?? Affine(linear: .identity)
    lower = SIMD3(Double(box.lower.x), Double(box.lower.y), Double(box.lower.z)) - 1
    upper = SIMD3(Double(box.upper.x), Double(box.upper.y), Double(box.upper.z))
    let rows = toSource.transposed
    slack = (field?.largest ?? 0) * SIMD3(rows[0].length, rows[1].length, rows[2].length)
  }

  func fillRow(
    _ row: UnsafeMutablePointer<UInt8>, y: Int, z: Int, from bytes: UnsafePointer<UInt8>
  ) {
    let start = source * SIMD3(0, Double(y), Double(z))
    let step = source.linear[0]
    let span = visible(from: start, step: step)
    guard let field else {
      for x in span {
        row[x] = isInside(SIMD3<Float>(start + Double(x) * step), bytes) ? 1 : 0
      }
      return
    }
    let fieldStart = fieldFromTarget * SIMD3(0, Double(y), Double(z))
    let fieldStep = fieldFromTarget.linear[0]
    let columns = toSource.columns
    let c = (SIMD3<Float>(columns.0), SIMD3<Float>(columns.1), SIMD3<Float>(columns.2))
    field.displacements.withUnsafeBufferPointer { values in
      for x in span {
        let u = DisplacementField.value(
          in: values.baseAddress!, sizes: field.geometry.sizes,
          at: SIMD3<Float>(fieldStart + Double(x) * fieldStep))
        let q = SIMD3<Float>(start + Double(x) * step) + c.0 * u.x + c.1 * u.y + c.2 * u.z
        row[x] = isInside(q, bytes) ? 1 : 0
      }
    }
  }

  /// The part of a row whose source points can lie in the box of the mask.
  private func visible(from start: SIMD3<Double>, step: SIMD3<Double>) -> Range<Int> {
    var (first, last) = (0.0, Double(width - 1))
    for axis in 0..<3 {
      let low = lower[axis] - slack[axis] - start[axis]
      let high = upper[axis] + slack[axis] - start[axis]
      if abs(step[axis]) < 1e-12 {
        if low > 0 || high < 0 { return 0..<0 }
      } else {
        let (a, b) = (low / step[axis], high / step[axis])
        first = max(first, min(a, b))
        last = min(last, max(a, b))
      }
    }
    guard first <= last else { return 0..<0 }
    return Int(first.rounded(.down))..<min(width, Int(last.rounded(.up)) + 1)
  }

  /// Whether the trilinear value at an index is at least one half.
  @inline(__always)
  private func isInside(_ q: SIMD3<Float>, _ bytes: UnsafePointer<UInt8>) -> Bool {
    let floor = q.rounded(.down)
    let (x, y, z) = (Int(floor.x), Int(floor.y), Int(floor.z))
    guard x >= -1, y >= -1, z >= -1, x < sizes.x, y < sizes.y, z < sizes.z else { return false }
    let t = q - floor
    if x >= 0, y >= 0, z >= 0, x + 1 < sizes.x, y + 1 < sizes.y, z + 1 < sizes.z {
      let at = bytes + (x + sizes.x * (y + sizes.y * z))
      let (up, far) = (sizes.x, sizes.x * sizes.y)
      let sum =
        at[0] + at[1] + at[up] + at[up + 1] + at[far] + at[far + 1] + at[far + up]
        + at[far + up + 1]
      // Most points see nothing but bone or nothing but its absence.
      if sum == 0 || sum == 8 { return sum == 8 }
      func alongX(_ p: UnsafePointer<UInt8>) -> Float {
        Float(p[0]) + t.x * (Float(p[1]) - Float(p[0]))
      }
      let near = alongX(at) + t.y * (alongX(at + up) - alongX(at))
      let further = alongX(at + far) + t.y * (alongX(at + far + up) - alongX(at + far))
      // An image on the grid itself gives exact halves and wholes but for rounding.
      return near + t.z * (further - near) >= 0.5 - 1e-4
    }
    return borderValue(x, y, z, t, bytes) >= 0.5 - 1e-4
  }

  /// The trilinear value where some of the eight voxels lie outside the grid and count as 0.
  private func borderValue(
    _ x: Int, _ y: Int, _ z: Int, _ t: SIMD3<Float>, _ bytes: UnsafePointer<UInt8>
  ) -> Float {
    var total: Float = 0
    for corner in 0..<8 {
      let (a, b, c) = (x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2))
      guard a >= 0, b >= 0, c >= 0, a < sizes.x, b < sizes.y, c < sizes.z else { continue }
      let weight =
        (corner & 1 != 0 ? t.x : 1 - t.x) * (corner >> 1 & 1 != 0 ? t.y : 1 - t.y)
        * (corner >> 2 != 0 ? t.z : 1 - t.z)
      total += weight * Float(bytes[a + sizes.x * (b + sizes.y * c)])
    }
    return total
  }
}
