import Concurrency

extension BitGrid {
  /// The bits that have a face neighbour which is 0; outside the box everything is.
  ///
  /// The mask without its erosion by the cross of six neighbours, one step.
  /// - Complexity: a few operations a word; one new grid.
  package func surface(threads: Int) -> BitGrid {
    let out = BitGrid(zerosIn: box)
    let n = wordsPerRow
    Slabs.run(depth, threads: threads) { slab in
      for z in slab {
        for y in 0..<height {
          let here = row(y, z)
          if isEmpty(here) { continue }
          let to = out.row(y, z)
          guard y > 0, y < height - 1, z > 0, z < depth - 1 else {
            to.update(from: here, count: n)
            continue
          }
          let (front, back) = (row(y - 1, z), row(y + 1, z))
          let (below, above) = (row(y, z - 1), row(y, z + 1))
          for i in 0..<n {
            let word = here[i]
            let left = word << 1 | (i > 0 ? here[i - 1] >> 63 : 0)
            let right = word >> 1 | (i + 1 < n ? here[i + 1] << 63 : 0)
            to[i] = word & ~(left & right & front[i] & back[i] & below[i] & above[i])
          }
        }
      }
    }
    return out
  }

  package func count(threads: Int) -> Int {
    Slabs.map(height * depth, threads: threads) { rows in
      var sum = 0
      for i in rows.lowerBound * wordsPerRow..<rows.upperBound * wordsPerRow {
        sum += words[i].nonzeroBitCount
      }
      return sum
    }.reduce(0, +)
  }
}
