import Concurrency
public import Volumes

extension Mask {
  /// The mask with its cavities filled: the background that is not connected to the border of the
  /// grid by a path of face neighbours.
  ///
  /// - Complexity: one pass, and the components of the background; one new mask, and 8 bytes a run of
  ///   background, 4 of the mask. The same at any `threads`.
  ///
  /// *Reference*: scipy 1.17 `binary_fill_holes`.
  public func cavitiesFilled(threads: Int = 1) -> Mask {
    filled(neighbours: Connectivity.faces6.earlierRows, planes: false, threads: threads)
  }

  /// The mask with the holes of every slice across an axis filled: the background that is not
  /// connected to the border of the slice by a path of neighbours along its two axes.
  ///
  /// - Parameter axis: 0, 1 or 2: slices along y and z, x and z, x and y.
  /// - Complexity: as ``cavitiesFilled(threads:)``; across x or y, also two reordered masks.
  public func holesFilled(acrossAxis axis: Int, threads: Int = 1) -> Mask {
    precondition((0..<3).contains(axis), "an axis beyond three")
    if axis == 2 { return filled(neighbours: [(-1, 0, 0)], planes: true, threads: threads) }
    // An exchange of two axes undoes itself.
    let order = AxisOrder(axis == 0 ? [2, 1, 0] : [0, 2, 1])
    var back = reordered(order, threads: threads)
      .filled(neighbours: [(-1, 0, 0)], planes: true, threads: threads)
      .reordered(order, threads: threads)
    back = back.placed(geometry)
    return back
  }

  private func placed(_ geometry: Geometry) -> Mask {
    Mask(unwrittenOn: geometry) { out in
      withBytes { out.baseAddress!.update(from: $0.baseAddress!, count: $0.count) }
    }
  }

  private func filled(
    neighbours: [(dy: Int, dz: Int, reach: UInt32)], planes: Bool, threads: Int
  ) -> Mask {
    let table = RunTable(self, threads: threads).complement()
    let forest = RunForest(table, neighbours: neighbours, threads: threads)
    var isOpen = [Bool](repeating: false, count: forest.count)
    let (nx, ny, nz) = (UInt32(sizes.x), sizes.y, sizes.z)
    table.withRuns { runs in
      for row in 0..<ny * nz {
        let (y, z) = (row % ny, row / ny)
        let isBorder = y == 0 || y == ny - 1 || !planes && (z == 0 || z == nz - 1)
        for run in Int(table.rowStarts[row])..<Int(table.rowStarts[row + 1])
        where isBorder || runs[run].start == 0 || runs[run].end == nx {
          isOpen[Int(forest.component[run])] = true
        }
      }
    }
    var filled = self
    filled.withMutableBytes { bytes in
      let base = bytes.baseAddress!
      Slabs.run(ny * nz, threads: threads) { rows in
        table.forEach(rows: rows) { number, row, run in
          guard !isOpen[Int(forest.component[number])] else { return }
          (base + row + Int(run.start)).update(repeating: 1, count: Int(run.end - run.start))
        }
      }
    }
    return filled
  }
}
