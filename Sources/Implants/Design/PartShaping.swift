import Concurrency
import Glibc
import Volumes

/// What a design makes of the bone that is completed, before the bone beside it counts.
struct PartShaping {
  /// Signed distances of bone and implant together, and distances from the implant, below 0 in it.
  let complete, implant: Volume<Float>
  /// Distances to the outer and the inner surface.
  let outer, inner: Volume<Float>
  /// Signed distances from the surface of the bone, in mm.
  let bone: Volume<Float>
  /// How far the part's surface may lie beyond the implant's voxels, in mm.
  let step: Float

  /// From here on, away from the rim, the outer surface is as far below the bone's as it was asked for, in mm.
  private static let flushRim: Float = 15

  /// The part with its thickness, its outer surface lower than the bone's.
  func shaped(by design: PartDesign, threads: Int) -> Volume<Float> {
    let side = Float(complete.geometry.spacing.x)
    let lower = Float(design.underContour)
    let sizes = complete.sizes
    return Volume(unwrittenOn: complete.geometry) { out in
      let out = Voxels(base: out.baseAddress!)
      withFields { complete, implant, outer, inner, bone in
        Slabs.run(sizes.count, threads: threads) { slab in
          for i in slab {
            let (whole, away, depth) = (complete[i], implant[i], outer[i])
            var value = max(whole, away - step)
            // Out of the head, where the outer surface is the nearest one.
            guard whole <= 0 || depth > whole + side / 2 else {
              out.base[i] = value
              continue
            }
            let way = min(1, max(0, bone[i] / Self.flushRim))
            let sunk = lower * way * way * (3 - 2 * way)
            switch design.thickness {
            case .own: break
            case .constant(let thickness):
              // From the outer surface as it is made.
              let thick = Float(thickness) + sunk
              value = max(depth - thick, max(-depth, away - thick - step))
              // Only straight below the implant, not below the bone beside it.
              value = max(value, whole > 0 ? away - inner[i] - 3 * step : away - step)
            case .share(let share):
              if whole < 0 { value = max(value, depth - Float(share) * (depth + inner[i])) }
            }
            if lower > 0 { value = max(value, sunk - depth) }
            out.base[i] = value
          }
        }
      }
    }
  }

  private func withFields(
    _ body: (DistanceField, DistanceField, DistanceField, DistanceField, DistanceField) -> Void
  ) {
    complete.withField { complete in
      implant.withField { implant in
        outer.withField { outer in
          inner.withField { inner in
            bone.withField { bone in body(complete, implant, outer, inner, bone) }
          }
        }
      }
    }
  }
}

extension Volume<Float> {
  /// A bevel at 45° along the outer edge of a part.
  ///
  /// - Parameters:
  ///   - width: of the bevel's legs in mm.
  ///   - outer: distances to the outer surface.
  ///   - barrier: depths below the rim, below 0 in the part.
  func bevelled(by width: Float, _ outer: Volume<Float>, _ barrier: Volume<Float>, threads: Int)
    -> Volume<Float>
  {
    let corner = outer.combined(with: barrier, threads: threads) { outer, barrier in
      (width - outer + barrier) / Float(2).squareRoot()
    }
    return combined(with: corner, threads: threads, Swift.max)
  }

  /// A part with a wider gap to bone that lies below it, towards the feet.
  func lifted(from bone: Volume<Float>, by gap: Float, threads: Int) -> Volume<Float> {
    let (sizes, side) = (sizes, Float(geometry.spacing.x))
    let lps = geometry.lpsFromIndex.linear
    // How much higher a step along each axis of the grid is.
    let up = SIMD3<Float>(Float(lps[0].z), Float(lps[1].z), Float(lps[2].z)) / side
    // Over some mm, as the surface of the bone is rough.
    let span = 4
    var lifted = self
    lifted.withMutableVoxels { out in
      let out = Voxels(base: out.baseAddress!)
      bone.withField { bone in
        Slabs.run(sizes.z, threads: threads) { slab in
          for z in slab where z >= span && z < sizes.z - span {
            for y in span..<Swift.max(span, sizes.y - span) {
              for x in span..<Swift.max(span, sizes.x - span) {
                let i = sizes.offset(x, y, z)
                guard bone[i] < gap + 2 * side else { continue }
                let (row, plane) = (sizes.x, sizes.x * sizes.y)
                let slope =
                  SIMD3(
                    bone[i + span] - bone[i - span], bone[i + span * row] - bone[i - span * row],
                    bone[i + span * plane] - bone[i - span * plane]) / (2 * Float(span) * side)
                // 0 from 60° off the way up, 1 from 37° on.
                let share = Swift.min(1, Swift.max(0, ((slope * up).sum() - 0.5) / 0.3))
                out.base[i] = Swift.max(out.base[i], gap * share - bone[i])
              }
            }
          }
        }
      }
    }
    return lifted
  }
}
