import Concurrency
internal import Errors
internal import Volumes
internal import VoxelOps

extension SkullTemplate {
  /// A skull whose hole is filled with mirrored bone; on a grid in which mirroring is reversing x.
  ///
  /// The hole is the largest piece of mirrored bone more than 2 mm outside the skull into which a
  /// ball of 1.2 mm fits, if it has 1 cm³ at least: less is a difference between the sides. Within
  /// 4 mm of it the surface is that of both sides together, from there to 8 mm it goes over into the
  /// skull's own.
  static func repaired(_ bone: Mask, threads: Int) throws(Diagnostic) -> Mask {
    let own = bone.signedDistances(threads: threads)
    let (sizes, cell) = (bone.sizes, bone.geometry.directions[0].x)
    let nx = sizes.x
    let outside = Mask(on: bone.geometry) { out in
      own.withVoxels { d in
        for row in stride(from: 0, to: sizes.count, by: nx) {
          for x in 0..<nx {
            out[row + x] = d[row + nx - 1 - x] < 0 && d[row + x] > 2 ? 1 : 0
          }
        }
      }
    }
    let hole = outside.opened(byBall: 1.2, threads: threads).largestComponent(threads: threads)
    guard Double(hole.voxelCount) * cell * cell * cell >= 1000 else { return bone }
    let away = hole.distances(threads: threads)
    return Mask(on: bone.geometry) { out in
      own.withVoxels { d in
        away.withVoxels { away in
          for row in stride(from: 0, to: sizes.count, by: nx) {
            for x in 0..<nx {
              let i = row + x
              let weight = min(1, max(0, (8 - away[i]) / 4))
              let both = min(d[i], d[row + nx - 1 - x])
              out[i] = d[i] + weight * (both - d[i]) < 0 ? 1 : 0
            }
          }
        }
      }
    }
  }

  /// Bone without its air: a closing by a ball of 4.5 mm, then holes of at most 2 cm² in axial and in
  /// sagittal planes. Orbits, nose, maxillary sinuses and cranial cavity are larger and stay.
  static func airCellsClosed(_ bone: Mask, threads: Int) throws(Diagnostic) -> Mask {
    var closed = bone.closed(byBall: 4.5, threads: threads)
    guard let box = closed.boundingBox(threads: threads) else { return closed }
    let cell = bone.geometry.directions[0].x
    let largest = Int(200 / (cell * cell))
    for axis in [2, 0] {
      let planes = Slabs.map(box.extent[axis], threads: threads) { slab in
        slab.map { index in
          var part = box
          part.lower[axis] = box.lower[axis] + index
          part.upper[axis] = part.lower[axis] + 1
          return (part, smallHoles(of: closed.cropped(to: part), atMost: largest))
        }
      }
      for (part, holes) in planes.flatMap({ $0 }) where !holes.isEmpty {
        closed.formUnion(cropped: holes, at: part)
      }
    }
    return closed
  }

  /// The holes of a mask of one plane that do not reach the plane's border.
  private static func smallHoles(of plane: Mask, atMost largest: Int) -> Mask {
    let background = plane.inverted().components(connectivity: .faces6)
    let sizes = plane.sizes
    var isOpen = [Bool](repeating: false, count: background.count + 1)
    background.labels().withVoxels { labels in
      // The axis of one cell is the plane's normal, not a border.
      func isBorder(_ index: Int, _ size: Int) -> Bool {
        size > 1 && (index == 0 || index == size - 1)
      }
      var i = 0
      for z in 0..<sizes.z {
        for y in 0..<sizes.y {
          let isBorderRow = isBorder(y, sizes.y) || isBorder(z, sizes.z)
          for x in 0..<sizes.x {
            if isBorderRow || isBorder(x, sizes.x) { isOpen[Int(labels[i])] = true }
            i += 1
          }
        }
      }
    }
    return background.mask { !isOpen[$0 + 1] && background.size(of: $0) <= largest }
  }
}
