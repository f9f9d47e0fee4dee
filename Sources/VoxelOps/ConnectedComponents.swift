public import Volumes

/// The connected components of a mask, held as runs: sizes at once, masks and labels on request.
///
/// *Order*: components are numbered from 0 in the order of their first voxels in memory.
/// *Memory*: 12 bytes a run of voxels along x and 4 bytes a row; no voxel is copied.
public struct ConnectedComponents: Sendable {
  /// The grid of the mask.
  public let geometry: Geometry
  /// Which voxels counted as neighbours.
  public let connectivity: Connectivity
  /// The number of voxels of each component.
  public let sizes: [Int]
  private let table: RunTable
  private let forest: RunForest

  init(_ mask: Mask, connectivity: Connectivity, threads: Int) {
    geometry = mask.geometry
    self.connectivity = connectivity
    table = RunTable(mask, threads: threads)
    forest = RunForest(table, connectivity: connectivity, threads: threads)
    var sizes = [Int](repeating: 0, count: forest.count)
    for (run, component) in zip(table.runs, forest.component) {
      sizes[Int(component)] += Int(run.end - run.start)
    }
    self.sizes = sizes
  }

  /// How many components there are.
  public var count: Int { sizes.count }

  /// The components from the largest to the smallest; of equal ones the first in memory first.
  ///
  /// - Complexity: O(n log n) for n components.
  public var bySize: [Int] {
    sizes.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }
  }

  /// The largest component, of equal ones the first in memory; nil where the mask is empty.
  ///
  /// - Complexity: O(n) for n components.
  public var largest: Int? {
    // `max(by:)` would return the last of equal ones.
    sizes.indices.min { sizes[$0] > sizes[$1] }
  }

  /// The voxels of the components that `isKept` chooses, by number.
  ///
  /// - Complexity: O(runs); one new mask, of which only pages with voxels are touched.
  public func mask(threads: Int = 1, where isKept: (_ component: Int) -> Bool) -> Mask {
    let kept = sizes.indices.map(isKept)
    return Mask(on: geometry) { bytes in
      let base = bytes.baseAddress!
      fillRuns(threads: threads) { component, offset, length in
        if kept[component] { (base + offset).update(repeating: 1, count: length) }
      }
    }
  }

  /// The number of each voxel's component plus one; 0 outside the mask.
  ///
  /// *Shape*: the grid of the mask. Labels follow the order of first voxels.
  /// - Complexity: O(runs + voxels inside); 4 bytes a voxel, of which only pages with labels are
  ///   touched.
  public func labels(threads: Int = 1) -> Volume<UInt32> { labels(UInt32.self, threads) }

  /// The labels of ``labels(threads:)`` as the smallest type that holds them all: uint8, uint16 or
  /// uint32.
  ///
  /// - Complexity: as ``labels(threads:)``, with 1, 2 or 4 bytes a voxel.
  public func smallestLabels(threads: Int = 1) -> AnyVolume {
    if count <= Int(UInt8.max) { return AnyVolume(labels(UInt8.self, threads)) }
    if count <= Int(UInt16.max) { return AnyVolume(labels(UInt16.self, threads)) }
    return AnyVolume(labels(UInt32.self, threads))
  }

  private func labels<Label: FixedWidthInteger & VoxelScalar>(
    _: Label.Type, _ threads: Int
  ) -> Volume<Label> {
    Volume(on: geometry) { voxels in
      let base = voxels.baseAddress!
      fillRuns(threads: threads) { component, offset, length in
        (base + offset).update(repeating: Label(truncatingIfNeeded: component + 1), count: length)
      }
    }
  }

  @inline(__always)
  private func fillRuns(
    threads: Int, _ fill: (_ component: Int, _ offset: Int, _ length: Int) -> Void
  ) {
    Slabs.run(table.rowStarts.count - 1, threads: threads) { rows in
      table.forEach(rows: rows) { run, row in
        let (start, end) = (Int(table.runs[run].start), Int(table.runs[run].end))
        fill(Int(forest.component[run]), row + start, end - start)
      }
    }
  }
}
