import Accounts
import Dataflow
import Volumes
import Glibc

extension AnyStage {
  /// The note with the memory that a stage took.
  package static let measuredNote = "measuredBytes"

  /// The stage, which also notes how many more bytes of physical memory it took. All its work runs on one
  /// core, so that only one stage runs at a time.
  ///
  /// Memory that freed volumes keep for reuse is given back to the system before, so that every byte counts.
  /// The C library does the same for its own memory if MALLOC_TRIM_THRESHOLD_ is 0.
  func measured() -> AnyStage {
    let stage = self
    return wrapped(
      // File stages too run on the one core of such a run.
      lane: .compute,
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
