import Completion
import Errors
import ModelTraining
import Recognition
import Skulls
import Files
import SyntheticSkulls
import Stages
import VolumeIO
import Volumes
import VoxelOps

/// Skulls of files for a training, as bits in memory.
enum FolderVolumes {
  /// Reads the files of all classes; those of one skull have the same name.
  ///
  /// A volume of the network's own sizes is taken as it is. All others are laid onto the network's
  /// grid, that of the skull's complete file, as ``SkullFraming`` lays a scan; half a voxel of bone is
  /// bone. Of masks and CTs the bone is taken by ``BoneRule``. With the framing `pose` the grid is that which `encode`
  /// lays about the complete skull; of several copies, each but the first is laid a little beside it, and every other
  /// one mirrored.
  ///
  /// - Throws: `Diagnostic` with the file.
  static func read(
    _ listing: FolderListing, _ source: TrainingFile.FolderSource, shape: SIMD3<Int>, seed: UInt64,
    threads: Int
  ) throws -> StoredVolumes {
    let size = GridSize(shape.x, shape.y, shape.z)
    let classes = ["complete"] + listing.classes.map(\.name)
    var volumes: [[[UInt8]]] = []
    var hash = SHA256()
    for name in listing.skulls {
      let path = listing.complete.files[name]!
      let whole = try bone(path, source.segment, threads: threads)
      let grids = try FolderFraming(source, seed: seed, size: size).grids(
        of: whole, name: name, path: path, threads: threads)
      func packed(_ mask: Mask) throws -> [[UInt8]] {
        // Framed already, in whatever order its axes run: as `encode` takes it.
        let aligned = mask.geometry.alongLPS
        return try grids.map { grid in
          if aligned.sizes == size {
            return PackedMasks.pack(try mask.resampled(onto: aligned, threads: threads))
          }
          return PackedMasks.pack(
            try mask.fraction(onto: grid, by: .area, threads: threads)
              .binarized(in: BoneRule().range(of: .fraction), threads: threads))
        }
      }
      volumes.append(try packed(whole))
      for (_, variants) in listing.classes {
        volumes.append(
          try variants.compactMap { $0.files[name] }.flatMap {
            try packed(bone($0, source.segment, threads: threads))
          })
      }
      for variant in volumes.suffix(classes.count).joined() {
        variant.withUnsafeBytes { hash.update($0) }
      }
      // Which of them belong together is part of what is learned.
      let text = "\(name) \(volumes.suffix(classes.count).map(\.count)) \(classes)"
      Array(text.utf8).withUnsafeBytes { hash.update($0) }
    }
    return StoredVolumes(
      shape: shape, classes: classes, volumes: volumes, copies: source.copies, seed: seed,
      identity: hash.hexDigest())
  }

  private static func bone(_ path: String, _ segment: String?, threads: Int) throws -> Mask {
    var reading = ReadOptions()
    reading.segment = segment
    do {
      let image = try ImageFile(opening: path, options: reading)
      let recognized = RecognizedVolume(
        try image.volume(applyScaling: true),
        names: Dictionary(
          image.info.segments.map { ($0.label, $0.name) }, uniquingKeysWith: { one, _ in one }),
        threads: threads)
      if let segment, image.segment == nil, !recognized.isMask {
        throw Diagnostic(
          .badParameter, path, field: "data.segment",
          expected: "a segmentation that names \(quoted(segment))",
          found: "a \(recognized.kind.rawValue) without names",
          remedy: "leave data.segment out, or write masks of the bone")
      }
      return try recognized.bone(threads: threads)
    } catch let error as Diagnostic {
      throw Self.told(error.about(path))
    }
  }

  /// What is an option of other commands is a key of the training file.
  private static func told(_ error: Diagnostic) -> Diagnostic {
    guard error.remedy.contains("--segment") || error.remedy.contains("--label") else {
      return error
    }
    var error = error
    error.remedy =
      error.remedy.contains("--segment")
      ? error.remedy.replacing("--segment", with: "data.segment:")
      : "write masks of the bone, or segmentations whose segments have names, for data.segment"
    return error
  }
}
