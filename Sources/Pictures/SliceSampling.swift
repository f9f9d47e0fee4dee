import Volumes

extension SlicePlane {
  /// The share of every pixel inside a mask, of four samples of the nearest voxel: 0 … 4.
  ///
  /// Nearest, not interpolated: the picture shows the voxels that the mask has, thin ones included.
  func coverage(of mask: Mask) -> [UInt8] {
    var shares = [UInt8](repeating: 0, count: width * height)
    guard let grid = onGrid(mask.geometry) else { return shares }
    let (nx, ny, nz) = (mask.sizes.x, mask.sizes.y, mask.sizes.z)
    let limits = SIMD3(Double(nx), Double(ny), Double(nz))
    mask.withBytes { bytes in
      for offset in [(-0.25, -0.25), (0.25, -0.25), (-0.25, 0.25), (0.25, 0.25)] {
        // Adding a half makes truncation round, inside the grid.
        let first = grid.corner + grid.step * offset.0 + grid.down * offset.1 + 0.5
        for row in 0..<height {
          let start = first + grid.down * Double(row)
          for column in 0..<width {
            let p = start + grid.step * Double(column)
            guard all(p .>= 0), all(p .< limits) else { continue }
            shares[row * width + column] += bytes[Int(p.x) + nx * (Int(p.y) + ny * Int(p.z))]
          }
        }
      }
    }
    return shares
  }

  /// The values of a scan at the pixels, linear between voxel centres; NaN outside the grid.
  func values(of scan: AnyVolume) -> [Float] {
    // One place that knows all types, so that each gets a loop of its own.
    switch scan.base {
    case let volume as Volume<Int8>: samples(of: volume)
    case let volume as Volume<UInt8>: samples(of: volume)
    case let volume as Volume<Int16>: samples(of: volume)
    case let volume as Volume<UInt16>: samples(of: volume)
    case let volume as Volume<Int32>: samples(of: volume)
    case let volume as Volume<UInt32>: samples(of: volume)
    case let volume as Volume<Int64>: samples(of: volume)
    case let volume as Volume<UInt64>: samples(of: volume)
    case let volume as Volume<Float>: samples(of: volume)
    case let volume as Volume<Double>: samples(of: volume)
    default: [Float](repeating: .nan, count: width * height)
    }
  }

  private func samples<Voxel: VoxelScalar>(of volume: Volume<Voxel>) -> [Float] {
    var values = [Float](repeating: .nan, count: width * height)
    guard let grid = onGrid(volume.geometry) else { return values }
    let (nx, ny, nz) = (volume.sizes.x, volume.sizes.y, volume.sizes.z)
    let last = SIMD3(Double(nx - 1), Double(ny - 1), Double(nz - 1))
    volume.withVoxels { voxels in
      for row in 0..<height {
        let start = grid.corner + grid.down * Double(row)
        for column in 0..<width {
          var p = start + grid.step * Double(column)
          // The outer half of the border voxels belongs to the grid as well.
          guard all(p .>= -0.5), all(p .<= last + 0.5) else { continue }
          p = p.clamped(lowerBound: .zero, upperBound: last)
          let (i, j, k) = (Int(p.x), Int(p.y), Int(p.z))
          let f = p - SIMD3(Double(i), Double(j), Double(k))
          let x = i + 1 < nx ? 1 : 0
          let y = j + 1 < ny ? nx : 0
          let z = k + 1 < nz ? nx * ny : 0
          let here = i + nx * (j + ny * k)
          func along(_ offset: Int) -> Double {
            let (a, b) = (voxels[here + offset].doubleValue, voxels[here + offset + x].doubleValue)
            return a + (b - a) * f.x
          }
          let near = along(0) + (along(y) - along(0)) * f.y
          let far = along(z) + (along(y + z) - along(z)) * f.y
          values[row * width + column] = Float(near + (far - near) * f.z)
        }
      }
    }
    return values
  }
}

private func all(_ mask: SIMDMask<SIMD3<Int64>>) -> Bool { mask[0] && mask[1] && mask[2] }
