public import Errors
public import Volumes
import Skulls
import VoxelOps

/// Whether bone can be a head's, whatever completes it: its size, its proportions, its pieces.
public enum HeadPlausibility {
  /// What is odd about the bone of a head, a sentence each, with the likely cause.
  ///
  /// - Parameter checksProportions: whether the distance of slices is held against the head's shape; a completion that
  ///   does it itself need not have it done twice.
  /// - Throws: `Diagnostic` where the bone has a head's size only in another unit.
  /// - Complexity: a pass, and the components; for a bone of odd proportions some fifteen searches for a pose.
  public static func objections(
    to bone: Mask, checksProportions: Bool, threads: Int = 1
  ) throws(Diagnostic) -> [String] {
    guard bone.voxelCount >= leastVoxels, let box = bone.boundingBox(threads: threads) else {
      return []
    }
    let spacing = bone.geometry.spacing
    let sides = (0..<3).map { Double(box.extent[$0]) * spacing[$0] }
    let longest = sides.max() ?? 0
    try requireUnit(sides)
    var objections: [String] = []
    if longest < 90 || longest > 420 {
      objections.append(
        "the bone measures \(text(sides)), where a head has some 150 × 190 × 160 mm: check the spacing of the header"
      )
    }
    if let sentence = apparatus(bone, sides) { objections.append(sentence) }
    objections += pieces(of: bone, threads: threads)
    if checksProportions, let sentence = proportions(of: bone, sides, threads: threads) {
      objections.append(sentence)
    }
    return objections
  }

  /// In fewer voxels there is no head to look at.
  private static let leastVoxels = 4000
  /// The longest side of a head's bone in mm, with and without its neck.
  private static let lengths = 120.0...320.0

  private static func requireUnit(_ sides: [Double]) throws(Diagnostic) {
    let longest = sides.max() ?? 0
    guard longest < 60 || longest > 700 else { return }
    let units = [
      (10.0, "cm"), (1000, "metres"), (25.4, "inches"), (0.001, "micrometres"),
      (0.1, "tenths of a mm"),
    ]
    guard let unit = units.first(where: { lengths.contains(longest * $0.0) }) else { return }
    throw Diagnostic(
      .notAHead, field: "spacing", expected: "mm, in which a head measures some 150 × 190 × 160",
      found: "bone of \(text(sides)), as spacings in \(unit.1) have it",
      remedy: "correct the spacing in the header, or state its unit there")
  }

  /// Slices that lie too far apart by the header, or too near each other.
  private static func proportions(of bone: Mask, _ sides: [Double], threads: Int) -> String? {
    // A scan of a head and its neck is as long, so the shape decides; one that ends at the vault is as flat.
    let across = max(sides[0], sides[1])
    guard sides[2] > 1.05 * across || sides[2] < 0.5 * across,
      let factor = SliceDistance.excess(
        of: bone, pose: HeadPose.find(in: bone, threads: threads), threads: threads)
    else { return nil }
    let header = bone.geometry.spacing.z
    return
      "the head's proportions are wrong: its slices lie \(RecognizedVolume.hundredths(header)) mm apart by the "
      + "header, and by its shape \(RecognizedVolume.hundredths(header / factor)) mm; check the header before anything "
      + "is printed"
  }

  /// More than a head: a table or a frame that hangs on it, and could not be told from it.
  private static func apparatus(_ bone: Mask, _ sides: [Double]) -> String? {
    let volume = Double(bone.voxelCount) * bone.geometry.voxelVolume / 1000
    let middle = sides.sorted()[1]
    guard volume > largestSkull || middle > widestHead, (sides.max() ?? 0) <= 420 else {
      return nil
    }
    return
      "the bone is \(text(sides)) with \(Int(volume.rounded())) cm³, more than a head: a table, a frame or shoulders may "
      + "hang on it, or the threshold is too low; look at what is taken as bone"
  }

  /// cm³ of bone that no head has.
  private static let largestSkull = 1600.0
  /// mm of a head's second longest side, which no head has in whatever pose.
  private static let widestHead = 235.0

  /// Two pieces as large as heads.
  private static func pieces(of bone: Mask, threads: Int) -> [String] {
    let components = bone.components(connectivity: BoneRule.connectivity, threads: threads)
    let two = components.largest(2)
    guard two.count == 2 else { return [] }
    let volumes = two.map {
      Double(components.size(of: $0)) * bone.geometry.voxelVolume / 1000
    }
    guard volumes[1] >= 0.4 * volumes[0], volumes[1] >= 60 else { return [] }
    return [
      "the bone lies in two large pieces of \(RecognizedVolume.short(volumes[0])) and "
        + "\(RecognizedVolume.short(volumes[1])) cm³: two heads in one scan, or a threshold that cuts one"
    ]
  }

  private static func text(_ sides: [Double]) -> String {
    sides.map { $0 >= 10 ? "\(Int($0.rounded()))" : RecognizedVolume.hundredths($0) }.joined(
      separator: " × ") + " mm"
  }
}

extension RecognizedVolume {
  /// A number to two places.
  static func hundredths(_ number: Double) -> String { "\((number * 100).rounded() / 100)" }
}
