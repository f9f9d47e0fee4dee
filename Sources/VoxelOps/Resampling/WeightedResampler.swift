import Concurrency
import Volumes

/// Linear, area and cubic resampling of any voxel type; chooses the path and the precision.
struct WeightedResampler {
  let map: GridMap
  let interpolation: Interpolation
  let threads: Int

  /// Fills `target` from `source`, both of voxels of one type, with `background` outside the
  /// source's box.
  ///
  /// The type comes at run time: in a function that is generic over it the loops would stay
  /// unspecialised.
  func run(
    _ type: ScalarType, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    background: Double
  ) {
    switch type {
    case .int8: run(NarrowArithmetic<Int8>.self, source, target, background)
    case .uint8: run(NarrowArithmetic<UInt8>.self, source, target, background)
    case .int16: run(NarrowArithmetic<Int16>.self, source, target, background)
    case .uint16: run(NarrowArithmetic<UInt16>.self, source, target, background)
    case .int32: run(WideArithmetic<Int32>.self, source, target, background)
    case .uint32: run(WideArithmetic<UInt32>.self, source, target, background)
    case .int64: run(WideArithmetic<Int64>.self, source, target, background)
    case .uint64: run(WideArithmetic<UInt64>.self, source, target, background)
    case .float: run(RealArithmetic<Float>.self, source, target, background)
    case .double: run(RealArithmetic<Double>.self, source, target, background)
    }
  }

  /// Fills `target` with the part of each voxel that is inside a mask.
  func run(mask: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<Float>) {
    run(MaskArithmetic.self, UnsafeRawPointer(mask), UnsafeMutableRawPointer(target), 0)
  }

  private func run<Arithmetic: VoxelArithmetic>(
    _: Arithmetic.Type, _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer,
    _ background: Double
  ) {
    let source = source.assumingMemoryBound(to: Arithmetic.From.self)
    let target = target.assumingMemoryBound(to: Arithmetic.To.self)
    guard interpolation == .cubic else { return weigh(Arithmetic.self, source, target, background) }
    // The spline's coefficients take the place of the voxels.
    let count = map.source.count
    let coefficients = UnsafeMutablePointer<Arithmetic.Real>.allocate(capacity: count)
    defer { coefficients.deallocate() }
    Slabs.run(count, threads: threads) {
      for i in $0 { coefficients[i] = Arithmetic.load(source[i]) }
    }
    SplineFilter<Arithmetic.Real>(sizes: map.source, threads: threads).run(coefficients)
    weigh(SplineArithmetic<Arithmetic>.self, UnsafePointer(coefficients), target, background)
  }

  private func weigh<Arithmetic: VoxelArithmetic>(
    _: Arithmetic.Type, _ source: UnsafePointer<Arithmetic.From>,
    _ target: UnsafeMutablePointer<Arithmetic.To>, _ background: Double
  ) {
    let background = Arithmetic.Real(background)
    guard let axes = map.axes else {
      if interpolation == .cubic {
        return ObliqueSplineResampler<Arithmetic>(
          map: map, background: background, threads: threads
        ).run(source, target)
      }
      return ObliqueResampler<Arithmetic>(
        map, area: interpolation == .area, background: background, threads: threads
      ).run(source, target)
    }
    let order = axes.map(\.source)
    let turned = GridSize(map.source[order[0]], map.source[order[1]], map.source[order[2]])
    let resampler = SeparableResampler<Arithmetic>(
      axes, source: turned, target: map.target, by: interpolation,
      background: background, threads: threads)
    if order == [0, 1, 2] { return resampler.run(source, target) }
    // Axes exchanged: a turned copy of the source first, so that rows lie along x.
    let copy = UnsafeMutablePointer<Arithmetic.From>.allocate(capacity: turned.count)
    defer { copy.deallocate() }
    let strides = [1, map.source.x, map.source.x * map.source.y]
    Slabs.run(turned.z, threads: threads) { slab in
      for z in slab {
        for y in 0..<turned.y {
          let row = source + y * strides[order[1]] + z * strides[order[2]]
          let out = copy + turned.x * (y + turned.y * z)
          let stride = strides[order[0]]
          for x in 0..<turned.x { out[x] = row[x &* stride] }
        }
      }
    }
    resampler.run(UnsafePointer(copy), target)
  }
}
