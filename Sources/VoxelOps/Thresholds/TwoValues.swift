public import Volumes

extension AnyVolume {
  /// Whether the voxels take at most two distinct values, none of them negative or not a number: what a
  /// mask looks like.
  ///
  /// - Complexity: one pass, ended by the first voxels that settle it.
  public var holdsTwoValues: Bool {
    func open(_ volume: some TypedVolume) -> Bool {
      volume.typed.withVoxels { voxels in
        guard let source = voxels.baseAddress else { return true }
        return TwoValues(source: source, count: voxels.count).hold(scalarType)
      }
    }
    return open(base)
  }
}

/// The loops behind `holdsTwoValues`, one concrete copy a type; see `Binarizer` for the reason.
private struct TwoValues {
  let source: UnsafeRawPointer
  let count: Int

  func hold(_ type: ScalarType) -> Bool {
    switch type {
    case .int8: hold(Int8.self)
    case .uint8: hold(UInt8.self)
    case .int16: hold(Int16.self)
    case .uint16: hold(UInt16.self)
    case .int32: hold(Int32.self)
    case .uint32: hold(UInt32.self)
    case .int64: hold(Int64.self)
    case .uint64: hold(UInt64.self)
    case .float: hold(Float.self)
    case .double: hold(Double.self)
    }
  }

  private func hold<Known: Comparable & Numeric & BitwiseCopyable>(_: Known.Type) -> Bool {
    let values = source.assumingMemoryBound(to: Known.self)
    let first = values[0]
    guard first >= 0 else { return false }
    guard let at = differing(from: 0, values, first, first) else { return true }
    // A value that is no number differs from all, itself included.
    let second = values[at]
    return second >= 0 && differing(from: at, values, first, second) == nil
  }

  /// Where the first value lies that is neither of two.
  private func differing<Known: Comparable & BitwiseCopyable>(
    from start: Int, _ values: UnsafePointer<Known>, _ first: Known, _ second: Known
  ) -> Int? {
    // A mask is made of runs: 32 bytes of one value are passed over at a time.
    let (a, b) = (Self.repeated(first), Self.repeated(second))
    let step = 32 / MemoryLayout<Known>.stride
    var i = start
    while i + step <= count {
      let bytes = UnsafeRawPointer(values + i).loadUnaligned(as: SIMD4<UInt64>.self)
      if bytes != a, bytes != b {
        for n in i..<i + step where values[n] != first && values[n] != second { return n }
      }
      i += step
    }
    return (i..<count).first { values[$0] != first && values[$0] != second }
  }

  /// 32 bytes of one value.
  private static func repeated<Known: BitwiseCopyable>(_ value: Known) -> SIMD4<UInt64> {
    withUnsafeTemporaryAllocation(byteCount: 32, alignment: 32) { block in
      for offset in stride(from: 0, to: 32, by: MemoryLayout<Known>.stride) {
        block.storeBytes(of: value, toByteOffset: offset, as: Known.self)
      }
      return block.load(as: SIMD4<UInt64>.self)
    }
  }
}
