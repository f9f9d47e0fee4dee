import Concurrency
public import Volumes

extension Mask {
  /// The squared distance of every voxel centre to the nearest voxel centre of the mask.
  ///
  /// Exact, apart from rounding to float (relative error below 1e-6). 0 inside the mask; infinity
  /// everywhere if the mask is empty. Anisotropic spacing is used. Axes are taken as orthogonal:
  /// rotated grids are right, sheared ones are measured as if they were not sheared.
  ///
  /// *Shape*: the grid of the mask. *Units*: mm².
  /// - Complexity: O(voxels), the same bytes at any `threads`; 4 bytes a voxel, and
  ///   (80·max(ny, nz) + small) bytes a thread.
  ///
  /// *Source*: separable passes over lower envelopes, see Felzenszwalb and Huttenlocher (2012);
  /// golden values from scipy 1.x `distance_transform_edt`.
  public func squaredDistances(threads: Int = 1) -> Volume<Float> {
    distances(threads: threads, takingRoot: false)
  }

  /// The distance of every voxel centre to the nearest voxel centre of the mask, in mm.
  ///
  /// The root of ``squaredDistances(threads:)``, with its conventions and cost.
  public func distances(threads: Int = 1) -> Volume<Float> {
    distances(threads: threads, takingRoot: true)
  }

  /// The distances up to a largest one in mm, which stands for all that are larger.
  ///
  /// - Complexity: as ``distances(threads:)``, but where all is further away than that little is done.
  public func distances(upTo most: Double, threads: Int = 1) -> Volume<Float> {
    distances(threads: threads, takingRoot: true, upTo: most)
  }

  /// The squared distance of every voxel centre in the mask to the nearest voxel centre of the grid
  /// that is not in the mask; 0 outside the mask, infinity inside a mask that fills the grid.
  /// Voxels beyond the grid do not count.
  ///
  /// Shape, units, exactness and cost are those of ``squaredDistances(threads:)``, for the part of
  /// the grid that holds the mask.
  public func squaredDepths(threads: Int = 1) -> Volume<Float> {
    distances(threads: threads, takingRoot: false, inside: true)
  }

  /// The distance of every voxel centre in the mask to the nearest one that is not, in mm.
  ///
  /// The root of ``squaredDepths(threads:)``, with its conventions and cost.
  public func depths(threads: Int = 1) -> Volume<Float> {
    distances(threads: threads, takingRoot: true, inside: true)
  }

  /// The distance to the other side of the surface in mm: above 0 outside the mask, to its nearest voxel;
  /// below 0 inside, to the nearest voxel that is not in it.
  ///
  /// Infinite where the mask is empty, and with the minus sign where it fills the grid.
  /// - Complexity: as ``distances(threads:)`` and ``depths(threads:)``; 8 bytes a voxel at the peak.
  ///
  /// *Reference*: scipy's `distance_transform_edt` of the complement less that of the mask.
  public func signedDistances(threads: Int = 1) -> Volume<Float> {
    signed(distances(threads: threads), threads: threads)
  }

  /// The signed distances, those outside up to a largest one in mm, which stands for all that are larger.
  ///
  /// - Complexity: as ``distances(upTo:threads:)`` and ``depths(threads:)``; 8 bytes a voxel at the peak.
  public func signedDistances(upTo most: Double, threads: Int = 1) -> Volume<Float> {
    signed(distances(upTo: most, threads: threads), threads: threads)
  }

  private func signed(_ distances: consuming Volume<Float>, threads: Int) -> Volume<Float> {
    var signed = distances
    let depths = depths(threads: threads)
    signed.withMutableVoxels { signed in
      depths.withVoxels { depths in
        let (out, depths) = (signed.baseAddress!, depths.baseAddress!)
        Slabs.run(signed.count, threads: threads) { for i in $0 { out[i] -= depths[i] } }
      }
    }
    return signed
  }

  private func distances(
    threads: Int, takingRoot: Bool, inside: Bool = false, upTo most: Double = .infinity
  ) -> Volume<Float> {
    let (most, mostSquared) = (Float(most), Float(most * most))
    let sizes = sizes
    let weights = geometry.spacing * geometry.spacing
    let plane = sizes.x * sizes.y
    return Volume(unwrittenOn: geometry) { out in
      let out = out.baseAddress!
      // Of every row the part that is not 0; only depths know it before.
      let spans = UnsafeMutablePointer<LowerEnvelope.Span>.allocate(
        capacity: sizes.y * sizes.z)
      defer { spans.deallocate() }
      spans.initialize(repeating: (0, Int32(sizes.x)), count: sizes.y * sizes.z)
      withBytes { bytes in
        // x and y plane by plane, while the plane is in the cache.
        Slabs.run(sizes.z, threads: threads) { slab in
          let rows = RowDistances(length: sizes.x, weight: weights.x, most: mostSquared)
          let columns = LowerEnvelope(length: sizes.y, weight: weights.y, most: mostSquared)
          defer {
            rows.deallocate()
            columns.deallocate()
          }
          for z in slab {
            let planeOut = out + z * plane
            for y in 0..<sizes.y {
              let (from, to) = (
                bytes.baseAddress! + z * plane + y * sizes.x, planeOut + y * sizes.x
              )
              if inside {
                to.update(repeating: 0, count: sizes.x)
                spans[z * sizes.y + y] = rows.writeDepths(from, to: to)
              } else {
                rows.write(from, to: to)
              }
            }
            columns.transform(
              planeOut, count: sizes.x, stride: sizes.x, spans: spans + z * sizes.y, spanStride: 1)
          }
        }
        Slabs.run(sizes.y, threads: threads) { slab in
          let columns = LowerEnvelope(length: sizes.z, weight: weights.z, most: mostSquared)
          defer { columns.deallocate() }
          for y in slab {
            columns.transform(
              out + y * sizes.x, count: sizes.x, stride: plane, spans: spans + y,
              spanStride: sizes.y)
            guard takingRoot else { continue }
            for z in 0..<sizes.z {
              let row = out + z * plane + y * sizes.x
              let span = spans[z * sizes.y + y]
              for x in Int(span.lower)..<Int(span.upper) { row[x] = min(most, row[x].squareRoot()) }
            }
          }
        }
      }
    }
  }
}

/// Squared distances along rows, written as copies of two tables.
private struct RowDistances {
  private let length: Int
  // The squares of 0 to length steps, and the same backwards.
  private let rising: UnsafeMutablePointer<Float>
  private let falling: UnsafeMutablePointer<Float>

  /// - Parameter most: larger squares are written as infinite.
  init(length: Int, weight: Double, most: Float) {
    self.length = length
    rising = .allocate(capacity: length + 1)
    falling = .allocate(capacity: length + 1)
    for d in 0...length {
      let square = Float(weight * Double(d * d))
      rising[d] = square > most ? .infinity : square
      falling[length - d] = rising[d]
    }
  }

  func deallocate() {
    rising.deallocate()
    falling.deallocate()
  }

  /// The squared distance along x to the nearest run; infinity where the row has none.
  func write(_ row: UnsafePointer<UInt8>, to out: UnsafeMutablePointer<Float>) {
    var before = -1  // the last voxel of the run before
    RowRuns.forEach(in: row, count: length) { start, end in
      let middle = before < 0 ? 0 : (before + start) / 2 + 1
      if before >= 0 { (out + before + 1).update(from: rising + 1, count: middle - before - 1) }
      (out + middle).update(from: falling + (length - (start - middle)), count: start - middle)
      (out + start).update(repeating: 0, count: end - start)
      before = end - 1
    }
    if before < 0 {
      out.update(repeating: .infinity, count: length)
    } else {
      (out + before + 1).update(from: rising + 1, count: length - before - 1)
    }
  }

  /// The squared distance along x to the nearest voxel outside the runs, written over zeros; returns
  /// where it is not 0. A row without a voxel outside has infinity.
  func writeDepths(
    _ row: UnsafePointer<UInt8>, to out: UnsafeMutablePointer<Float>
  ) -> LowerEnvelope.Span {
    var (lower, upper) = (length, 0)
    RowRuns.forEach(in: row, count: length) { start, end in
      lower = min(lower, start)
      upper = end
      switch (start > 0, end < length) {
      case (true, true):
        let middle = (start + end) / 2
        (out + start).update(from: rising + 1, count: middle - start)
        (out + middle).update(from: falling + (length - (end - middle)), count: end - middle)
      case (true, false): (out + start).update(from: rising + 1, count: end - start)
      case (false, true):
        (out + start).update(from: falling + (length - (end - start)), count: end - start)
      case (false, false): out.update(repeating: .infinity, count: length)
      }
    }
    return lower < upper ? (Int32(lower), Int32(upper)) : (0, 0)
  }
}
