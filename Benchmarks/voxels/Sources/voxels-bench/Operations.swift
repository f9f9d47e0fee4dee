import Dispatch
import Glibc
import Scores
import Volumes
import VoxelOps

/// The operations by name. What `run` returns is computed from the result after the clock stops.
struct Operations {
  let mask: Mask
  let other: Mask
  let scan: Volume<Int16>
  /// 128 MB to copy and where to.
  let blocks = Blocks()

  func run(_ name: String, threads: Int) -> () -> Double {
    switch name {
    case "nearest":
      let half = mask.resampled(toSizes: GridSize(256, 256, 128), threads: threads)
      return { Double(half.voxelCount) }
    case "linear":
      let half = scan.resampled(
        toSizes: GridSize(256, 256, 128), by: .linear, threads: threads)
      return { half.withVoxels { $0.reduce(0) { $0 + Double($1) } } }
    case "components26", "components6":
      let found = mask.components(
        connectivity: name == "components6" ? .faces6 : .corners26, threads: threads)
      let labels = found.smallestLabels(threads: threads)
      return { withExtendedLifetime(labels) { Double(found.count) } }
    case "largest":
      let largest = mask.largestComponent(threads: threads)
      return { Double(largest.voxelCount) }
    case "distances":
      let distances = mask.distances(threads: threads)
      return { distances.withVoxels { $0.reduce(0) { $0 + Double($1) } } }
    case "distances-inside":
      let distances = mask.depths(threads: threads)
      return { distances.withVoxels { $0.reduce(0) { $0 + Double($1) } } }
    case "closing":
      let closed = mask.closed(byBall: 3, threads: threads)
      return { Double(closed.voxelCount) }
    case "threshold":
      let bone = scan.binarized(in: .atLeast(226), threads: threads)
      return { Double(bone.voxelCount) }
    case "dice":
      let dice = try! mask.dice(with: other, threads: threads)!
      return { dice }
    case "hd95":
      let distances = try! mask.surfaceDistances(to: other, threads: threads)!
      let hd95 = distances.percentile(95)
      return { hd95 }
    case "stream":
      // Both blocks are touched already: nothing but copying.
      let (blocks, half) = (blocks, blocks.count / threads)
      DispatchQueue.concurrentPerform(iterations: threads) { part in
        memcpy(blocks.to + part * half, blocks.from + part * half, half)
      }
      return { 0 }
    default: fatalError("unknown operation \(name)")
    }
  }
}

/// Two touched blocks of memory.
struct Blocks: @unchecked Sendable {
  // Parts of the blocks are copied by one thread each.
  let count = 2 * 512 * 512 * 256
  let from: UnsafeMutableRawPointer
  let to: UnsafeMutableRawPointer

  init() {
    from = .allocate(byteCount: count, alignment: 4096)
    to = .allocate(byteCount: count, alignment: 4096)
    memset(from, 1, count)
    memset(to, 2, count)
  }
}
