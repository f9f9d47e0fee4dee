import Concurrency
internal import Skulls
internal import Volumes

/// A template laid onto the bone of a head: where the complete head would have bone.
struct TemplateFit: Sendable {
  /// LPS → the template's frame.
  let map: Affine
  /// What is left between them.
  private(set) var deformation = Deformation()
  /// The share of the bone's surface near the template that lies on it, from 0 to 1.
  private(set) var share = 0.0
  /// The median distance of that surface from the template's, in mm.
  private(set) var misfit = 0.0

  private let template: ShapeTemplate
  /// The bone's surface in the template's frame.
  private let samples: [SurfaceSample]
  private let effort: Effort

  /// How much work a fit is.
  struct Effort {
    /// Points of the surface that are looked at.
    var samples = 8000
    /// Points that the deformation is known from.
    var points = 1500
  }

  /// Of the points of the surface, those for the affine map.
  private static let affinePoints = 4000
  /// Shares of the points for the deformation, one step after another, and the distances in mm from which on
  /// the surfaces are something else.
  private static let steps: [(share: Double, trim: Double)] = [
    (0.2, 6), (0.4, 5), (0.6, 4), (0.6, 3),
  ]
  /// What heads differ by besides, in mm.
  private static let noise = 0.3
  /// How far from a hole, and from its mirror image, points are taken first, in mm, and the share of the
  /// points that they may be.
  private static let around = 35.0
  private static let aroundMirrored = 20.0
  private static let shareAround = 0.7
  /// Of the points, those for a fit that is only tried, in percent.
  private static let blindShare = 70

  /// Nil where too little of the bone's surface lies near the template's.
  ///
  /// - Parameters:
  ///   - pose: of the bone.
  ///   - isMirrored: whether the template's mirror image is laid onto it.
  /// - Complexity: a pass over the bone, and a time that does not depend on the scan's size.
  init?(
    of bone: Mask, onto template: ShapeTemplate, pose: HeadPose, isMirrored: Bool = false,
    effort: Effort, context: CompletionContext
  ) throws {
    let found = SurfaceSamples.of(bone, count: effort.samples, threads: context.threads)
    let similarity = pose.headFromLPS.scaled(by: template.pose.scale / pose.scale)
    let mirror = Affine(linear: Matrix3(diagonal: SIMD3(isMirrored ? -1 : 1, 1, 1)))
    let start = mirror * template.pose.lpsFromHead * similarity
    let map = AffineFit.map(of: found.prefix(Self.affinePoints), onto: template, from: start)
    guard let normals = map.linear.inverse?.transposed else { return nil }
    samples = found.map { sample -> SurfaceSample in
      var sample = sample
      sample.point = map * sample.point
      let n = normals * sample.normal
      sample.normal = n / n.length
      return sample
    }
    (self.map, self.template, self.effort) = (map, template, effort)
    for step in Self.steps {
      let points = Int(step.share * Double(effort.points))
      guard
        try improve(Array(samples.prefix(4 * points)), points, trim: step.trim, context: context)
      else { return nil }
    }
  }

  /// The fit with more points around holes, and around their mirror images.
  ///
  /// - Parameter holes: points in them, in LPS mm.
  func refined(around holes: [SIMD3<Double>], context: CompletionContext) throws -> TemplateFit {
    // Every so many of the points: they are some mm apart then.
    let step = max(1, holes.count / 400)
    let holes = stride(from: 0, to: holes.count, by: step).map { map * holes[$0] }
    let isNear = Slabs.map(samples.count, threads: context.threads) { slab in
      slab.map { i -> Bool in
        let p = samples[i].point
        for hole in holes {
          let (dy, dz) = (p.y - hole.y, p.z - hole.z)
          let rest = dy * dy + dz * dz
          if rest + (p.x - hole.x) * (p.x - hole.x) < Self.around * Self.around { return true }
          let across = rest + (p.x + hole.x) * (p.x + hole.x)
          if across < Self.aroundMirrored * Self.aroundMirrored { return true }
        }
        return false
      }
    }.flatMap { $0 }
    let near = samples.indices.filter { isNear[$0] }
      .prefix(Int(Self.shareAround * Double(effort.points)))
    let chosen = near + samples.indices.filter { !isNear[$0] }.prefix(2 * effort.points)
    var fit = self
    for trim in [3.0, 2.5] {
      let isGood = try fit.improve(
        chosen.map { samples[$0] }, effort.points, trim: trim, context: context)
      if !isGood { return self }
    }
    // Share and misfit are those of the whole head.
    (fit.share, fit.misfit) = (share, misfit)
    return fit
  }

  /// The fit without what some samples say, by fewer points.
  ///
  /// - Parameter isHidden: whether a point in LPS mm is taken as if it were not there.
  func blind(context: CompletionContext, to isHidden: (SIMD3<Double>) -> Bool) throws -> TemplateFit
  {
    guard let back = map.inverse else { return self }
    var fit = self
    let shown = samples.filter { !isHidden(back * $0.point) }
    guard
      try fit.improve(shown, effort.points * Self.blindShare / 100, trim: 3, context: context)
    else { return self }
    return fit
  }

  /// One step: the deformation from the first points that lie near the template's surface. False where there
  /// are hardly any.
  private mutating func improve(
    _ samples: [SurfaceSample], _ points: Int, trim: Double, context: CompletionContext
  ) throws -> Bool {
    try context.checkCancellation()
    let pairs = pairs(samples, threads: context.threads)
    let fitting = pairs.filter { abs($0.distance) < trim && $0.agrees }
    guard fitting.count >= 50 else { return false }
    let observations = fitting.prefix(points).map { pair -> Deformation.Observation in
      let doubt = 3 * pair.distance / trim
      let spread = Self.noise * Self.noise + pair.sample.sigma * pair.sample.sigma
      return Deformation.Observation(
        point: pair.sample.point, slope: pair.slope, value: pair.carried - pair.distance,
        variance: spread * (1 + doubt * doubt))
    }
    guard let next = Deformation(Array(observations), threads: context.threads) else {
      return false
    }
    deformation = next
    share = Double(fitting.count) / Double(pairs.count { abs($0.distance) < 12 })
    misfit = fitting.map { abs($0.distance) }.sorted()[fitting.count / 2]
    return true
  }

  /// A point of the head's surface and the template's surface near it.
  private struct Pair {
    var sample: SurfaceSample
    /// The template's distance, less the additional half thickness, in mm.
    var distance: Double
    var slope: SIMD3<Double>
    /// What the deformation so far says of slope · u − t.
    var carried: Double
    /// Whether the normals do.
    var agrees: Bool
  }

  private func pairs(_ samples: [SurfaceSample], threads: Int) -> [Pair] {
    template.withSampler { distance in
      Slabs.map(samples.count, threads: threads) { slab in
        slab.map { i -> Pair in
          let sample = samples[i]
          let (u, t) = deformation(sample.point)
          let p = sample.point + u
          let slope = distance.gradient(p)
          let length = slope.length
          return Pair(
            sample: sample, distance: Double(distance(p.x, p.y, p.z)) - t, slope: slope,
            carried: slope.dot(u) - t,
            agrees: length > 0.6 && slope.dot(sample.normal) > 0.7 * length)
        }
      }.flatMap { $0 }
    }
  }
}

extension Affine {
  /// The map followed by a multiplication.
  fileprivate func scaled(by factor: Double) -> Affine {
    Affine(
      linear: Matrix3(factor * linear[0], factor * linear[1], factor * linear[2]),
      translation: factor * translation)
  }
}
