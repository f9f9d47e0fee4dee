import Concurrency
public import Volumes

/// The connected components of a mask, held as runs: sizes at once, masks and labels on request.
///
/// *Order*: components are numbered from 0 in the order of their first voxels in memory.
/// *Memory*: 8 bytes a run of voxels along x, 4 a row and 4 a component; no voxel is copied. A run for
/// every other voxel, each of them a component, is the most that a mask can have: 8 bytes a voxel.
public struct ConnectedComponents: Sendable {
  /// The grid of the mask.
  public let geometry: Geometry
  /// Which voxels counted as neighbours.
  public let connectivity: Connectivity
  /// The number of voxels of each component; in 64 bits only where the grid has so many.
  private let smallSizes: [UInt32]
  private let largeSizes: [Int]
  private let table: RunTable
  private let forest: RunForest

  init(_ mask: Mask, connectivity: Connectivity, threads: Int) {
    geometry = mask.geometry
    self.connectivity = connectivity
    table = RunTable(mask, threads: threads)
    forest = RunForest(table, connectivity: connectivity, threads: threads)
    if mask.sizes.count <= Int(UInt32.max) {
      smallSizes = Self.sizes(table, forest)
      largeSizes = []
    } else {
      smallSizes = []
      largeSizes = Self.sizes(table, forest)
    }
  }

  private static func sizes<Size: FixedWidthInteger>(_ table: RunTable, _ forest: RunForest)
    -> [Size]
  {
    var sizes = [Size](repeating: 0, count: forest.count)
    table.withRuns { runs in
      for (run, component) in forest.component.enumerated() {
        sizes[Int(component)] += Size(runs[run].end - runs[run].start)
      }
    }
    return sizes
  }

  public var count: Int { max(smallSizes.count, largeSizes.count) }

  /// The number of voxels of one component.
  public func size(of component: Int) -> Int {
    largeSizes.isEmpty ? Int(smallSizes[component]) : largeSizes[component]
  }

  /// The number of voxels of each component.
  ///
  /// - Complexity: O(n) for n components, and 8 bytes for each; see ``size(of:)``.
  public var sizes: [Int] { (0..<count).map(size(of:)) }

  /// The components from the largest to the smallest; of equal ones the first in memory first.
  ///
  /// - Complexity: O(n log n) for n components, and 8 bytes for each; see ``largest(_:)``.
  public var bySize: [Int] { (0..<count).sorted(by: isLarger) }

  /// The largest component, of equal ones the first in memory; nil where the mask is empty.
  ///
  /// - Complexity: O(n) for n components.
  public var largest: Int? { largest(1).first }

  /// The `count` largest components in the order of ``bySize``; all where there are fewer.
  ///
  /// - Complexity: O(n log count) for n components, and 8 bytes for each that is returned.
  public func largest(_ count: Int) -> [Int] {
    guard count > 0 else { return [] }
    // A heap whose root is the least of those chosen so far.
    var heap: [Int] = []
    heap.reserveCapacity(min(count, self.count))
    for component in 0..<self.count {
      if heap.count < count {
        heap.append(component)
        var child = heap.count - 1
        while child > 0, isLarger(heap[(child - 1) / 2], heap[child]) {
          heap.swapAt(child, (child - 1) / 2)
          child = (child - 1) / 2
        }
      } else if isLarger(component, heap[0]) {
        heap[0] = component
        var parent = 0
        while 2 * parent + 1 < heap.count {
          var child = 2 * parent + 1
          if child + 1 < heap.count, isLarger(heap[child], heap[child + 1]) { child += 1 }
          guard isLarger(heap[parent], heap[child]) else { break }
          heap.swapAt(parent, child)
          parent = child
        }
      }
    }
    heap.sort(by: isLarger)
    return heap
  }

  private func isLarger(_ a: Int, _ b: Int) -> Bool {
    (size(of: b), a) < (size(of: a), b)
  }

  /// The smallest boxes that hold some components, in the order in which they are given.
  ///
  /// - Complexity: O(runs).
  /// - Precondition: there are components of these numbers, and each is given once.
  public func boundingBoxes(of components: [Int], threads: Int = 1) -> [IndexBox] {
    var places = [Int](repeating: -1, count: count)
    for (place, component) in components.enumerated() { places[component] = place }
    let sizes = geometry.sizes
    let nothing = IndexBox(lower: SIMD3(sizes.x, sizes.y, sizes.z), upper: .zero)
    let boxes = Slabs.map(table.rowStarts.count - 1, threads: threads) { rows in
      var boxes = [IndexBox](repeating: nothing, count: components.count)
      table.forEach(rows: rows) { number, row, run in
        let place = places[Int(forest.component[number])]
        guard place >= 0 else { return }
        let (y, z) = (row / sizes.x % sizes.y, row / sizes.x / sizes.y)
        boxes[place].lower = pointwiseMin(boxes[place].lower, SIMD3(Int(run.start), y, z))
        boxes[place].upper = pointwiseMax(boxes[place].upper, SIMD3(Int(run.end), y + 1, z + 1))
      }
      return boxes
    }
    return components.indices.map { place in
      boxes.reduce(nothing) { all, slab in
        IndexBox(
          lower: pointwiseMin(all.lower, slab[place].lower),
          upper: pointwiseMax(all.upper, slab[place].upper))
      }
    }
  }

  /// The voxels of some components, by number.
  ///
  /// - Complexity: as ``mask(threads:where:)``.
  public func mask(of components: some Sequence<Int>, threads: Int = 1) -> Mask {
    var kept = [Bool](repeating: false, count: count)
    for component in components { kept[component] = true }
    return mask(kept, threads)
  }

  /// The voxels of the components that `isKept` chooses, by number.
  ///
  /// - Complexity: O(runs); one new mask, of which only pages with voxels are touched.
  public func mask(threads: Int = 1, where isKept: (_ component: Int) -> Bool) -> Mask {
    mask((0..<count).map(isKept), threads)
  }

  private func mask(_ kept: [Bool], _ threads: Int) -> Mask {
    Mask(on: geometry) { bytes in
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
      table.forEach(rows: rows) { number, row, run in
        fill(Int(forest.component[number]), row + Int(run.start), Int(run.end - run.start))
      }
    }
  }
}
