import Concurrency
import Volumes

/// Nearest-neighbour resampling: voxels are moved as bytes, whatever their type.
struct NearestResampler {
  let map: GridMap
  let threads: Int

  /// Fills `target` from `source`, and with `background` outside the source's box.
  func run<Voxel: VoxelScalar>(
    _ source: UnsafePointer<Voxel>, _ target: UnsafeMutablePointer<Voxel>, background: Voxel
  ) {
    // Only the width matters, so four copies serve all types.
    switch MemoryLayout<Voxel>.size {
    case 1: move(source, target, unsafeBitCast(background, to: UInt8.self))
    case 2: move(source, target, unsafeBitCast(background, to: UInt16.self))
    case 4: move(source, target, unsafeBitCast(background, to: UInt32.self))
    default: move(source, target, unsafeBitCast(background, to: UInt64.self))
    }
  }

  @inline(__always)
  private func move<Word: FixedWidthInteger>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ background: Word
  ) {
    let source = source.assumingMemoryBound(to: Word.self)
    let target = target.assumingMemoryBound(to: Word.self)
    if let axes = map.axes {
      aligned(axes, source, target, background)
    } else {
      oblique(source, target, background)
    }
  }

  /// The source index nearest to a position, which may lie outside.
  @inline(__always)
  private func nearest(_ position: Double) -> Int {
    Int((position + (0.5 + GridMap.tolerance)).rounded(.down))
  }

  /// For each index along a target axis the place in memory; a table an axis.
  private func table(_ axis: Int, _ axes: [AxisMap]) -> (offsets: [Int], inside: Range<Int>) {
    let along = axes[axis]
    let stride =
      along.source == 0 ? 1 : along.source == 1 ? map.source.x : map.source.x * map.source.y
    let limit = map.source[along.source]
    var inside = 0..<0
    var offsets = [Int](repeating: 0, count: map.target[axis])
    for i in offsets.indices {
      // Far outside, a position need not fit an integer.
      let position = min(max(along.position(i), -2), Double(limit) + 1)
      let index = nearest(position)
      guard index >= 0, index < limit else { continue }
      offsets[i] = index * stride
      inside = (inside.isEmpty ? i : inside.lowerBound)..<i + 1
    }
    return (offsets, inside)
  }

  @inline(__always)
  private func aligned<Word: FixedWidthInteger>(
    _ axes: [AxisMap], _ source: UnsafePointer<Word>, _ target: UnsafeMutablePointer<Word>,
    _ background: Word
  ) {
    let size = map.target
    let (xs, insideX) = table(0, axes)
    let (ys, insideY) = table(1, axes)
    let (zs, insideZ) = table(2, axes)
    let isCopy = insideX.dropFirst().allSatisfy { xs[$0] == xs[$0 - 1] + 1 }
    Slabs.run(size.z, threads: threads) { slab in
      xs.withUnsafeBufferPointer { xs in
        for z in slab {
          for y in 0..<size.y {
            let out = target + size.x * (y + size.y * z)
            guard insideZ.contains(z), insideY.contains(y), !insideX.isEmpty else {
              out.update(repeating: background, count: size.x)
              continue
            }
            let row = source + (ys[y] + zs[z])
            out.update(repeating: background, count: insideX.lowerBound)
            if isCopy {
              (out + insideX.lowerBound).update(
                from: row + xs[insideX.lowerBound], count: insideX.count)
            } else {
              let offsets = xs.baseAddress!
              for x in insideX { out[x] = row[offsets[x]] }
            }
            (out + insideX.upperBound).update(
              repeating: background, count: size.x - insideX.upperBound)
          }
        }
      }
    }
  }

  @inline(__always)
  private func oblique<Word: FixedWidthInteger>(
    _ source: UnsafePointer<Word>, _ target: UnsafeMutablePointer<Word>, _ background: Word
  ) {
    let (from, size) = (map.source, map.target)
    let step = map.sourceFromTarget.linear[0]
    let half = SIMD3<Double>(repeating: 0.5 + GridMap.tolerance)
    let limit = SIMD3(Double(from.x), Double(from.y), Double(from.z))
    Slabs.run(size.z, threads: threads) { slab in
      for z in slab {
        for y in 0..<size.y {
          let out = target + size.x * (y + size.y * z)
          let start = map.sourceFromTarget * SIMD3(0, Double(y), Double(z)) + half
          for x in 0..<size.x {
            let p = start + step * Double(x)
            // Not negative and below the limit, so cutting off the fraction rounds down.
            guard p.x >= 0, p.y >= 0, p.z >= 0, p.x < limit.x, p.y < limit.y, p.z < limit.z else {
              out[x] = background
              continue
            }
            out[x] = source[Int(p.x) + from.x * (Int(p.y) + from.y * Int(p.z))]
          }
        }
      }
    }
  }
}
