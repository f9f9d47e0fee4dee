internal import Skulls
internal import Volumes

/// What a scan makes of a head: how the scanner lies, what it cuts off, how thick its slices are, what its threshold
/// takes for bone, and where the network is told that the head lies.
struct RandomScan {
  /// The pose that the framing goes by, in the frame of the template.
  let pose: HeadPose
  /// The normal of the slices in the head's frame, and the axes across it.
  let normal, across, along: SIMD3<Double>
  /// The distance of slices in mm, and where they begin, as a part of it.
  let slice, phase: Double
  /// The part of a voxel that must be bone, from 0 to 1.
  let level: Float
  /// How far the edge of bone is blurred, in mm.
  let blur: Float
  /// Bone is seen between these heights along the normal, in mm.
  let heights: ClosedRange<Double>
  /// Half of the field of view across the slices and its middle, in mm.
  let view: Double
  let middle: SIMD2<Double>
  /// Half the width of sutures in mm; 0: closed.
  let suture: Float
  /// The radius of an open fontanelle in mm; 0: none.
  let fontanelle: Float
  /// Above this noise marrow and air cells are open; 1: nowhere.
  let cells: Float
  let noise: ValueNoise
  /// The part of the bone in holes that stays as dust.
  let dust: Double

  init(
    _ settings: Randomization, of head: RandomHead, seed: UInt64, case number: Int, class kind: Int
  ) {
    var stream = RandomStream(
      seed: seed, case: number, purpose: .randomScan, parts: [UInt64(kind)])
    // Most heads lie within some degrees of upright, some anyhow.
    let isAskew = stream.unit() < 0.35
    func angle() -> Double {
      let degrees =
        isAskew
        ? settings.turn * stream.uniform(-1...1)
        : min(settings.turn, 10) * 0.6 * stream.normal(limit: 2)
      return degrees * .pi / 180
    }
    let axes = Matrix3.turning(x: angle(), y: angle(), z: angle())
    (across, along, normal) = (axes[0], axes[1], axes[2])
    // Thin slices are the most frequent: even over the logarithm.
    let range = settings.slices
    slice =
      range.lowerBound * PowerSeries.power(range.upperBound / range.lowerBound, stream.unit())
    phase = stream.unit()
    level = Float(stream.uniform(0.15...0.6))
    blur = Float(stream.uniform(0.6...1.6))
    let size = head.size
    var (low, high) = (-500.0, 500.0)
    let cut = stream.unit()
    let depth = stream.uniform(-95 ... -20) * size
    if cut < settings.cuts { low = depth }
    let top = stream.uniform(50...85) * size
    if stream.unit() < settings.cuts / 5 { high = top }
    heights = low...high
    let isNarrow = stream.unit() < 1.0 / 3
    let wide = stream.uniform(settings.views)
    view = isNarrow ? wide / 2 : 500
    middle = SIMD2(stream.uniform(-12...12), stream.uniform(-15...15))
    let gap = stream.uniform(1...5)
    let opens = stream.unit() < settings.sutures
    suture = opens ? Float(gap / 2) : 0
    fontanelle = opens && stream.unit() < 0.3 ? Float(stream.uniform(6...16)) : 0
    let threshold = stream.uniform(0.05...0.45)
    cells = stream.unit() < settings.airCells ? Float(threshold) : 1
    let grains = stream.uniform(0.005...0.05)
    dust = stream.unit() < settings.dust ? grains : 0
    noise = ValueNoise(
      stream: RandomStream(seed: stream.next(), case: number, purpose: .randomScan), cell: 9)
    // Degrees for mm at 80 mm, and as much in size.
    let error = settings.misplacement
    func draw() -> Double { error * stream.normal(limit: 2.2) }
    let turn = Matrix3.turning(x: draw() / 80, y: draw() / 80, z: draw() / 80)
    let shift = SIMD3(draw(), draw(), draw())
    pose = HeadPose(
      rotation: turn * Population.headPose.linear,
      centre: size * Population.headPose.translation + shift,
      scale: size * Population.headScale * PowerSeries.exp(draw() / 80))
  }
}

extension Matrix3 {
  /// Turned about x, then y, then z, by radians.
  static func turning(x: Double, y: Double, z: Double) -> Matrix3 {
    func turn(_ radians: Double) -> (c: Double, s: Double) {
      (PowerSeries.cosine(radians), PowerSeries.sine(radians))
    }
    let (a, b, c) = (turn(x), turn(y), turn(z))
    return Matrix3(SIMD3(c.c, c.s, 0), SIMD3(-c.s, c.c, 0), SIMD3(0, 0, 1))
      * Matrix3(SIMD3(b.c, 0, -b.s), SIMD3(0, 1, 0), SIMD3(b.s, 0, b.c))
      * Matrix3(SIMD3(1, 0, 0), SIMD3(0, a.c, a.s), SIMD3(0, -a.s, a.c))
  }
}
