import Glibc

/// Random numbers by counting: the n-th number depends on the key and n alone, so they are the same
/// in any order, on any number of threads, and after a stop.
///
/// *Source*: the finaliser and increment of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
package struct RandomNumbers {
  /// What numbers are for; numbers of one purpose never depend on those of another.
  package enum Purpose: UInt64 {
    case initialization = 1
    case split, shuffling, noise, information, sampling, variant
  }

  private let key: UInt64

  /// The numbers of a purpose, told apart further by any parts.
  package init(seed: UInt64, _ purpose: Purpose, _ parts: UInt64...) {
    var key = Self.mixed(seed ^ 0x517C_C1B7_2722_0A95)
    for part in [purpose.rawValue] + parts {
      key = Self.mixed(key &+ Self.increment &* (part &+ 1))
    }
    self.key = key
  }

  /// The `index`-th number.
  @inline(__always)
  subscript(index: Int) -> UInt64 {
    Self.mixed(key &+ Self.increment &* (UInt64(bitPattern: Int64(index)) &+ 1))
  }

  /// The `index`-th number, even over [0, 1).
  @inline(__always)
  package func unit(_ index: Int) -> Double { Double(self[index] >> 11) * 0x1p-53 }

  /// Numbers of a standard normal distribution.
  ///
  /// *Source*: Box and Muller 1958, in double precision.
  package func normal(count: Int) -> [Float] {
    [Float](unsafeUninitializedCapacity: count) { values, initialized in
      for pair in 0..<(count + 1) / 2 {
        // 1 − u lies in (0, 1].
        let radius = (-2 * log(1 - unit(2 * pair))).squareRoot()
        let angle = 2 * Double.pi * unit(2 * pair + 1)
        values.initializeElement(at: 2 * pair, to: Float(radius * cos(angle)))
        if 2 * pair + 1 < count {
          values.initializeElement(at: 2 * pair + 1, to: Float(radius * sin(angle)))
        }
      }
      initialized = count
    }
  }

  /// The numbers 0 ..< `count` in a random order (Fisher and Yates).
  package func permutation(of count: Int) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      // The product's upper half is even over 0 ... last but for 2⁻⁶⁴ of the count.
      order.swapAt(last, Int(self[last].multipliedFullWidth(by: UInt64(last + 1)).high))
    }
    return order
  }

  /// A text as a part of a key (FNV-1a).
  package static func part(_ text: String) -> UInt64 {
    text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

  @inline(__always)
  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
