import Concurrency
package import Errors
package import Volumes

extension Volume<Float> {
  /// Writes 1 where the linear interpolation of this volume on another grid is at least `level`, and 0
  /// elsewhere; outside this volume's box lies 0.
  ///
  /// The same as ``resampled(onto:by:background:threads:)`` and a comparison. Between parallel grids
  /// the values are not made where their neighbours settle the matter: all of them lie on one side of
  /// the level almost everywhere in a decoded skull.
  ///
  /// *Memory order*: `bytes` has the grid's voxels, x fastest.
  /// - Throws: `Diagnostic` with code `singularGeometry`.
  /// - Complexity: one pass over `bytes`; between grids that are turned against each other 4 bytes a
  ///   voxel of the grid.
  package func threshold(
    at level: Float, onto grid: Geometry, into bytes: UnsafeMutableBufferPointer<UInt8>,
    threads: Int
  ) throws(Diagnostic) {
    precondition(bytes.count == grid.sizes.count, "bytes of another grid")
    let map = try GridMap(from: geometry, to: grid)
    guard let axes = map.axes, axes.map(\.source) == [0, 1, 2] else {
      try resampled(onto: grid, by: .linear, threads: threads).withVoxels { values in
        for i in 0..<values.count { bytes[i] = values[i] >= level ? 1 : 0 }
      }
      return
    }
    withVoxels { voxels in
      SeparableResampler<RealArithmetic<Float>>(
        axes, source: map.source, target: map.target, by: .linear, background: 0, threads: threads
      ).threshold(voxels.baseAddress!, bytes.baseAddress!, at: level)
    }
  }
}

/// Voxels of a target row, one after the other, that lie between the same two voxels of the source.
private struct Stretch {
  var targets: Range<Int>
  /// The first source index.
  let first: Int
  /// How many source voxels weigh in: 0 outside, 1 on a centre, or 2.
  let count: Int
}

extension SeparableResampler where From == Float, To == Float, Real == Float {
  /// What ``run(_:_:)`` writes, as 1 where it is at least `level` and 0 elsewhere.
  func threshold(_ from: UnsafePointer<Float>, _ to: UnsafeMutablePointer<UInt8>, at level: Float) {
    let stretches = self.stretches
    let used = usedColumns
    // Weights sum to 1 but for rounding, so a value lies between its two neighbours but for that.
    let margin = abs(level) * 1e-5
    let (surelyBelow, surelyAbove) = (level - margin, level + margin)
    let outside: UInt8 = background >= level ? 1 : 0
    Slabs.run(target.z, threads: threads) { slab in
      let sum = UnsafeMutablePointer<Float>.allocate(capacity: source.x)
      defer { sum.deallocate() }
      for z in slab {
        for y in 0..<target.y {
          let out = to + target.x * (y + target.y * z)
          guard taps[1].coverage[y] > 0, taps[2].coverage[z] > 0 else {
            out.update(repeating: outside, count: target.x)
            continue
          }
          addRows(y, z, from, sum, used)
          for stretch in stretches {
            guard stretch.count > 0 else {
              Self.fill(out, stretch.targets, outside)
              continue
            }
            let (a, b) = (sum[stretch.first], sum[stretch.first + stretch.count - 1])
            if a < surelyBelow, b < surelyBelow {
              Self.fill(out, stretch.targets, 0)
            } else if a > surelyAbove, b > surelyAbove {
              Self.fill(out, stretch.targets, 1)
            } else {
              for x in stretch.targets {
                let start = taps[0].starts[x]
                let value =
                  stretch.count == 1
                  ? Float(taps[0].weights[start]) * a
                  : Float(taps[0].weights[start]) * a + Float(taps[0].weights[start + 1]) * b
                out[x] = value >= level ? 1 : 0
              }
            }
          }
        }
      }
    }
  }

  @inline(__always)
  private static func fill(_ out: UnsafeMutablePointer<UInt8>, _ part: Range<Int>, _ value: UInt8) {
    (out + part.lowerBound).update(repeating: value, count: part.count)
  }

  /// The target's columns by their neighbours; neighbouring stretches that lie outside are one.
  private var stretches: [Stretch] {
    var result: [Stretch] = []
    for x in 0..<target.x {
      let (first, weights) = taps[0].taps(x)
      if let last = result.last, last.first == first, last.count == weights.count {
        result[result.count - 1].targets = last.targets.lowerBound..<x + 1
      } else {
        result.append(Stretch(targets: x..<x + 1, first: first, count: weights.count))
      }
    }
    return result
  }
}
