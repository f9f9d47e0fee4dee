import CNeuralKernels

@testable import NeuralEngine

/// (sample, channel, x, y, z) values of PyTorch in the engine's blocks of 16 channels, and back.
struct Blocked {
  let shape: [Int]
  let buffer: AlignedBuffer

  /// - Parameter shape: (sample, channel, x, y, z).
  init(_ values: [Float]? = nil, shape: [Int]) {
    self.shape = shape
    buffer = AlignedBuffer(shape[0] * channelBlocks(shape[1]) * Self.voxels(shape) * 16)
    guard let values else { return }
    forEach { buffer.pointer[$1] = values[$0] }
  }

  var values: [Float] {
    var result = [Float](repeating: 0, count: shape.reduce(1, *))
    forEach { result[$0] = buffer.pointer[$1] }
    return result
  }

  var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

  private static func voxels(_ shape: [Int]) -> Int { shape[2...].reduce(1, *) }

  private func forEach(_ body: (Int, Int) -> Void) {
    let (channels, voxels) = (shape[1], Self.voxels(shape))
    for n in 0..<shape[0] {
      for c in 0..<channels {
        for v in 0..<voxels {
          let block = n * channelBlocks(channels) + c / 16
          body((n * channels + c) * voxels + v, (block * voxels + v) * 16 + c % 16)
        }
      }
    }
  }
}

/// (sample, 1, x, y, z) values with a halo of one zero voxel, and back.
struct Haloed {
  let shape: [Int]
  let buffer: AlignedBuffer

  init(_ values: [Float]? = nil, shape: [Int]) {
    self.shape = shape
    buffer = AlignedBuffer(shape[0] * (shape[2] + 2) * (shape[3] + 2) * (shape[4] + 2))
    guard let values else { return }
    forEach { buffer.pointer[$1] = values[$0] }
  }

  var values: [Float] {
    var result = [Float](repeating: 0, count: shape[0] * shape[2] * shape[3] * shape[4])
    forEach { result[$0] = buffer.pointer[$1] }
    return result
  }

  var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

  private func forEach(_ body: (Int, Int) -> Void) {
    var index = 0
    for n in 0..<shape[0] {
      for x in 0..<shape[2] {
        for y in 0..<shape[3] {
          for z in 0..<shape[4] {
            let row = (n * (shape[2] + 2) + x + 1) * (shape[3] + 2) + y + 1
            body(index, row * (shape[4] + 2) + z + 1)
            index += 1
          }
        }
      }
    }
  }
}
