#if CALVARIA_ISAL
  import CISAL

  import Glibc

  final class IgzipInflater: RawInflater {
    private let state: UnsafeMutablePointer<inflate_state>

    init() {
      guard let state = calvaria_isal_inflate_make() else { fatalError("out of memory") }
      self.state = state
      isal_inflate_init(state)
    }

    deinit { free(state) }

    func reset() { isal_inflate_reset(state) }

    func inflate(
      _ input: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer
    ) throws(DeflateError) -> (used: Int, made: Int, isAtEnd: Bool) {
      // ISA-L counts in 32 bits; the caller comes again with the rest.
      let (given, room) = (min(input.count, 1 << 30), min(output.count, 1 << 30))
      state.pointee.next_in = UnsafeMutablePointer(
        mutating: input.baseAddress?.assumingMemoryBound(to: UInt8.self))
      state.pointee.avail_in = UInt32(given)
      state.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
      state.pointee.avail_out = UInt32(room)
      let status = isal_inflate(state)
      guard status >= 0 else { throw DeflateError(reason: Self.reason(status)) }
      var used = given - Int(state.pointee.avail_in)
      let isAtEnd = state.pointee.block_state == ISAL_BLOCK_FINISH
      if isAtEnd {
        // Whole bytes among the bits that were taken ahead belong to whatever follows.
        used -= Int(state.pointee.read_in_length) / 8
        state.pointee.read_in_length = 0
      }
      return (used, room - Int(state.pointee.avail_out), isAtEnd)
    }

    private static func reason(_ status: Int32) -> String {
      switch status {
      case ISAL_INVALID_BLOCK: "an invalid deflate block"
      case ISAL_INVALID_SYMBOL: "an invalid deflate symbol"
      case ISAL_INVALID_LOOKBACK: "a deflate distance beyond the start"
      default: "ISA-L status \(status)"
      }
    }
  }
#endif
