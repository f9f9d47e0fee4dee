/// Random numbers that are the same on every run, so that failures can be repeated.
///
/// *Source*: G. L. Steele et al., "Fast splittable pseudorandom number generators", 2014.
package struct SplitMix: RandomNumberGenerator {
  /// What the next number depends on.
  package var state: UInt64

  /// Numbers of a seed.
  package init(state: UInt64) { self.state = state }

  /// The next of the 2⁶⁴ numbers.
  package mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}
