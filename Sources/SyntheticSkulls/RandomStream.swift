/// Random numbers by counting: the n-th number of a stream depends on the stream's key and n alone.
///
/// A key is made of the seed of the population, the number of the case and what the numbers are for,
/// so that cases, and parts of a case, can be made in any order and on any thread.
///
/// No function of the C library is used, so that the numbers are the same on every system.
///
/// *Source*: the finaliser and the increment of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast
/// splittable pseudorandom number generators", OOPSLA 2014).
struct RandomStream {
  /// What numbers are for; numbers of one purpose never depend on how many another takes.
  enum Purpose: UInt64 {
    case pose = 1
    case warpCoarse, warpFine, edgeNoise
    case randomHead, randomScan, randomHoles
    case defect = 64
  }

  private let key: UInt64
  private var count: UInt64 = 0

  /// A stream of a case for a purpose.
  init(seed: UInt64, case number: Int, purpose: Purpose, parts: [UInt64] = []) {
    var key = Self.mixed(seed ^ 0x5EED_C0DE_CA1F_A71A)
    for part in [UInt64(bitPattern: Int64(number)), purpose.rawValue] + parts {
      key = Self.mixed(key &+ Self.increment &* (part &+ 1))
    }
    self.key = key
  }

  /// The `index`-th number of the stream.
  @inline(__always)
  subscript(index: UInt64) -> UInt64 { Self.mixed(key &+ Self.increment &* (index &+ 1)) }

  mutating func next() -> UInt64 {
    defer { count &+= 1 }
    return self[count]
  }

  /// The next number, even over [0, 1).
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// The next number, even over a range.
  mutating func uniform(_ range: ClosedRange<Double>) -> Double {
    range.lowerBound + unit() * (range.upperBound - range.lowerBound)
  }

  /// The next whole number, even over a range.
  mutating func integer(_ range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(unit() * Double(range.count))
  }

  /// The next number of a normal distribution with σ = 1, cut at ±`limit`.
  ///
  /// Twelve even numbers are added: within 0.01 of a normal distribution's tails at 2 σ.
  mutating func normal(limit: Double) -> Double {
    var sum = 0
    for _ in 0..<3 {
      var bits = next()
      for _ in 0..<4 {
        sum += Int(bits & 0xFFFF)
        bits >>= 16
      }
    }
    // Twelve times the mean of 0 … 65535 is 393210.
    return min(limit, max(-limit, Double(sum - 393_210) / 65_536))
  }

  /// The next direction, even over the sphere.
  mutating func direction() -> SIMD3<Double> {
    while true {
      let p = SIMD3(uniform(-1...1), uniform(-1...1), uniform(-1...1))
      let square = (p * p).sum()
      if square > 1e-4, square <= 1 { return p / square.squareRoot() }
    }
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
