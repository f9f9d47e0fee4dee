public import Volumes

/// Which values are inside a mask. A voxel that is not a number (NaN) never is.
public enum Threshold: Hashable, Sendable {
  /// Values v ≥ t.
  case atLeast(Double)
  /// Values from the lower to the upper bound, both included.
  case range(ClosedRange<Double>)
  /// The one value n: a label of several.
  case label(Int)
  /// Every value but 0.
  case nonzero
}

extension Volume {
  /// The voxels whose values a threshold takes in.
  ///
  /// Exact for every voxel type: bounds are turned into the voxel's type (the smallest value not
  /// below the lower bound, the greatest not above the upper), never voxels into doubles. A
  /// threshold that is not a number takes in nothing.
  ///
  /// *Shape*: the grid of the volume. *Units*: those of the voxels, such as HU.
  /// - Complexity: one pass; one new mask.
  public func binarized(in threshold: Threshold, threads: Int = 1) -> Mask {
    switch Voxel.scalarType {
    case .int8: integers(Int8.self, threshold, threads)
    case .uint8: integers(UInt8.self, threshold, threads)
    case .int16: integers(Int16.self, threshold, threads)
    case .uint16: integers(UInt16.self, threshold, threads)
    case .int32: integers(Int32.self, threshold, threads)
    case .uint32: integers(UInt32.self, threshold, threads)
    case .int64: integers(Int64.self, threshold, threads)
    case .uint64: integers(UInt64.self, threshold, threads)
    case .float: reals(Float.self, threshold, threads)
    case .double: reals(Double.self, threshold, threads)
    }
  }

  /// The voxels from the lower to the upper bound, both included.
  ///
  /// See ``binarized(in:threads:)-(Threshold,_)``.
  public func binarized(in range: ClosedRange<Double>, threads: Int = 1) -> Mask {
    binarized(in: .range(range), threads: threads)
  }

  // One concrete copy a type: the loops below are worth nothing where they are generic.

  @inline(__always)
  private func integers<Integer: FixedWidthInteger & VoxelScalar>(
    _: Integer.Type, _ threshold: Threshold, _ threads: Int
  ) -> Mask {
    switch threshold {
    case .nonzero:
      return marking(Integer.self, threads) { $0 != 0 ? 1 : 0 }
    case .label(let n):
      guard let n = Integer(exactly: n) else { return Mask(emptyOn: geometry) }
      return marking(Integer.self, threads) { $0 == n ? 1 : 0 }
    case .atLeast(let t):
      guard let lower = Integer(notBelow: t) else { return Mask(emptyOn: geometry) }
      return marking(Integer.self, threads) { $0 >= lower ? 1 : 0 }
    case .range(let bounds):
      guard let lower = Integer(notBelow: bounds.lowerBound),
        let upper = Integer(notAbove: bounds.upperBound)
      else { return Mask(emptyOn: geometry) }
      return marking(Integer.self, threads) { ($0 >= lower ? 1 : 0) & ($0 <= upper ? 1 : 0) }
    }
  }

  @inline(__always)
  private func reals<Real: BinaryFloatingPoint & VoxelScalar>(
    _: Real.Type, _ threshold: Threshold, _ threads: Int
  ) -> Mask {
    switch threshold {
    case .nonzero:
      return marking(Real.self, threads) { ($0 < 0 ? 1 : 0) | ($0 > 0 ? 1 : 0) }
    case .label(let n):
      guard let n = Real(exactly: n) else { return Mask(emptyOn: geometry) }
      return marking(Real.self, threads) { $0 == n ? 1 : 0 }
    case .atLeast(let t):
      let lower = Real(notBelow: t)
      return marking(Real.self, threads) { $0 >= lower ? 1 : 0 }
    case .range(let bounds):
      let (lower, upper) = (Real(notBelow: bounds.lowerBound), Real(notAbove: bounds.upperBound))
      return marking(Real.self, threads) { ($0 >= lower ? 1 : 0) & ($0 <= upper ? 1 : 0) }
    }
  }

  @inline(__always)
  private func marking<Known: VoxelScalar>(
    _: Known.Type, _ threads: Int, _ inside: (Known) -> UInt8
  ) -> Mask {
    Mask(on: geometry) { out in
      withVoxels { voxels in
        let values = UnsafeRawPointer(voxels.baseAddress!).assumingMemoryBound(to: Known.self)
        let out = out.baseAddress!
        Slabs.run(voxels.count, threads: threads) { for i in $0 { out[i] = inside(values[i]) } }
      }
    }
  }
}

extension AnyVolume {
  /// The voxels whose values a threshold takes in; see ``Volume/binarized(in:threads:)``.
  public func binarized(in threshold: Threshold, threads: Int = 1) -> Mask {
    func open<Opened: TypedVolume>(_ volume: Opened) -> Mask {
      volume.typed.binarized(in: threshold, threads: threads)
    }
    return open(base)
  }
}

extension FixedWidthInteger {
  /// The smallest integer that is not below a bound; nil where there is none.
  init?(notBelow bound: Double) {
    if let exact = Self(exactly: bound.rounded(.up)) {
      self = exact
    } else if bound < 0 {
      self = .min
    } else {
      return nil
    }
  }

  /// The greatest integer that is not above a bound; nil where there is none.
  init?(notAbove bound: Double) {
    if let exact = Self(exactly: bound.rounded(.down)) {
      self = exact
    } else if bound > 0 {
      self = .max
    } else {
      return nil
    }
  }
}

extension BinaryFloatingPoint {
  /// The smallest value that is not below a bound.
  init(notBelow bound: Double) {
    let near = Self(bound)
    self = Double(near) < bound ? near.nextUp : near
  }

  /// The greatest value that is not above a bound.
  init(notAbove bound: Double) {
    let near = Self(bound)
    self = Double(near) > bound ? near.nextDown : near
  }
}
