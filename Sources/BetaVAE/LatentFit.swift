public import Completion
public import NeuralEngine
internal import Skulls
public import Volumes

private import Glibc

/// Searches the latent whose decoded skull agrees with the bone that a scan shows, and forgives what it lacks.
///
/// loss(z) = weight · (1 − Dice) + ½ · mean over dimensions of (z − μ)² / σ²
///
/// Dice is that of the decoded skull and the scan, but for the free places, where the decoder may have bone or not:
/// outside the scan, and where a ray out of the middle of the vault meets no bone of the scan near (``reach``). So a
/// hole costs nothing, and bone beside bone does. μ and σ² are those of the class of complete skulls, or of N(0, I).
///
/// *Source*: our own; the search is Adam (Kingma and Ba 2015) with steps in units of σ. It has no chance in it: the same
/// input gives the same latent at any number of threads.
public struct LatentFit: Sendable {
  public var steps: Int
  /// How much agreement counts against the prior.
  public var weight = 40.0
  /// The length of a step of Adam in units of σ.
  public var rate = 0.12

  public init(steps: Int) { self.steps = steps }

  /// How far along a ray bone is looked for, inwards and outwards, in mm of a head of mean size. With 8 mm inwards a
  /// missing face is forgiven better, but skulls of another shape than the training skulls' get bone outside their own.
  static let reach = -25.0...25.0

  /// The latent that was found, and Dice at its beginning and end.
  public struct Result: Sendable {
    public var latent: Latent
    /// Agreement with the bone of the scan where the search began.
    public var before: Double
    /// Agreement where it ended.
    public var after: Double
  }

  /// The best latent that the search meets on its way from a latent.
  ///
  /// - Parameters:
  ///   - framed: the scan as the network sees it, on the grid of the latent's frame.
  ///   - decoder: that of the latent's model.
  /// - Complexity: the decoder forward and backward for each step.
  public func run(from start: Latent, to framed: Mask, by decoder: any DecoderGradients) -> Result {
    let truth = Self.truth(of: framed, in: start.frame)
    let count = start.vector.count
    let goal = start.model.classes.first { $0.name == "complete" }
    let mean = goal?.centroid ?? [Float](repeating: 0, count: count)
    let sigma =
      goal.map { zip($0.variance, $0.posteriorVariance).map { max(1e-4, $0 + $1).squareRoot() } }
      ?? [Float](repeating: 1, count: count)
    var z = start.vector
    var (first, second) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    var best = (loss: Double.infinity, dice: 0.0, z: z)
    var before = 0.0
    for step in 0...steps {
      var dice = 0.0
      let (agreement, gradient) = decoder.gradient(at: z) { p, g in
        dice = Self.dice(p, truth, into: g, weight: weight)
        return weight * (1 - dice)
      }
      var prior = 0.0
      for d in 0..<count {
        let off = Double((z[d] - mean[d]) / sigma[d])
        prior += 0.5 * off * off / Double(count)
      }
      if step == 0 { before = dice }
      if agreement + prior < best.loss { best = (agreement + prior, dice, z) }
      guard step < steps else { break }
      let rate = rate * (1 - Double(step) / Double(steps))
      for d in 0..<count {
        let off = Double((z[d] - mean[d]) / sigma[d])
        let g = Double(gradient[d] * sigma[d]) + off / Double(count)
        first[d] += 0.1 * (g - first[d])
        second[d] += 0.05 * (g * g - second[d])
        let (m, v) = (
          first[d] / (1 - pow(0.9, Double(step + 1))), second[d] / (1 - pow(0.95, Double(step + 1)))
        )
        z[d] -= sigma[d] * Float(rate * m / (v.squareRoot() + 1e-9))
      }
    }
    var found = start
    found.vector = best.z
    return Result(latent: found, before: before, after: best.dice)
  }

  /// What the decoder should have at each place, (x, y, z) with z fastest.
  enum Place: UInt8 {
    case air, bone, free
  }

  /// Dice of probabilities and bone, the free places left out; `gradient` is that of weight · (1 − Dice).
  static func dice(
    _ p: UnsafeBufferPointer<Float>, _ truth: [UInt8],
    into gradient: UnsafeMutableBufferPointer<Float>,
    weight: Double
  ) -> Double {
    let (bone, free) = (Place.bone.rawValue, Place.free.rawValue)
    var (both, sum, count) = (0.0, 0.0, 0.0)
    truth.withUnsafeBufferPointer { truth in
      for i in 0..<truth.count where truth[i] != free {
        sum += Double(p[i])
        if truth[i] == bone {
          both += Double(p[i])
          count += 1
        }
      }
      let total = sum + count + 1e-5
      let outside = Float(weight * 2 * both / (total * total))
      let inside = outside - Float(weight * 2 / total)
      for i in 0..<truth.count {
        gradient[i] = truth[i] == free ? 0 : truth[i] == bone ? inside : outside
      }
    }
    return (2 * both + 1e-5) / (sum + count + 1e-5)
  }

  /// Bone, air, and what is free, of a scan in its frame.
  static func truth(of framed: Mask, in frame: Frame) -> [UInt8] {
    let (nx, ny, nz) = (framed.sizes.x, framed.sizes.y, framed.sizes.z)
    // The middle of the vault, as the training skulls have it.
    let sizes = SIMD3(Double(nx), Double(ny), Double(nz))
    let middle = (0.5 - HeadBox.centre / HeadBox.sides) * sizes - 0.5
    let cell = HeadBox.sides / sizes
    let toScan = frame.source.indexFromLPS.map { $0 * frame.grid.lpsFromIndex }
    let scan = frame.source.sizes
    return framed.withBytes { bytes in
      var truth = [UInt8](repeating: Place.air.rawValue, count: bytes.count)
      for x in 0..<nx {
        for y in 0..<ny {
          for z in 0..<nz {
            let place = (x * ny + y) * nz + z
            if bytes[x + nx * (y + ny * z)] != 0 {
              truth[place] = Place.bone.rawValue
              continue
            }
            let index = SIMD3(Double(x), Double(y), Double(z))
            if let q = toScan.map({ $0 * index }),
              q.min() < -0.5 || q.x > Double(scan.x) - 0.5 || q.y > Double(scan.y) - 0.5
                || q.z > Double(scan.z) - 0.5
            {
              truth[place] = Place.free.rawValue
              continue
            }
            let ray = (index - middle) * cell
            let length = max(1, ray.length)
            var meets = false
            var way = reach.lowerBound
            while way <= reach.upperBound, !meets {
              defer { way += 1.6 }
              let q = index + ray / length * way / cell
              let (i, j, k) = (Int(q.x.rounded()), Int(q.y.rounded()), Int(q.z.rounded()))
              if i >= 0, j >= 0, k >= 0, i < nx, j < ny, k < nz, length + way > 0 {
                meets = bytes[i + nx * (j + ny * k)] != 0
              }
            }
            if !meets { truth[place] = Place.free.rawValue }
          }
        }
      }
      return truth
    }
  }
}
