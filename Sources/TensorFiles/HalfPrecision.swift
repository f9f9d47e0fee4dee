// The two 16-bit types as bits. `Float16` is no help: on x86 each conversion is a call into the
// runtime, while these branchless steps become vector instructions.

/// The value of binary16 bits: exact, NaN bits kept.
@inline(__always)
func floatFromBinary16(_ bits: UInt16) -> Float {
  let magnitude = UInt32(bits & 0x7fff) << 13
  let sign = UInt32(bits & 0x8000) << 16
  // Normal numbers: the exponent's bias goes from 15 to 127.
  let normal = magnitude &+ (112 << 23)
  // Subnormal: as mantissa of a number in [2⁻¹⁴, 2⁻¹³), less that number's hidden bit.
  let one = Float(bitPattern: 113 << 23)
  let subnormal = (Float(bitPattern: magnitude &+ (113 << 23)) - one).bitPattern
  let special = magnitude | 0x7f80_0000
  let finite = magnitude < 0x0080_0000 ? subnormal : normal
  return Float(bitPattern: (magnitude >= 0x0f80_0000 ? special : finite) | sign)
}

/// The binary16 bits nearest to a value, ties to even; beyond 65504 and its rounding, infinity.
@inline(__always)
func binary16(_ value: Float) -> UInt16 {
  // Signed, since SSE2 compares no unsigned numbers.
  let bits = Int32(truncatingIfNeeded: value.bitPattern & 0x7fff_ffff)
  let sign = Int32(truncatingIfNeeded: (value.bitPattern >> 16) & 0x8000)
  // The bias goes from 127 to 15; adding just below half of the last place, plus the last bit
  // kept, rounds ties to even, and a carry moves into the exponent as it should.
  let normal = (bits &- (112 << 23) &+ 0xfff &+ ((bits &>> 13) & 1)) &>> 13
  // Below 2⁻¹⁴: adding ½ lets the processor round at 2⁻²⁴, the last place of subnormals.
  let shifted = Float(bitPattern: UInt32(bitPattern: bits)) + 0.5
  let subnormal = Int32(bitPattern: shifted.bitPattern) &- 0x3f00_0000
  let nan = 0x7e00 | ((bits &>> 13) & 0x3ff)
  var result = bits < (113 << 23) ? subnormal : normal
  result = bits >= 0x477f_f000 ? 0x7c00 : result
  result = bits > 0x7f80_0000 ? nan : result
  return UInt16(truncatingIfNeeded: result | sign)
}

/// The value of bfloat16 bits: exact.
@inline(__always)
func floatFromBFloat16(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// The bfloat16 bits nearest to a value, ties to even.
@inline(__always)
func bfloat16(_ value: Float) -> UInt16 {
  let bits = value.bitPattern
  let rounded = (bits &+ 0x7fff &+ ((bits >> 16) & 1)) >> 16
  let isNaN = bits & 0x7fff_ffff > 0x7f80_0000
  return UInt16(truncatingIfNeeded: isNaN ? (bits >> 16) | 0x40 : rounded)
}
