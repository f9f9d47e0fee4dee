import Skulls
import Volumes

/// The noise of a CT: how much values of soft tissue scatter, in HU.
///
/// Where it reaches 60 HU and more, single voxels of brain and air count as bone, and an implant has a cavity about each
/// that lies in the hole.
enum ScanNoise {
  /// From here on a scan is smoothed.
  static let disturbing = 55.0
  /// Smoothing ends below.
  static let bearable = 50.0
  /// Rounds of smoothing at most.
  static let mostRounds = 3
  /// Voxels further apart than this in mm are not mixed.
  static let furthestMix = 3.0

  /// The noise, as a standard deviation; nil where there is hardly any soft tissue.
  ///
  /// Values a few mm apart are compared, since the filters of scanners make neighbours alike. Both are soft tissue: the
  /// median of their differences does not see edges.
  /// - Complexity: at most 600,000 pairs of voxels are read.
  static func measured(in volume: AnyVolume) -> Double? {
    func open<Opened: TypedVolume>(_ volume: Opened) -> Double? {
      let sizes = volume.typed.sizes
      let lag = max(2, Int((3 / volume.geometry.spacing.x).rounded()))
      guard sizes.x > lag else { return nil }
      let stride = Surroundings.step(sizes)
      return volume.typed.withVoxels { voxels in
        var (first, both) = (0, 0)
        var differences = [Int](repeating: 0, count: Int(tissue.upperBound - tissue.lowerBound) + 1)
        var at = 0
        while at < sizes.count {
          defer { at += stride }
          guard at % sizes.x + lag < sizes.x else { continue }
          let value = voxels[at].doubleValue
          guard tissue.contains(value) else { continue }
          first += 1
          let other = voxels[at + lag].doubleValue
          guard tissue.contains(other) else { continue }
          both += 1
          differences[Int(abs(value - other).rounded())] += 1
        }
        // Noise without a head has any values side by side.
        guard both >= leastPairs, 2 * both >= first else { return nil }
        var sum = 0
        let median = differences.firstIndex {
          sum += $0
          return 2 * sum >= both
        }
        // Of two values the difference scatters √2 times as much; its median is 0.6745 of that.
        return median.map { Double($0) / 0.6745 / 2.0.squareRoot() }
      }
    }
    return open(volume.base)
  }

  private static let tissue = -200.0...250.0
  private static let leastPairs = 2000
}

extension RecognizedVolume {
  /// Smooths a CT whose noise would count as bone, and says so.
  ///
  /// - Complexity: nothing but the measurement for scans of usual noise; else up to three rounds of three passes, and a
  ///   copy of the voxels unless they are a copy of the file's already.
  mutating func smoothNoise(threads: Int) {
    guard content == .hounsfield, doubt == nil, volume.sizes.count >= Self.leastVoxels,
      let measured = ScanNoise.measured(in: volume)
    else { return }
    noise = measured
    guard measured >= ScanNoise.disturbing else { return }
    let spacing = volume.geometry.spacing
    let axes = (0..<3).filter { spacing[$0] <= ScanNoise.furthestMix }
    var left = measured
    var rounds = 0
    while !axes.isEmpty, rounds < ScanNoise.mostRounds, left >= ScanNoise.bearable {
      volume.mix(along: axes, threads: threads)
      rounds += 1
      left = ScanNoise.measured(in: volume) ?? 0
    }
    smoothingRounds = rounds
    let amount = "noise of \(Int(measured.rounded())) HU in soft tissue"
    warnings.append(
      rounds > 0
        ? "\(amount), with which single voxels count as bone: the scan is smoothed by less than a voxel, which leaves "
          + "\(Int(left.rounded())) HU; thin bone may be thicker or thinner than it was"
        : "\(amount), with which single voxels count as bone; its voxels lie too far apart to smooth it: look at the "
          + "result before it is used"
    )
  }
}
