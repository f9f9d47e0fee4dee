internal import Volumes

/// Linear and area resampling of any voxel type; chooses the path and the precision.
///
/// 8- and 16-bit voxels and floats are summed in float (24 bits are more than they have), all
/// others in double: 64-bit integers beyond 2⁵³ are right to the precision of a double.
struct WeightedResampler {
  let map: GridMap
  let area: Bool
  let threads: Int

  /// Fills `target` from `source`, with `background` outside the source's box.
  func run<Voxel: VoxelScalar>(
    _ source: UnsafePointer<Voxel>, _ target: UnsafeMutablePointer<Voxel>, background: Voxel
  ) {
    let background = background.doubleValue
    switch Voxel.scalarType {
    case .int8: narrow(source, target, Int8.self, background)
    case .uint8: narrow(source, target, UInt8.self, background)
    case .int16: narrow(source, target, Int16.self, background)
    case .uint16: narrow(source, target, UInt16.self, background)
    case .int32: wide(source, target, Int32.self, background)
    case .uint32: wide(source, target, UInt32.self, background)
    case .int64: wide(source, target, Int64.self, background)
    case .uint64: wide(source, target, UInt64.self, background)
    case .float:
      transform(
        source.known(as: Float.self), target.known(as: Float.self), background: Float(background),
        load: { $0 }, store: { $0 })
    case .double:
      transform(
        source.known(as: Double.self), target.known(as: Double.self), background: background,
        load: { $0 }, store: { $0 })
    }
  }

  /// Fills `target` with the part of each voxel that is inside a mask.
  func run(mask: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<Float>) {
    transform(mask, target, background: Float(0), load: { Float($0) }, store: { $0 })
  }

  @inline(__always)
  private func narrow<Voxel: VoxelScalar, Integer: FixedWidthInteger & VoxelScalar>(
    _ source: UnsafePointer<Voxel>, _ target: UnsafeMutablePointer<Voxel>, _: Integer.Type,
    _ background: Double
  ) {
    // Adding 1.5 · 2²³ leaves no bits for a fraction, so the sum is rounded half to even and its
    // low bits are the integer; holds below 2²², and is far quicker than a call to `rint`.
    let magic: Float = 12_582_912
    transform(
      source.known(as: Integer.self), target.known(as: Integer.self),
      background: Float(background), load: { Float($0) },
      store: {
        let bits = ($0 + magic).bitPattern &- magic.bitPattern
        return Integer(truncatingIfNeeded: Int32(bitPattern: bits))
      })
  }

  @inline(__always)
  private func wide<Voxel: VoxelScalar, Integer: FixedWidthInteger & VoxelScalar>(
    _ source: UnsafePointer<Voxel>, _ target: UnsafeMutablePointer<Voxel>, _: Integer.Type,
    _ background: Double
  ) {
    transform(
      source.known(as: Integer.self), target.known(as: Integer.self), background: background,
      load: { Double($0) }, store: { Integer(nearest: $0) })
  }

  @inline(__always)
  private func transform<From: BitwiseCopyable, To, Real: BinaryFloatingPoint>(
    _ source: UnsafePointer<From>, _ target: UnsafeMutablePointer<To>, background: Real,
    load: (From) -> Real, store: (Real) -> To
  ) {
    guard let axes = map.axes else {
      return ObliqueResampler(map, area: area, background: background, threads: threads)
        .run(source, target, load: load, store: store)
    }
    let order = axes.map(\.source)
    let turned = GridSize(map.source[order[0]], map.source[order[1]], map.source[order[2]])
    let resampler = SeparableResampler(
      axes, source: turned, target: map.target, area: area, background: background,
      threads: threads)
    if order == [0, 1, 2] {
      return resampler.run(source, target, load: load, store: store)
    }
    // Axes exchanged: a turned copy of the source first, so that rows lie along x.
    let copy = UnsafeMutablePointer<From>.allocate(capacity: turned.count)
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
    resampler.run(UnsafePointer(copy), target, load: load, store: store)
  }
}

extension UnsafePointer {
  fileprivate func known<Known>(as _: Known.Type) -> UnsafePointer<Known> {
    UnsafeRawPointer(self).assumingMemoryBound(to: Known.self)
  }
}

extension UnsafeMutablePointer {
  fileprivate func known<Known>(as _: Known.Type) -> UnsafeMutablePointer<Known> {
    UnsafeMutableRawPointer(self).assumingMemoryBound(to: Known.self)
  }
}
