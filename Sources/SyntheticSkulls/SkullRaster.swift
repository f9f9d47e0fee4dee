import Concurrency

internal import Volumes
internal import VoxelOps

struct SkullRaster {
  private let template: SkullTemplate
  private let plan: SkullPlan

  init(_ template: SkullTemplate, _ plan: SkullPlan) {
    (self.template, self.plan) = (template, plan)
  }

  /// Bone where distance − thickness + noise is negative.
  func bone(_ noise: [Float], threads: Int) -> Mask {
    let sizes = plan.geometry.sizes
    // Index → warp's nodes, before the warp.
    guard let inverse = plan.parameters.patientFromTemplate.inverse else {
      preconditionFailure("a pose is never singular")
    }
    let toTemplate = Affine(linear: inverse) * plan.geometry.lpsFromIndex
    let cells = CellSampler(template.distances.geometry)
    let offset = Float(plan.parameters.thickness)
    return Mask(on: plan.geometry) { out in
      plan.warp.nodes.withUnsafeBufferPointer { nodes in
        noise.withUnsafeBufferPointer { noise in
          template.distances.withVoxels { distances in
            template.halfThickness.withVoxels { halves in
              let warp = NodeSampler(nodes.baseAddress!)
              let (out, distances) = (out.baseAddress!, distances.baseAddress!)
              let (noise, halves) = (noise.baseAddress!, halves.baseAddress!)
              let step = SIMD3<Float>(toTemplate.linear[0])
              // No warp stretches by more than a factor of two.
              let perVoxel = Float(0.5 / toTemplate.linear[0].length)
              let (perNode, first) = (Float(1 / Warp.spacing), Float(Warp.first))
              Slabs.run(sizes.z, threads: threads) { slab in
                for z in slab {
                  for y in 0..<sizes.y {
                    let start = SIMD3<Float>(toTemplate * SIMD3(0, Double(y), Double(z)))
                    let row = sizes.x * (y + sizes.y * z)
                    var x = 0
                    while x < sizes.x {
                      defer { x += 1 }
                      let t = Float(x)
                      let px = start.x + t * step.x
                      let py = start.y + t * step.y
                      let pz = start.z + t * step.z
                      let u = warp.at(
                        (px - first) * perNode, (py - first) * perNode, (pz - first) * perNode)
                      let place = cells.place(px + u.x, py + u.y, pz + u.z)
                      let distance = cells.value(distances, at: place)
                      // Thickness and noise move the surface by less than 2 mm together; further
                      // away the next voxels are what this one is, as far as the surface is away.
                      if abs(distance) > 2 {
                        let leap = min(sizes.x - 1 - x, Int((abs(distance) - 2) * perVoxel))
                        if distance < 0 { (out + row + x).update(repeating: 1, count: leap + 1) }
                        x += leap
                        continue
                      }
                      let limit = min(1, 0.45 * cells.value(halves, at: place))
                      let thickness = min(limit, max(-limit, offset + u.w))
                      if distance - thickness + noise[row + x] < 0 { out[row + x] = 1 }
                    }
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
