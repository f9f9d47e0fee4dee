import Completion
import Errors
import Skulls
import SyntheticSkulls
import Volumes

/// Where the skulls of a folder are laid in the network's field of view.
struct FolderFraming {
  private let source: TrainingFile.FolderSource
  private let seed: UInt64
  private let size: GridSize

  init(_ source: TrainingFile.FolderSource, seed: UInt64, size: GridSize) {
    (self.source, self.seed, self.size) = (source, seed, size)
  }

  /// How far copies lie beside the place that was found, in mm at 80 mm from the middle (sd), as with
  /// ``Randomization/misplacement``.
  private static let misplacement = 3.0

  /// The grids of the copies of a skull, the first where the framing puts it.
  ///
  /// - Throws: `Diagnostic` where the file has no bone, or with the framing `pose` no head that can be told from
  ///   its bone how it lies.
  func grids(of whole: Mask, name: String, path: String, threads: Int) throws -> [Geometry] {
    guard let first = SkullFraming.geometry(for: whole, size: size) else {
      throw Diagnostic(
        .unreadable, path, field: "bone", expected: "a skull", found: "none",
        remedy: "remove the file from the training")
    }
    if whole.geometry.alongLPS.sizes == size {
      return Array(repeating: first, count: source.copies)
    }
    var grid = first
    if source.framing == .pose {
      let (frame, warnings) = try Frame.of(whole, shape: size, rule: .pose, threads: threads)
      guard warnings.isEmpty else {
        throw Diagnostic(
          .unreadable, path, field: "bone", expected: "a head whose pose can be told",
          found: warnings[0], remedy: "remove the file from the training, or set data.framing: fov")
      }
      grid = frame.grid
    }
    return (0..<source.copies).map { copy in
      copy == 0 ? grid : moved(grid, copy: copy, key: RandomNumbers.part(name))
    }
  }

  /// The grid turned, shifted and resized by a little; of odd copies mirrored.
  private func moved(_ grid: Geometry, copy: Int, key: UInt64) -> Geometry {
    let random = RandomNumbers(seed: seed, .variant, key, UInt64(copy)).normal(count: 7)
      .map { Self.misplacement * Double(max(-2.2, min(2.2, $0))) }
    let turn = Matrix3(turningBy: SIMD3(random[0], random[1], random[2]) / 80)
    let scale = 1 + random[6] / 80
    let half =
      SIMD3(Double(size.x - 1), Double(size.y - 1), Double(size.z - 1)) / 2
    let middle = grid.origin + grid.directions * half
    var moved = grid
    moved.directions = turn * grid.directions * Matrix3(diagonal: SIMD3(repeating: scale))
    if copy % 2 == 1 { moved.directions[0] = -moved.directions[0] }
    moved.origin =
      middle + SIMD3(random[3], random[4], random[5]) - moved.directions * half
    return moved
  }
}
