import CNeuralKernels

/// Instance normalization of the two classes' planes behind a decoder's last convolution, for heads of
/// imported decoders. (Batch normalization is the same for all samples and known beforehand.)
enum HeadNormalization {
  /// What turns each plane into one of mean 0 and variance 1.
  ///
  /// *Shape*: `planes` by class, each (sample, haloed x, y, z), z fastest; the result
  /// [sample · classes + class]. The halo does not count.
  /// - Complexity: O(voxels), one pass.
  static func affines(
    of planes: [UnsafePointer<Float>], grid: cn_grid, samples: Int, _ team: Team
  ) -> [ChannelAffine] {
    let (depth, height, width) = (Int(grid.depth), Int(grid.height), Int(grid.width))
    let count = samples * planes.count
    // Sum and sum of squares of each slice, added in their order: the same at any number of threads.
    let slices = UnsafeMutablePointer<SIMD2<Double>>.allocate(capacity: count * depth)
    defer { slices.deallocate() }
    team.run(count * depth) { task in
      let (plane, d) = (task / depth, task % depth)
      let base = planes[plane % planes.count] + plane / planes.count * grid.haloed
      var sums = SIMD2<Double>.zero
      for h in 0..<height {
        let row = base + ((d + 1) * (height + 2) + h + 1) * (width + 2) + 1
        for w in 0..<width {
          let value = Double(row[w])
          sums += SIMD2(value, value * value)
        }
      }
      (slices + task).initialize(to: sums)
    }
    return (0..<count).map { plane in
      var sums = SIMD2<Double>.zero
      for d in 0..<depth { sums += slices[plane * depth + d] }
      let moments = sums / Double(depth * height * width)
      let variance = max(0, moments.y - moments.x * moments.x)
      let scale = 1 / (variance + NormalizedActivation.epsilon).squareRoot()
      return ChannelAffine(scale: Float(scale), shift: Float(-moments.x * scale))
    }
  }
}
