import Concurrency
public import Errors
public import Volumes

private import Glibc

extension Volume {
  /// The volume smoothed by a Gaussian.
  ///
  /// The kernel is separable and cut off at four standard deviations. Outside the grid, the values
  /// of its border are used. NaN spreads as far as the kernel reaches.
  ///
  /// *Shape*: the grid of the volume. *Units*: `sigma` in mm, the same along all axes; the spacing
  /// is used, and axes are taken as orthogonal.
  /// - Parameter sigma: the standard deviation; 0 changes nothing.
  /// - Throws: `Diagnostic` with code `badSize` if `sigma` is negative, NaN, or more than 1000
  ///   voxels.
  /// - Complexity: O(voxels × sigma in voxels), the same bytes at any `threads`; 4 bytes a voxel, and
  ///   4·nx·max(ny, nz) bytes a thread.
  ///
  /// *Reference*: scipy 1.17 `gaussian_filter` with `mode="nearest"`.
  public func smoothed(
    sigma: Double, threads: Int = 1
  ) throws(Diagnostic) -> Volume<Float> {
    let kernels = try GaussianKernel.along(geometry, sigma: sigma)
    var out = floats(threads: threads)
    let sizes = sizes
    out.withMutableVoxels { voxels in
      let base = voxels.baseAddress!
      let plane = sizes.x * sizes.y
      Slabs.run(sizes.z, threads: threads) { slab in
        let rows = kernels[0].map { LineSmoother($0, width: 1, count: sizes.x) }
        let columns = kernels[1].map { LineSmoother($0, width: sizes.x, count: sizes.y) }
        defer {
          rows?.deallocate()
          columns?.deallocate()
        }
        for z in slab {
          for y in 0..<sizes.y { rows?.smoothRow(base + z * plane + y * sizes.x) }
          columns?.smooth(base + z * plane, stride: sizes.x)
        }
      }
      guard let kernel = kernels[2] else { return }
      Slabs.run(sizes.y, threads: threads) { slab in
        let columns = LineSmoother(kernel, width: sizes.x, count: sizes.z)
        defer { columns.deallocate() }
        for y in slab { columns.smooth(base + y * sizes.x, stride: plane) }
      }
    }
    return out
  }

  /// The voxels as floats; integers of more than 24 bits are rounded.
  ///
  /// - Complexity: one pass; one new volume.
  public func floats(threads: Int = 1) -> Volume<Float> {
    Volume<Float>(unwrittenOn: geometry) { out in
      withVoxels { voxels in
        FloatConversion(
          source: UnsafeRawPointer(voxels.baseAddress!), target: out.baseAddress!,
          count: voxels.count, threads: threads
        ).run(Voxel.scalarType)
      }
    }
  }
}

extension Mask {
  /// The mask as 0 and 1, smoothed by a Gaussian; see `Volume.smoothed(sigma:threads:)`.
  ///
  /// From 0.5 on it is a mask again whose edges are rounder.
  public func smoothed(
    sigma: Double, threads: Int = 1
  ) throws(Diagnostic) -> Volume<Float> {
    try asVolume.smoothed(sigma: sigma, threads: threads)
  }
}

/// Half of a Gaussian's weights, from its middle on; all of them sum to 1.
private struct GaussianKernel {
  let weights: [Float]

  /// The kernels along x, y, z; nil where nothing changes.
  static func along(
    _ geometry: Geometry, sigma: Double
  ) throws(Diagnostic) -> [GaussianKernel?] {
    var kernels: [GaussianKernel?] = []
    for axis in 0..<3 {
      let voxels = sigma / geometry.spacing[axis]
      // Written so that what is no number is refused too.
      guard voxels >= 0, voxels <= 1000 else {
        throw Diagnostic(
          .badSize, field: "sigma", expected: "0 to 1000 voxels",
          found: "\(voxels) along axis \(axis)",
          remedy: "choose another number of mm or correct the header")
      }
      let reach = Int(4 * voxels + 0.5)
      guard reach > 0 else {
        kernels.append(nil)
        continue
      }
      let shape = (0...reach).map { exp(-0.5 * Double($0 * $0) / (voxels * voxels)) }
      let sum = 2 * shape.dropFirst().reduce(0, +) + 1
      kernels.append(GaussianKernel(weights: shape.map { Float($0 / sum) }))
    }
    return kernels
  }
}

/// Smooths lines of rows: each row a weighted sum of those around it.
private struct LineSmoother {
  private let kernel: GaussianKernel
  private let width: Int
  private let count: Int
  private let copy: UnsafeMutablePointer<Float>

  init(_ kernel: GaussianKernel, width: Int, count: Int) {
    (self.kernel, self.width, self.count) = (kernel, width, count)
    // A single line is copied with its continuation on both sides.
    let margin = width == 1 ? 2 * kernel.weights.count : 0
    copy = .allocate(capacity: width * count + margin)
  }

  func deallocate() { copy.deallocate() }

  /// Along y or z: row i lies at `lines + i·stride`.
  func smooth(_ lines: UnsafeMutablePointer<Float>, stride: Int) {
    for i in 0..<count { (copy + i * width).update(from: lines + i * stride, count: width) }
    let weights = kernel.weights
    for i in 0..<count {
      let (out, middle) = (lines + i * stride, copy + i * width)
      for x in 0..<width { out[x] = weights[0] * middle[x] }
      for k in 1..<weights.count {
        let before = copy + max(0, i - k) * width
        let after = copy + min(count - 1, i + k) * width
        let weight = weights[k]
        for x in 0..<width { out[x] += weight * (before[x] + after[x]) }
      }
    }
  }

  /// Along x.
  func smoothRow(_ row: UnsafeMutablePointer<Float>) {
    let weights = kernel.weights
    let reach = weights.count - 1
    let middle = copy + reach
    middle.update(from: row, count: count)
    copy.update(repeating: row[0], count: reach)
    (middle + count).update(repeating: row[count - 1], count: reach)
    for x in 0..<count { row[x] = weights[0] * middle[x] }
    for k in 1..<weights.count {
      let weight = weights[k]
      for x in 0..<count { row[x] += weight * (middle[x &- k] + middle[x &+ k]) }
    }
  }
}

/// The loops behind `floats`, one concrete copy a type.
private struct FloatConversion {
  let source: UnsafeRawPointer
  let target: UnsafeMutablePointer<Float>
  let count: Int
  let threads: Int

  func run(_ type: ScalarType) {
    switch type {
    case .int8: convert(ToFloat<Int8>())
    case .uint8: convert(ToFloat<UInt8>())
    case .int16: convert(ToFloat<Int16>())
    case .uint16: convert(ToFloat<UInt16>())
    case .int32: convert(ToFloat<Int32>())
    case .uint32: convert(ToFloat<UInt32>())
    case .int64: convert(ToFloat<Int64>())
    case .uint64: convert(ToFloat<UInt64>())
    case .float: convert(ToFloat<Float>())
    case .double: convert(ToFloat<Double>())
    }
  }

  private func convert<Known>(_ toFloat: ToFloat<Known>) {
    toFloat.run(source, target, count: count, threads: threads)
  }
}

private struct ToFloat<From: VoxelScalar>: VoxelMapping {
  func callAsFunction(_ value: From) -> Float { Float(value.doubleValue) }
}
