/// A set of voxels of a grid: bone, a defect, an implant.
///
/// *Memory order*: one byte a voxel, 0 (outside) or 1 (inside), laid out as in ``Volume``.
public struct Mask: Sendable, Equatable {
  // Invariant: every byte is 0 or 1.
  @usableFromInline var volume: Volume<UInt8>

  /// A mask on this grid with no voxel inside.
  @inlinable
  public init(emptyOn geometry: Geometry) { volume = Volume(zerosOn: geometry) }

  /// A mask whose bytes `fill` writes, each 0 or 1; the memory it gets is zeroed.
  @inlinable
  public init<Failure: Error>(
    on geometry: Geometry,
    filling fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    volume = try Volume(on: geometry, filling: fill)
    assert(volume.withVoxels { $0.allSatisfy { $0 <= 1 } }, "a mask holds 0 and 1 only")
  }

  /// A mask whose bytes `fill` writes, every one of them, each 0 or 1; the memory it gets holds anything.
  @inlinable
  public init<Failure: Error>(
    unwrittenOn geometry: Geometry,
    filling fill: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Void
  ) throws(Failure) {
    volume = try Volume(unwrittenOn: geometry, filling: fill)
    assert(volume.withVoxels { $0.allSatisfy { $0 <= 1 } }, "a mask holds 0 and 1 only")
  }

  /// The voxels of `volume` that are not 0.
  public init<Voxel: VoxelScalar>(nonzeroOf volume: Volume<Voxel>) {
    self.init(unwrittenOn: volume.geometry) { bytes in
      volume.withVoxels { voxels in
        for i in 0..<voxels.count { bytes[i] = voxels[i] != 0 ? 1 : 0 }
      }
    }
  }

  /// A volume of 0 and 1 as the mask that it is, with its memory; nil where it holds other values.
  ///
  /// - Complexity: one pass, ended by the first other value; no memory.
  public init?(zerosAndOnes volume: Volume<UInt8>) {
    guard volume.bytesAreClear(of: 0xfefe_fefe_fefe_fefe) else { return nil }
    self.volume = volume
  }

  /// Sizes in voxels, and placement in mm.
  @inlinable public var geometry: Geometry { volume.geometry }
  /// Sizes along x, y, z in voxels.
  @inlinable public var sizes: GridSize { volume.sizes }
  /// Bytes of all voxels together, one each.
  @inlinable public var byteCount: Int { volume.byteCount }

  /// The mask as a volume of 0 and 1.
  public var asVolume: Volume<UInt8> { volume }

  /// The bytes, each 0 or 1, read only.
  @inlinable
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try volume.withVoxels(body)
  }

  /// The bytes, writable; write 0 and 1 only.
  @inlinable
  public mutating func withMutableBytes<Result, Failure: Error>(
    _ body: (UnsafeMutableBufferPointer<UInt8>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try volume.withMutableVoxels(body)
  }

  /// One voxel; for tests and single probes.
  @inlinable
  public subscript(x: Int, y: Int, z: Int) -> Bool {
    get { volume[x, y, z] != 0 }
    set { volume[x, y, z] = newValue ? 1 : 0 }
  }

  /// The number of voxels in the mask.
  ///
  /// - Complexity: one pass over the bytes.
  public var voxelCount: Int {
    withBytes { bytes in
      // 255 bytes of 0 or 1 fit an 8-bit lane, so sum lanes and widen once per block.
      var total = 0
      var i = 0
      let raw = UnsafeRawBufferPointer(bytes)
      while i + 32 * 255 <= raw.count {
        var lanes = SIMD32<UInt8>()
        for step in 0..<255 {
          lanes &+= raw.loadUnaligned(fromByteOffset: i + step * 32, as: SIMD32<UInt8>.self)
        }
        let low = SIMD16<UInt16>(truncatingIfNeeded: lanes.lowHalf)
        let high = SIMD16<UInt16>(truncatingIfNeeded: lanes.highHalf)
        total += Int((low &+ high).wrappedSum())
        i += 32 * 255
      }
      while i < raw.count {
        total += Int(raw[i])
        i += 1
      }
      return total
    }
  }

  /// Whether no voxel is in the mask.
  ///
  /// - Complexity: one pass, ended by the first voxel.
  public var isEmpty: Bool { volume.bytesAreClear(of: .max) }
}

extension Volume<UInt8> {
  /// Whether no eight bytes have a bit of a pattern.
  fileprivate func bytesAreClear(of bits: UInt64) -> Bool {
    withVoxels { bytes in
      let raw = UnsafeRawBufferPointer(bytes)
      var i = 0
      while i + 64 <= raw.count {
        let words = raw.loadUnaligned(fromByteOffset: i, as: SIMD8<UInt64>.self)
        let half = words.lowHalf | words.highHalf
        let quarter = half.lowHalf | half.highHalf
        guard (quarter[0] | quarter[1]) & bits == 0 else { return false }
        i += 64
      }
      return raw[i...].allSatisfy { $0 & UInt8(truncatingIfNeeded: bits) == 0 }
    }
  }
}
