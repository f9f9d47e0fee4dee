import Volumes

/// A mask whose voxels `inside` chooses.
func mask(on geometry: Geometry, where inside: (Int, Int, Int) -> Bool) -> Mask {
  let s = geometry.sizes
  return Mask(on: geometry) { bytes in
    for k in 0..<s.z {
      for j in 0..<s.y {
        for i in 0..<s.x where inside(i, j, k) { bytes[s.offset(i, j, k)] = 1 }
      }
    }
  }
}

/// A solid ball, in voxels of a grid of any spacing.
func ball(radius: Double, on geometry: Geometry) -> Mask {
  let s = geometry.sizes
  let centre = SIMD3(Double(s.x - 1), Double(s.y - 1), Double(s.z - 1)) / 2
  return mask(on: geometry) { i, j, k in
    let offset = (SIMD3(Double(i), Double(j), Double(k)) - centre) * geometry.spacing
    return offset.dot(offset) <= radius * radius
  }
}
