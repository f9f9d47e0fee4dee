import Concurrency

/// What is done to every voxel by itself.
///
/// A type and not a closure: a closure that a slab's closure holds is called once a voxel, many times
/// slower than the work; a type's operation becomes part of the loop on every thread.
protocol VoxelMapping {
  associatedtype From: BitwiseCopyable
  associatedtype To: BitwiseCopyable
  func callAsFunction(_ value: From) -> To
}

extension VoxelMapping {
  /// Writes what becomes of `count` values at `source` to `target`.
  func run(
    _ source: UnsafeRawPointer, _ target: UnsafeMutablePointer<To>, count: Int, threads: Int
  ) {
    let values = source.assumingMemoryBound(to: From.self)
    Slabs.run(count, threads: threads) { for i in $0 { target[i] = self(values[i]) } }
  }
}
