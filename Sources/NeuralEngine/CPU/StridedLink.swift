import CNeuralKernels

/// The linear map between a fine grid and a coarse one: kernel 3, padding 1, stride 1 or 2.
///
/// A convolution goes down (fine to coarse); a transposed convolution, with output padding
/// stride − 1, goes up. The gradient with respect to the input of one is the other.
///
/// Weights are [coarse block][tap][fine block][16 fine][16 coarse].
final class StridedLink {
  let fine: cn_grid
  let coarse: cn_grid
  let stride: Int
  let fineBlocks: Int
  let coarseBlocks: Int
  /// Weights arranged for going up, by class of output positions; filled by `packForUp`.
  private let upWeights: AlignedBuffer
  private let upTiles: [Int32]
  private var downGather: cn_gather
  private var upGathers: [(gather: cn_gather, firstTile: Int)]

  static func weightCount(fineChannels: Int, coarseChannels: Int) -> Int {
    27 * channelBlocks(fineChannels) * channelBlocks(coarseChannels) * 256
  }

  init(fine: SIMD3<Int>, stride: Int, fineChannels: Int, coarseChannels: Int) {
    self.fine = cn_grid(fine)
    self.coarse = cn_grid((fine &+ (stride - 1)) / SIMD3(repeating: stride))
    self.stride = stride
    fineBlocks = channelBlocks(fineChannels)
    coarseBlocks = channelBlocks(coarseChannels)
    upWeights = AlignedBuffer(
      Self.weightCount(fineChannels: fineChannels, coarseChannels: coarseChannels))

    var down = cn_gather()
    down.in = self.fine
    down.out = coarse
    down.q = coarse
    down.in_blocks = Int64(fineBlocks)
    down.out_blocks = Int64(coarseBlocks)
    down.in_step = Int64(stride)
    down.out_step = 1
    let all = (0..<27).map { SIMD3($0 / 9, $0 / 3 % 3, $0 % 3) }
    Self.set(&down, taps: all.map { $0 &- 1 })
    downGather = down

    // Fine voxels by their remainders modulo the stride: those of one class meet the same taps.
    var gathers: [(cn_gather, Int)] = []
    var tiles: [Int32] = []
    for x in 0..<stride {
      for y in 0..<stride {
        for z in 0..<stride {
          let start = SIMD3(x, y, z)
          let taps = all.enumerated().filter { _, k in
            (0..<3).allSatisfy { (start[$0] + 1 - k[$0]) % stride == 0 }
          }
          var up = cn_gather()
          up.in = coarse
          up.out = self.fine
          up.q = coarse
          up.in_blocks = Int64(coarseBlocks)
          up.out_blocks = Int64(fineBlocks)
          up.in_step = 1
          up.out_step = Int64(stride)
          up.out_start = (Int64(x), Int64(y), Int64(z))
          Self.set(
            &up, taps: taps.map { (start &+ 1 &- $0.element) / SIMD3(repeating: stride) })
          gathers.append((up, tiles.count))
          for block in 0..<fineBlocks {
            for (tap, _) in taps {
              for other in 0..<coarseBlocks {
                tiles.append(Int32((other * 27 + tap) * fineBlocks + block))
              }
            }
          }
        }
      }
    }
    upGathers = gathers
    upTiles = tiles
  }

  /// Bytes of the weights for going up, and of the places that they come from.
  static func bytes(fineChannels: Int, coarseChannels: Int) -> Int {
    let tiles = 27 * channelBlocks(fineChannels) * channelBlocks(coarseChannels)
    return tiles * (256 * 4 + 4)
  }

  private static func set(_ gather: inout cn_gather, taps: [SIMD3<Int>]) {
    gather.taps = Int64(taps.count)
    withUnsafeMutableBytes(of: &gather.offsets) { bytes in
      for (t, offset) in taps.enumerated() {
        for axis in 0..<3 {
          bytes.storeBytes(of: Int8(offset[axis]), toByteOffset: 3 * t + axis, as: Int8.self)
        }
      }
    }
  }

  /// Positions that one task handles: whole tiles of any instruction set (3, 6, 10).
  private static let positionsPerTask = 480

  /// y(coarse) = W x(fine); with a shift, the activation of that plus the shift.
  func down(
    _ x: UnsafePointer<Float>, weights: UnsafePointer<Float>, shift: UnsafePointer<Float>? = nil,
    slope: Float = 1, to y: UnsafeMutablePointer<Float>, samples: Int,
    _ kernels: UnsafePointer<cn_kernels>, _ team: Team
  ) {
    let positions = samples * coarse.voxels
    let size = Self.positionsPerTask
    team.run((positions + size - 1) / size) { task in
      var gather = downGather
      kernels.pointee.gather(
        &gather, x, weights, shift, slope, y, Int64(task * size),
        Int64(min(positions, (task + 1) * size)))
    }
  }

  /// Arranges weights for going up; again after every change of the weights.
  func packForUp(_ weights: UnsafePointer<Float>, _ team: Team) {
    let size = 64
    upTiles.withUnsafeBufferPointer { tiles in
      team.run((tiles.count + size - 1) / size) { task in
        cn_transpose_tiles(
          weights, tiles.baseAddress!, Int64(task * size),
          Int64(min(tiles.count, (task + 1) * size)), upWeights.pointer)
      }
    }
  }

  /// x(fine) = Wᵀ y(coarse), with the weights packed last.
  func up(
    _ y: UnsafePointer<Float>, shift: UnsafePointer<Float>? = nil, slope: Float = 1,
    to x: UnsafeMutablePointer<Float>, samples: Int, _ kernels: UnsafePointer<cn_kernels>,
    _ team: Team
  ) {
    let positions = samples * coarse.voxels
    let size = Self.positionsPerTask
    let tasks = (positions + size - 1) / size
    team.run(tasks * upGathers.count) { task in
      var (gather, tile) = upGathers[task / tasks]
      let part = task % tasks
      kernels.pointee.gather(
        &gather, y, upWeights.pointer + tile * 256, shift, slope, x, Int64(part * size),
        Int64(min(positions, (part + 1) * size)))
    }
  }

  /// dW = Σ x(fine) ⊗ y(coarse).
  func weightGradient(
    fine x: UnsafePointer<Float>, coarse y: UnsafePointer<Float>,
    to dw: UnsafeMutablePointer<Float>, samples: Int, _ kernels: UnsafePointer<cn_kernels>,
    _ team: Team
  ) {
    let tapStride = fineBlocks * 256
    // All coarse blocks in one task read the fine side once from memory; where that leaves threads
    // idle, one task each. A tile's sum is formed in the same order either way.
    let parts = fineBlocks * 3 >= 2 * team.threads ? 1 : coarseBlocks
    let width = coarseBlocks / parts
    team.run(fineBlocks * 3 * parts) { task in
      let depthTap = task % 3
      let f = task / 3 % fineBlocks
      let blocks = task / 3 / fineBlocks * width..<(task / 3 / fineBlocks + 1) * width
      let first = dw + f * 256
      for c in blocks {
        for tap in 0..<9 {
          (first + (c * 27 + depthTap * 9 + tap) * tapStride).update(repeating: 0, count: 256)
        }
      }
      kernels.pointee.weight_gradient(
        fine, Int64(fineBlocks), coarse, Int64(coarseBlocks), Int64(stride), Int64(samples), x, y,
        Int64(f), Int64(blocks.lowerBound), Int64(blocks.upperBound), Int64(depthTap), first,
        Int64(tapStride))
    }
  }
}
