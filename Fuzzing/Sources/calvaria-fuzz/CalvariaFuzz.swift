import CLibFuzzer
import Glibc

// calvaria-fuzz TARGET [what libFuzzer takes]: feeds one kind of file until something breaks.
//
// libFuzzer brings `main` and calls these three by their names.

/// What is fuzzed; set once, before the first input.
nonisolated(unsafe) private var target = FuzzTarget.nrrd

/// Takes the target's name out of the arguments, which libFuzzer would hold for a folder.
@_cdecl("LLVMFuzzerInitialize")
func initialize(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>
) -> CInt {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
  func named(_ text: UnsafePointer<CChar>?) -> FuzzTarget? {
    text.flatMap { FuzzTarget(rawValue: String(cString: $0)) }
  }
  // A merge starts this program again, without the name.
  let variable = "CALVARIA_FUZZ_TARGET"
  let isStated = count.pointee > 1 && named(arguments.pointee[1]) != nil
  if !isStated, let inherited = named(getenv(variable)) {
    target = inherited
    ScratchFolder.prepare(for: target)
    return 0
  }
  guard count.pointee > 1, let chosen = named(arguments.pointee[1]) else {
    print("calvaria-fuzz: expected one of \(names)")
    exit(2)
  }
  target = chosen
  setenv(variable, chosen.rawValue, 1)
  ScratchFolder.prepare(for: chosen)
  arguments.pointee[1] = arguments.pointee[0]
  arguments.pointee += 1
  count.pointee -= 1
  return 0
}

/// One input.
@_cdecl("LLVMFuzzerTestOneInput")
func takeInput(_ data: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  target.take(UnsafeRawBufferPointer(start: data, count: count))
  return 0
}

/// Changes an input as libFuzzer would, and then, three times of four, what would end its reading
/// before any reader sees the change: lengths and checksums around it.
@_cdecl("LLVMFuzzerCustomMutator")
func mutate(
  _ data: UnsafeMutablePointer<UInt8>, _ count: Int, _ most: Int, _ seed: CUnsignedInt
) -> Int {
  let changed = LLVMFuzzerMutate(data, count, most)
  if seed % 4 != 0 {
    target.repair(UnsafeMutableRawBufferPointer(start: data, count: changed))
  }
  return changed
}
