/// Which elements of a storage a tensor takes, and in which order.
struct StridedView {
  private let offset: Int
  private let shape: [Int]
  private let strides: [Int]

  init(offset: Int, shape: [Int], strides: [Int]) {
    (self.offset, self.shape) = (offset, shape)
    // An axis of one element is never walked along, whatever its stride says.
    self.strides = zip(shape, strides).map { $0 == 1 ? 0 : $1 }
  }

  /// Whether the elements follow each other in memory order; for views that have any.
  var isContiguous: Bool {
    var expected = 1
    for axis in shape.indices.reversed() where shape[axis] != 1 {
      if strides[axis] != expected { return false }
      expected *= shape[axis]
    }
    return true
  }

  /// Whether the last element, and so all of them, is one of `count`; for views that have any.
  func isInside(of count: Int) -> Bool {
    var last = offset
    for (size, stride) in zip(shape, strides) {
      let (distance, overflow) = (size - 1).multipliedReportingOverflow(by: stride)
      let (sum, carry) = last.addingReportingOverflow(distance)
      if overflow || carry { return false }
      last = sum
    }
    return offset >= 0 && last < count
  }

  /// The elements in row-major order.
  ///
  /// - Precondition: the view is inside of the storage, and `byteCount` is that of its shape.
  func gather(from storage: [UInt8], elementSize: Int, byteCount: Int) -> [UInt8] {
    guard byteCount > 0 else { return [] }
    if isContiguous {
      return Array(storage[offset * elementSize..<offset * elementSize + byteCount])
    }
    return [UInt8](unsafeUninitializedCapacity: byteCount) { buffer, initialized in
      storage.withUnsafeBytes { storage in
        let target = UnsafeMutableRawBufferPointer(buffer)
        switch elementSize {
        case 1: copy(UInt8.self, storage, target)
        case 2: copy(UInt16.self, storage, target)
        case 4: copy(UInt32.self, storage, target)
        default: copy(UInt64.self, storage, target)
        }
      }
      initialized = byteCount
    }
  }

  @inline(__always)
  private func copy<Element: BitwiseCopyable>(
    _ type: Element.Type, _ storage: UnsafeRawBufferPointer, _ target: UnsafeMutableRawBufferPointer
  ) {
    let size = MemoryLayout<Element>.size
    guard let inner = shape.indices.last else {
      target.storeBytes(
        of: storage.loadUnaligned(fromByteOffset: offset * size, as: type), as: type)
      return
    }
    let (length, step) = (shape[inner], strides[inner] * size)
    var index = [Int](repeating: 0, count: shape.count)
    var (row, written) = (offset * size, 0)
    while written < target.count {
      for i in 0..<length {
        let element = storage.loadUnaligned(fromByteOffset: row + i * step, as: type)
        target.storeBytes(of: element, toByteOffset: written + i * size, as: type)
      }
      written += length * size
      // The next row: the slowest axes turn like the wheels of a counter.
      for axis in (0..<inner).reversed() {
        index[axis] += 1
        row += strides[axis] * size
        if index[axis] < shape[axis] { break }
        row -= index[axis] * strides[axis] * size
        index[axis] = 0
      }
    }
  }
}
