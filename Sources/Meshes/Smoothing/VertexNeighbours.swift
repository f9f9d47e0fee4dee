import Concurrency
import Volumes

/// The neighbours of every vertex of a closed mesh, each once: the ends of the edges that leave it.
struct VertexNeighbours {
  private var starts: [UInt32]
  private var neighbours: [UInt32]

  init(_ mesh: TriangleMesh) {
    starts = [UInt32](repeating: 0, count: mesh.vertices.count + 1)
    neighbours = [UInt32](repeating: 0, count: mesh.triangles.count * 3)
    for t in mesh.triangles { for place in 0..<3 { starts[Int(t[place]) + 1] += 1 } }
    for vertex in 0..<mesh.vertices.count { starts[vertex + 1] += starts[vertex] }
    var next = starts
    for t in mesh.triangles {
      for place in 0..<3 {
        let vertex = Int(t[place])
        neighbours[Int(next[vertex])] = t[(place + 1) % 3]
        next[vertex] += 1
      }
    }
  }

  /// Moves every vertex by a share of the way to the mean of its neighbours.
  func move(
    from source: [SIMD3<Float>], to target: inout [SIMD3<Float>], by share: Float,
    limit: MotionLimit?, threads: Int
  ) {
    target.withUnsafeMutableBufferPointer { target in
      source.withUnsafeBufferPointer { source in
        starts.withUnsafeBufferPointer { starts in
          neighbours.withUnsafeBufferPointer { neighbours in
            // Below some thousand vertices a thread costs more than it gains.
            Slabs.run(source.count, threads: min(threads, source.count / 4096)) { range in
              for vertex in range {
                let (first, last) = (Int(starts[vertex]), Int(starts[vertex + 1]))
                var sum = SIMD3<Float>()
                for n in first..<last { sum += source[Int(neighbours[n])] }
                let here = source[vertex]
                let mean = sum / Float(max(last - first, 1))
                target[vertex] = last > first ? here + (mean - here) * share : here
              }
              limit?.apply(to: target, in: range)
            }
          }
        }
      }
    }
  }
}

/// Keeps vertices within half a voxel of where they were.
struct MotionLimit {
  private let anchors: [SIMD3<Float>]
  private let toVoxels: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)

  /// - Parameters:
  ///   - anchors: where the vertices were, in mm.
  ///   - voxels: turns a step in mm into one in voxels.
  init(anchors: [SIMD3<Float>], voxels: Matrix3) {
    self.anchors = anchors
    toVoxels = (SIMD3(voxels[0]), SIMD3(voxels[1]), SIMD3(voxels[2]))
  }

  func apply(to vertices: UnsafeMutableBufferPointer<SIMD3<Float>>, in range: Range<Int>) {
    // A little less than half: a part one voxel thick must not fold up completely.
    let limit: Float = 0.49
    anchors.withUnsafeBufferPointer { anchors in
      for vertex in range {
        let moved = vertices[vertex] - anchors[vertex]
        let step = toVoxels.0 * moved.x + toVoxels.1 * moved.y + toVoxels.2 * moved.z
        let length = (step * step).sum().squareRoot()
        if length > limit { vertices[vertex] = anchors[vertex] + moved * (limit / length) }
      }
    }
  }
}
