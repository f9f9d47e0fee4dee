public import Volumes

/// Which values are inside a mask. A voxel that is not a number (NaN) never is.
public enum Threshold: Hashable, Sendable {
  /// Values v ≥ t, in the units of the voxels, such as HU.
  case atLeast(Double)
  /// Values from the lower to the upper bound, both included.
  case range(ClosedRange<Double>)
  /// The one value n: a label of several.
  case label(Int)
  /// Every value but 0: the mask of a file of labels.
  case nonzero
}

extension Volume {
  /// The voxels whose values are within a threshold.
  ///
  /// Exact for every voxel type: bounds are turned into the voxel's type (the smallest value not
  /// below the lower bound, the greatest not above the upper), never voxels into doubles. A
  /// threshold that is not a number gives the empty mask.
  ///
  /// *Shape*: the grid of the volume. *Units*: those of the voxels, such as HU.
  /// - Complexity: one pass; one new mask, except for `nonzero` on bytes that are 0 and 1, which
  ///   shares the memory of the volume.
  public func binarized(in threshold: Threshold, threads: Int = 1) -> Mask {
    if threshold == .nonzero, let bytes = self as? Volume<UInt8>,
      let mask = Mask(zerosAndOnes: bytes)
    {
      return mask
    }
    return Mask(unwrittenOn: geometry) { out in
      withVoxels { voxels in
        Binarizer(
          source: voxels.baseAddress!, target: out.baseAddress!, count: voxels.count,
          threads: threads
        ).run(Voxel.scalarType, threshold)
      }
    }
  }

  /// The voxels from the lower to the upper bound, both included.
  ///
  /// See the function of the same name that takes a ``Threshold``.
  public func binarized(in range: ClosedRange<Double>, threads: Int = 1) -> Mask {
    binarized(in: .range(range), threads: threads)
  }
}

/// The loops behind `binarized`, one concrete copy a type: they must not be generic over the volume's
/// own voxel type, or the compiler leaves them unspecialised and many times slower.
private struct Binarizer {
  let source: UnsafeRawPointer
  let target: UnsafeMutablePointer<UInt8>
  let count: Int
  let threads: Int

  func run(_ type: ScalarType, _ threshold: Threshold) {
    switch type {
    case .int8: integers(Int8.self, threshold)
    case .uint8: integers(UInt8.self, threshold)
    case .int16: integers(Int16.self, threshold)
    case .uint16: integers(UInt16.self, threshold)
    case .int32: integers(Int32.self, threshold)
    case .uint32: integers(UInt32.self, threshold)
    case .int64: integers(Int64.self, threshold)
    case .uint64: integers(UInt64.self, threshold)
    case .float: reals(Float.self, threshold)
    case .double: reals(Double.self, threshold)
    }
  }

  private func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _: Integer.Type, _ threshold: Threshold
  ) {
    switch threshold {
    case .nonzero:
      mark(IsNonzero<Integer>())
    case .label(let n):
      guard let n = Integer(exactly: n) else { return markNone() }
      mark(IsEqual(value: n))
    case .atLeast(let t):
      guard let lower = Integer(notBelow: t) else { return markNone() }
      mark(IsAtLeast(lower: lower))
    case .range(let bounds):
      guard let lower = Integer(notBelow: bounds.lowerBound),
        let upper = Integer(notAbove: bounds.upperBound)
      else { return markNone() }
      mark(IsBetween(lower: lower, upper: upper))
    }
  }

  private func reals<Real: BinaryFloatingPoint & BitwiseCopyable>(
    _: Real.Type, _ threshold: Threshold
  ) {
    switch threshold {
    case .nonzero:
      mark(IsNonzero<Real>())
    case .label(let n):
      guard let n = Real(exactly: n) else { return markNone() }
      mark(IsEqual(value: n))
    case .atLeast(let t):
      let lower = Real(notBelow: t)
      mark(IsAtLeast(lower: lower))
    case .range(let bounds):
      let (lower, upper) = (Real(notBelow: bounds.lowerBound), Real(notAbove: bounds.upperBound))
      mark(IsBetween(lower: lower, upper: upper))
    }
  }

  private func markNone() { target.update(repeating: 0, count: count) }

  /// Writes 1 where a value is inside, 0 elsewhere.
  private func mark<Test: VoxelMapping>(_ isInside: Test) where Test.To == UInt8 {
    isInside.run(source, target, count: count, threads: threads)
  }
}

// A value that is no number is in none of them.

private struct IsNonzero<From: Comparable & Numeric & BitwiseCopyable>: VoxelMapping {
  func callAsFunction(_ value: From) -> UInt8 { (value < 0 ? 1 : 0) | (value > 0 ? 1 : 0) }
}

private struct IsEqual<From: Equatable & BitwiseCopyable>: VoxelMapping {
  let value: From
  func callAsFunction(_ value: From) -> UInt8 { value == self.value ? 1 : 0 }
}

private struct IsAtLeast<From: Comparable & BitwiseCopyable>: VoxelMapping {
  let lower: From
  func callAsFunction(_ value: From) -> UInt8 { value >= lower ? 1 : 0 }
}

private struct IsBetween<From: Comparable & BitwiseCopyable>: VoxelMapping {
  let lower: From
  let upper: From
  func callAsFunction(_ value: From) -> UInt8 {
    (value >= lower ? 1 : 0) & (value <= upper ? 1 : 0)
  }
}

extension AnyVolume {
  /// The voxels whose values are within a threshold; see ``Volume/binarized(in:threads:)``.
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
