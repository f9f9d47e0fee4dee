import Volumes

/// How voxels become numbers that can be weighted, and how those become voxels again.
///
/// A type rather than two closures: the compiler then makes a copy of the loops for each.
protocol VoxelArithmetic {
  /// The voxels that are read.
  associatedtype From: BitwiseCopyable
  /// The voxels that are written.
  associatedtype To: BitwiseCopyable
  /// What sums are made in.
  associatedtype Real: BinaryFloatingPoint & BitwiseCopyable

  static func load(_ voxel: From) -> Real
  /// A sum within the range of what was read.
  static func store(_ sum: Real) -> To
  /// A sum that may lie beyond the range of what is written.
  static func storeClamped(_ sum: Real) -> To
}

extension VoxelArithmetic {
  @inline(__always) static func storeClamped(_ sum: Real) -> To { store(sum) }
}

/// Integers of 8 and 16 bits, summed in float: 24 bits are more than they have.
enum NarrowArithmetic<Integer: FixedWidthInteger & BitwiseCopyable>: VoxelArithmetic {
  @inline(__always) static func load(_ voxel: Integer) -> Float { Float(voxel) }

  @inline(__always) static func store(_ sum: Float) -> Integer {
    // Adding 1.5 · 2²³ leaves no bits for a fraction, so the sum is rounded half to even and its
    // low bits are the integer; holds below 2²², and is far quicker than a call to `rint`.
    let magic: Float = 12_582_912
    let bits = (sum + magic).bitPattern &- magic.bitPattern
    return Integer(truncatingIfNeeded: Int32(bitPattern: bits))
  }

  @inline(__always) static func storeClamped(_ sum: Float) -> Integer {
    // What is no number fails both comparisons and becomes 0.
    let (least, most) = (Float(Integer.min), Float(Integer.max))
    if sum >= least, sum <= most { return store(sum) }
    return sum > most ? .max : sum < least ? .min : 0
  }
}

/// Integers of 32 and 64 bits, summed in double: right to its precision beyond 2⁵³.
enum WideArithmetic<Integer: FixedWidthInteger & VoxelScalar>: VoxelArithmetic {
  @inline(__always) static func load(_ voxel: Integer) -> Double { Double(voxel) }
  @inline(__always) static func store(_ sum: Double) -> Integer { Integer(nearest: sum) }
}

/// Floats and doubles, summed in their own type.
enum RealArithmetic<Real: BinaryFloatingPoint & BitwiseCopyable>: VoxelArithmetic {
  @inline(__always) static func load(_ voxel: Real) -> Real { voxel }
  @inline(__always) static func store(_ sum: Real) -> Real { sum }
}

/// The part of a voxel that is inside a mask.
enum MaskArithmetic: VoxelArithmetic {
  @inline(__always) static func load(_ voxel: UInt8) -> Float { Float(voxel) }
  @inline(__always) static func store(_ sum: Float) -> Float { sum }
}
