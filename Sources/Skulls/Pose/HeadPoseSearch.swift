import Concurrency
internal import Volumes
import Glibc

/// The search behind ``HeadPose/find(in:threads:)``.
struct HeadPoseSearch {
  private let surface: BoneSurface
  private let points: [SIMD3<Double>]
  private let sphere: VaultSphere
  private let head: ReferenceHead
  private let threads: Int

  /// Nil where there is too little bone, or no ball fits it.
  init?(_ bone: Mask, threads: Int) {
    guard let surface = BoneSurface(bone, threads: threads),
      let sphere = surface.sphere
    else { return nil }
    self.surface = surface
    self.sphere = sphere
    points = Array(surface.points.prefix(1500))
    head = ReferenceHead.standard
    self.threads = threads
  }

  /// A similarity from LPS to the reference head: p ↦ scale · rotation · p + shift.
  private struct Fit {
    var rotation: Matrix3
    var shift: SIMD3<Double>
    var scale: Double
    var cost = Double.infinity
    var misfit = Double.infinity

    /// Turned about the middle (axes 0 to 2), shifted (3 to 5) or made larger (6) by `amount` mm at 80 mm from it.
    func moved(_ axis: Int, _ amount: Double) -> Fit {
      var next = self
      var unit = SIMD3<Double>.zero
      if axis < 6 { unit[axis % 3] = amount }
      switch axis {
      case 0..<3:
        let turn = Matrix3(turningBy: unit / HeadPoseSearch.arm)
        next.rotation = turn * rotation
        next.shift = turn * shift
      case 3..<6: next.shift += unit
      default: next.resize(to: scale * exp(amount / HeadPoseSearch.arm))
      }
      return next
    }

    /// Another scale, the middle staying where it is.
    mutating func resize(to other: Double) {
      let limited = min(1.6, max(0.7, other))
      shift *= limited / scale
      scale = limited
    }
  }

  /// Where turns and scale are counted in mm: at this distance from the middle.
  private static let arm = 80.0

  /// What a point counts that the scan does not show, in mm: more than one that fits, less than one that does
  /// not.
  private static let unseen = 5.0

  /// What a scan that ends at the side counts, in mm, and the cosine of the angle between the body's axis and the
  /// head's from which on it is one.
  private static let sideways = 0.8
  private static let mostTilt = 0.77

  /// The pose that fits best; how clearly, its trust says.
  func best() -> HeadPose? {
    let starts = starts()
    let costs = each(starts) { mean(of: $0, atMost: 12) }
    let order = starts.indices.sorted { (costs[$0], $0) < (costs[$1], $1) }
    let rough = each(order.prefix(24).map { starts[$0] }) { fitted($0, steps: 12) }
      .sorted { $0.cost < $1.cost }
    // The best few ways of lying.
    var ways: [Fit] = []
    for fit in rough where ways.count < 6 {
      if ways.allSatisfy({ Self.angle(fit, $0) > 15 }) { ways.append(fit) }
    }
    let fits = each(ways) { settled($0) }.sorted { $0.cost < $1.cost }
    guard let best = fits.first, best.cost.isFinite else { return nil }
    let other = fits.first { Self.angle($0, best) > 23 }
    let margin = (other?.cost ?? 10) - best.cost
    // The origin of the reference head, seen from the scan, and the plane of symmetry near it.
    let back = best.rotation.transposed
    let centre = back * (-best.shift / best.scale)
    let plane = MirrorPlanes(of: surface, around: centre).refined(
      MirrorPlanes.Plane(normal: back.columns.0, offset: 0, cost: .infinity))
    let x = plane.normal
    let y = back.columns.1 - x.dot(back.columns.1) * x
    let axes = Matrix3(x, y / y.length, x.cross(y / y.length))
    return HeadPose(
      rotation: axes.transposed, centre: centre + plane.offset * x, scale: 1 / best.scale,
      trust: 1 - exp(-max(0, margin) / 0.15), misfit: best.misfit / best.scale, ends: surface.ends)
  }

  /// The angle in degrees between two ways of lying.
  private static func angle(_ a: Fit, _ b: Fit) -> Double {
    (a.rotation * b.rotation.transposed).angle
  }

  private func each<Input, Output>(_ inputs: [Input], _ body: (Input) -> Output) -> [Output] {
    Slabs.map(inputs.count, threads: threads) { slab in slab.map { body(inputs[$0]) } }
      .flatMap { $0 }
  }

  /// Every pitch in steps of 15° about the normals of the best mirror planes, either side left.
  private func starts() -> [Fit] {
    let planes = MirrorPlanes(of: surface, around: sphere.centre).best(4, threads: threads)
    let scale = min(1.35, max(0.75, 80 / sphere.radius))
    var starts: [Fit] = []
    for plane in planes {
      let middle = sphere.centre + plane.offset * plane.normal
      for x in [plane.normal, -plane.normal] {
        let a = Directions.perpendicular(to: x)
        let b = x.cross(a)
        for step in 0..<24 {
          let angle = Double(step) * .pi / 12
          let y = cos(angle) * a + sin(angle) * b
          let rotation = Matrix3(x, y, x.cross(y)).transposed
          starts.append(
            Fit(rotation: rotation, shift: -(scale * (rotation * middle)), scale: scale))
        }
      }
    }
    return starts
  }

  /// The mean distance of the points from the reference head's bone, in its mm, each `most` at most.
  private func mean(of fit: Fit, atMost most: Double) -> Double {
    let map = Affine(linear: fit.rotation, translation: fit.shift)
    var sum = 0.0
    for p in points {
      let q = fit.scale * (map.linear * p) + map.translation
      sum += min(most, head.distance(q))
    }
    return sum / Double(points.count)
  }

  /// Gauss-Newton on the distances of the bone, near ones counting most.
  private func fitted(_ start: Fit, steps: Int) -> Fit {
    var fit = start
    for _ in 0..<steps { step(&fit) }
    judge(&fit)
    return fit
  }

  /// Downhill in what decides, both ways of distances: over turns, shifts and scale, halving the steps where none
  /// is better.
  private func settled(_ start: Fit) -> Fit {
    var here = start
    var step = 4.0
    while step > 0.2 {
      var next = here
      for axis in 0..<7 {
        for amount in [-step, step] {
          let trial = judged(here.moved(axis, amount))
          if trial.cost < next.cost - 1e-9 { next = trial }
        }
      }
      if next.cost < here.cost { here = next } else { step /= 2 }
    }
    return here
  }

  private func judged(_ fit: Fit) -> Fit {
    var fit = fit
    judge(&fit)
    return fit
  }

  private func judge(_ fit: inout Fit) {
    fit.misfit = mean(of: fit, atMost: 10)
    // Back from the reference head: where it has bone and the scan shows the place, there must be bone.
    var sum = 0.0
    let back = fit.rotation.transposed
    for v in head.surface {
      let p = back * ((v - fit.shift) / fit.scale)
      sum += surface.isSeen(p) ? min(10, surface.distance(p)) : Self.unseen
    }
    fit.cost = fit.misfit + 0.5 * sum / Double(head.surface.count)
    // Slices run across the body, so scans end below or above a head, however it nods.
    for end in surface.ends {
      let upright = end.normal.dot(back.columns.2) / Self.mostTilt
      fit.cost += Self.sideways * max(0, 1 - upright * upright)
    }
  }

  private func step(_ fit: inout Fit) {
    let arm = Self.arm
    var matrix = [Double](repeating: 0, count: 28)
    var right = [Double](repeating: 0, count: 7)
    for p in points {
      let q = fit.scale * (fit.rotation * p) + fit.shift
      let d = head.distance(q)
      guard d < 25, d > 0 else { continue }
      let g = head.distance.gradient(q)
      let weight = 1 / (1 + d * d / 16)
      let turn = q.cross(g) / arm
      let row = [turn.x, turn.y, turn.z, g.x, g.y, g.z, g.dot(q) / arm]
      for i in 0..<7 {
        let weighted = weight * row[i]
        right[i] -= weighted * d
        for j in 0...i { matrix[i * (i + 1) / 2 + j] += weighted * row[j] }
      }
    }
    // Holds back what the distances do not determine; the scale most.
    let damping = [0.5, 0.5, 0.5, 0.05, 0.05, 0.05, 3]
    for i in 0..<7 {
      matrix[i * (i + 1) / 2 + i] += 1e-3 * Double(points.count) * damping[i]
    }
    guard let system = SymmetricSystem(lowerTriangle: matrix, count: 7) else { return }
    let x = system.solve(right)
    let turn = Matrix3(turningBy: SIMD3(x[0], x[1], x[2]) / arm)
    fit.resize(to: fit.scale * exp(x[6] / arm))
    fit.shift = turn * fit.shift + SIMD3(x[3], x[4], x[5])
    fit.rotation = turn * fit.rotation
  }
}
