import Files
import Foundation
import Population
import ShapeModels
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
  /// bone. Masks give their nonzero voxels, CTs their largest piece of at least 226 HU.
  ///
  /// - Throws: `FileError` or `VolumeIOError` with the file.
  static func read(
    _ source: TrainingFile.FolderSource, shape: SIMD3<Int>, seed: UInt64, threads: Int
  ) throws -> StoredVolumes {
    let size = GridSize(shape.x, shape.y, shape.z)
    let complete = try files(in: "\(source.folder)/\(source.complete)")
    let names = complete.keys.sorted()
    var classes = ["complete"]
    var folders: [[[String: String]]] = []
    for (name, list) in [("cranial", source.cranial), ("facial", source.facial)]
    where !list.isEmpty {
      classes.append(name)
      folders.append(try list.map { try files(in: "\(source.folder)/\($0)") })
    }
    var volumes: [[[UInt8]]] = []
    var hash = SHA256()
    for name in names {
      let whole = try bone(complete[name]!, threads: threads)
      guard let grid = SkullFraming.geometry(for: whole, size: size) else {
        throw FileError(
          .unreadable, path: complete[name]!,
          message: "bone: expected a skull, found none; remove the file from the training")
      }
      func packed(_ mask: Mask) throws -> [UInt8] {
        // Framed already, in whatever order its axes run: as `encode` takes it.
        let aligned = mask.geometry.alongLPS
        if aligned.sizes == size {
          return PackedMasks.pack(try mask.resampled(onto: aligned, threads: threads))
        }
        return PackedMasks.pack(
          try mask.fraction(onto: grid, by: .area, threads: threads)
            .binarized(in: .atLeast(0.5), threads: threads))
      }
      volumes.append([try packed(whole)])
      for variants in folders {
        volumes.append(
          try variants.compactMap { $0[name] }.map {
            try packed(bone($0, threads: threads))
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
      shape: shape, classes: classes, volumes: volumes, seed: seed, identity: hash.hexDigest())
  }

  /// The volumes of a folder by their names without endings.
  private static func files(in folder: String) throws -> [String: String] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
      throw FileError(
        .unreadable, path: folder,
        message: "data: expected a folder of volumes, found none that can be read; "
          + "correct the names in the section data")
    }
    var files: [String: String] = [:]
    for name in names.sorted() where !name.hasPrefix(".") {
      // The voxels of detached headers are read with these.
      guard let ending = [".nii.gz", ".nrrd", ".nhdr", ".nii", ".hdr"].first(where: name.hasSuffix)
      else { continue }
      files[String(name.dropLast(ending.count))] = "\(folder)/\(name)"
    }
    guard !files.isEmpty else {
      throw FileError(
        .unreadable, path: folder,
        message: "data: expected NRRD or NIfTI files, found none; name another folder")
    }
    return files
  }

  private static func bone(_ path: String, threads: Int) throws -> Mask {
    let volume = try ImageFile(opening: path).volume(applyScaling: true)
    guard Load.holdsMask(volume) else {
      return volume.binarized(in: .atLeast(226), threads: threads)
        .largestComponent(connectivity: .corners26, threads: threads)
    }
    func open(_ base: some TypedVolume) -> Mask { Mask(nonzeroOf: base.typed) }
    return open(volume.base)
  }
}
