import Dataflow
import Volumes

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension AnyStage {
  /// The note in which the record of a stage tells what it took.
  static let measuredNote = "measuredBytes"

  /// The stage, which notes how many bytes of physical memory it took beside what was there: for runs of
  /// one stage at a time, which it makes them.
  ///
  /// What volumes have left for the next ones is given back before, so that every byte shows; the C
  /// library does so for its own where MALLOC_TRIM_THRESHOLD_ is 0.
  func measured() -> AnyStage {
    let stage = self
    return AnyStage(
      kind: kind, ports: ports, output: output,
      // All on the one core of such a run, files too.
      lane: .compute, demand: { try stage.demand(for: $0) },
      run: { inputs, context in
        VoxelMemory.keepLittle(of: 0)
        HostResources.forgetPeak()
        let before = HostResources.residentBytes
        let value = try stage.run(consume inputs, in: context)
        context.note(
          Self.measuredNote, .integer(max(0, HostResources.peakResidentBytes - before)))
        return value
      })
  }
}
