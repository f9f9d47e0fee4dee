import Concurrency
public import Volumes

/// What of a mask does not change when it is bent: its pieces, cavities and tunnels.
///
/// Voxels hang together by faces, so the background hangs together by corners, too.
public struct MaskTopology: Hashable, Sendable {
  /// Components connected by faces.
  public let pieces: Int
  /// Background that is enclosed.
  public let cavities: Int
  /// Ways through, as through a ring: how many cuts leave a solid without one.
  public var tunnels: Int { pieces + cavities - eulerNumber }
  /// Of the solid: pieces − tunnels + cavities. That of its surface is twice this: 2 for a piece without tunnels.
  public let eulerNumber: Int
}

extension Mask {
  /// Counts pieces, cavities and tunnels.
  ///
  /// The Euler number is that of the complex of voxels' centres: centres − pairs that share a face + squares of four −
  /// cubes of eight.
  /// - Complexity: one pass over the mask's box as bits, and the components of mask and background in it; 1 byte a voxel
  ///   of the box. The same at any `threads`.
  public func topology(threads: Int = 1) -> MaskTopology {
    guard let box = boundingBox(threads: threads) else {
      return MaskTopology(pieces: 0, cavities: 0, eulerNumber: 0)
    }
    // A margin of background, also where the mask ends with its grid.
    let bits = BitGrid(self, in: box.expanded(by: SIMD3(1, 1, 1)), threads: threads)
    let sums = Slabs.map(bits.depth, threads: threads) { bits.eulerNumber(planes: $0) }
    let sizes = GridSize(bits.width, bits.height, bits.depth)
    let background = Mask(on: Geometry(sizes: sizes)) {
      bits.unpack(to: $0.baseAddress!, sizes: sizes, at: .zero, threads: threads)
    }.inverted(threads: threads)
    return MaskTopology(
      pieces: components(connectivity: .faces6, threads: threads).count,
      cavities: background.components(connectivity: .corners26, threads: threads).count - 1,
      eulerNumber: sums.reduce(0, +))
  }
}

extension BitGrid {
  /// What some planes, with the planes above them, add to the Euler number of the ones.
  fileprivate func eulerNumber(planes: Range<Int>) -> Int {
    var sum = 0
    let none = [UInt64](repeating: 0, count: wordsPerRow)
    none.withUnsafeBufferPointer { none in
      let empty = none.baseAddress!
      for z in planes {
        for y in 0..<height {
          // The row, the one behind it, the one above it, and the one above that behind it.
          let (a, b) = (
            UnsafePointer(row(y, z)), y + 1 < height ? UnsafePointer(row(y + 1, z)) : empty
          )
          let c = z + 1 < depth ? UnsafePointer(row(y, z + 1)) : empty
          let d =
            y + 1 < height && z + 1 < depth ? UnsafePointer(row(y + 1, z + 1)) : empty
          for i in 0..<wordsPerRow {
            guard a[i] != 0 else { continue }
            let (ab, ac) = (a[i] & b[i], a[i] & c[i])
            let abcd = ab & c[i] & d[i]
            // The same, a step along x.
            func next(_ row: UnsafePointer<UInt64>) -> UInt64 {
              row[i] >> 1 | (i + 1 < wordsPerRow ? row[i + 1] << 63 : 0)
            }
            let (a1, b1, c1) = (next(a), next(b), next(c))
            sum += a[i].nonzeroBitCount
            sum -= ab.nonzeroBitCount + ac.nonzeroBitCount + (a[i] & a1).nonzeroBitCount
            sum += abcd.nonzeroBitCount + (ab & a1 & b1).nonzeroBitCount
            sum += (ac & a1 & c1).nonzeroBitCount
            sum -= (abcd & a1 & b1 & c1 & next(d)).nonzeroBitCount
          }
        }
      }
    }
    return sum
  }
}
