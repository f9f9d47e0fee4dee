public import Volumes

extension Volume {
  /// The value that best divides the voxels in two classes: those above it and the others.
  ///
  /// Otsu's criterion, the largest variance between the classes. Integers are counted one by one where
  /// they span fewer than 2¹⁶ values; else, and for floats, 256 bins of equal width, of which the
  /// middle counts. Infinities and what is no number are left out. nil where all values are the same,
  /// or there are none.
  ///
  /// `binarized(in: .above(threshold))` takes the upper class.
  /// - Complexity: two passes; the counts.
  ///
  /// *Source*: N. Otsu, IEEE Trans. Systems, Man, and Cybernetics 9 (1979). *Reference*: scikit-image
  /// 0.26 `threshold_otsu`.
  public func otsuThreshold() -> Double? {
    withVoxels { voxels in
      OtsuCounts.of(Voxel.scalarType, UnsafeRawPointer(voxels.baseAddress!), voxels.count)
        .flatMap(\.threshold)
    }
  }
}

extension AnyVolume {
  /// The value that best divides the voxels in two classes; see `Volume.otsuThreshold()`.
  public func otsuThreshold() -> Double? {
    func open(_ volume: some TypedVolume) -> Double? { volume.typed.otsuThreshold() }
    return open(base)
  }
}

extension Threshold {
  /// Values v > t: at least the next double above t.
  public static func above(_ value: Double) -> Threshold { .atLeast(value.nextUp) }

  /// What a range of Hounsfield units stands for; the ranges are those of InVesalius 3.1.
  public enum Preset: String, CaseIterable, Hashable, Sendable {
    /// All bone: 226 to 3071 HU.
    case bone
    /// Compact bone: 662 to 1988 HU.
    case compactBone = "compact-bone"
    /// Spongy bone: 148 to 661 HU.
    case spongyBone = "spongy-bone"
    /// Enamel: 1553 to 2850 HU.
    case enamel
    /// Soft tissue: −700 to 225 HU.
    case softTissue = "soft-tissue"
    /// Muscle: −5 to 135 HU.
    case muscle
    /// Fat: −205 to −51 HU.
    case fat
    /// Skin: −718 to −177 HU.
    case skin

    /// The range, both ends included.
    public var range: ClosedRange<Double> {
      switch self {
      case .bone: 226...3071
      case .compactBone: 662...1988
      case .spongyBone: 148...661
      case .enamel: 1553...2850
      case .softTissue: -700...225
      case .muscle: -5...135
      case .fat: -205...(-51)
      case .skin: -718...(-177)
      }
    }
  }

  public static func preset(_ preset: Preset) -> Threshold { .range(preset.range) }
}

/// How many voxels have which value.
private struct OtsuCounts {
  /// The value that each count stands for.
  let values: [Double]
  let counts: [Int]

  /// The largest value of the lower class.
  var threshold: Double? {
    var (total, sum) = (0.0, 0.0)
    for (value, count) in zip(values, counts) {
      total += Double(count)
      sum += Double(count) * value
    }
    var (below, belowSum) = (0.0, 0.0)
    var best: (variance: Double, value: Double)?
    for (value, count) in zip(values, counts).dropLast() {
      below += Double(count)
      belowSum += Double(count) * value
      let above = total - below
      guard below > 0, above > 0 else { continue }
      let difference = belowSum / below - (sum - belowSum) / above
      let variance = below * above * difference * difference
      if variance > best?.variance ?? 0 { best = (variance, value) }
    }
    return best?.value
  }

  static func of(_ type: ScalarType, _ voxels: UnsafeRawPointer, _ count: Int) -> OtsuCounts? {
    switch type {
    case .int8: integers(Int8.self, voxels, count)
    case .uint8: integers(UInt8.self, voxels, count)
    case .int16: integers(Int16.self, voxels, count)
    case .uint16: integers(UInt16.self, voxels, count)
    case .int32: integers(Int32.self, voxels, count)
    case .uint32: integers(UInt32.self, voxels, count)
    case .int64: integers(Int64.self, voxels, count)
    case .uint64: integers(UInt64.self, voxels, count)
    case .float: bins(Float.self, voxels, count) { Double($0) }
    case .double: bins(Double.self, voxels, count) { $0 }
    }
  }

  @inline(__always)
  private static func integers<Integer: FixedWidthInteger & BitwiseCopyable>(
    _: Integer.Type, _ raw: UnsafeRawPointer, _ count: Int
  ) -> OtsuCounts? {
    let voxels = raw.assumingMemoryBound(to: Integer.self)
    var (least, most) = (voxels[0], voxels[0])
    for i in 0..<count {
      least = min(least, voxels[i])
      most = max(most, voxels[i])
    }
    let (span, overflow) = Int(truncatingIfNeeded: most).subtractingReportingOverflow(
      Int(truncatingIfNeeded: least))
    guard !overflow, span >= 0, span < 1 << 16, Integer.bitWidth <= 32 else {
      return bins(Integer.self, raw, count) { Double($0) }
    }
    var counts = [Int](repeating: 0, count: span + 1)
    counts.withUnsafeMutableBufferPointer { counts in
      for i in 0..<count { counts[Int(voxels[i]) &- Int(least)] += 1 }
    }
    return OtsuCounts(values: counts.indices.map { Double(Int(least) + $0) }, counts: counts)
  }

  @inline(__always)
  private static func bins<Known: BitwiseCopyable>(
    _: Known.Type, _ raw: UnsafeRawPointer, _ count: Int, _ double: (Known) -> Double
  ) -> OtsuCounts? {
    let voxels = raw.assumingMemoryBound(to: Known.self)
    var (least, most) = (Double.infinity, -Double.infinity)
    for i in 0..<count {
      let value = double(voxels[i])
      guard value.isFinite else { continue }
      least = min(least, value)
      most = max(most, value)
    }
    // Halves, for the difference of two doubles need not be one.
    let half = most / 2 - least / 2
    guard half > 0 else { return nil }
    let number = 256
    var counts = [Int](repeating: 0, count: number)
    for i in 0..<count {
      let value = double(voxels[i])
      guard value.isFinite else { continue }
      let place = (value / 2 - least / 2) / half * Double(number)
      counts[min(number - 1, Int(place))] += 1
    }
    let values = (0..<number).map {
      least + (Double($0) + 0.5) / Double(number) * half * 2
    }
    return OtsuCounts(values: values, counts: counts)
  }
}
