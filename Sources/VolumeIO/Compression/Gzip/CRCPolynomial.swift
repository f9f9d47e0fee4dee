/// Remainders modulo the polynomial of gzip's CRC-32, the coefficient of the highest power in the
/// lowest bit, as the checksum's register holds them.
///
/// Without its complements at both ends the checksum of a message is its remainder, times x³²; so
/// checksums of parts can be added and multiplied.
struct CRCPolynomial: Hashable {
  var bits: UInt32

  /// The modulus without its x³².
  private static let modulus: UInt32 = 0xedb8_8320
  static let one = CRCPolynomial(bits: 1 << 31)

  /// This times x.
  private var next: CRCPolynomial {
    CRCPolynomial(bits: bits >> 1 ^ (bits & 1 == 0 ? 0 : Self.modulus))
  }

  /// This with so many bytes of zeros behind it.
  func followed(byZeros count: Int) -> CRCPolynomial {
    if count == 1 { return (0..<8).reduce(self) { product, _ in product.next } }
    let byte = CRCPolynomial(bits: 1 << 23)
    return self * byte.raised(to: count)
  }

  /// This to a power of at least 0.
  private func raised(to power: Int) -> CRCPolynomial {
    var (result, square, rest) = (Self.one, self, power)
    while rest > 0 {
      if rest & 1 == 1 { result = result * square }
      square = square * square
      rest >>= 1
    }
    return result
  }

  /// What makes 1 of this, which is not 0. The modulus is irreducible, so that every power to one less
  /// than 2³² is 1.
  var inverse: CRCPolynomial { raised(to: 1 << 32 - 2) }

  static func + (a: Self, b: Self) -> Self { CRCPolynomial(bits: a.bits ^ b.bits) }

  static func * (a: Self, b: Self) -> Self {
    var (sum, term) = (UInt32(0), a)
    for power in 0..<32 {
      if b.bits >> UInt32(31 - power) & 1 == 1 { sum ^= term.bits }
      term = term.next
    }
    return CRCPolynomial(bits: sum)
  }
}
