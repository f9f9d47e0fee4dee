import Concurrency
import Errors
import Files
import Recognition
import Skulls
import VolumeIO
import Volumes
import VoxelOps

/// A mask that belongs to one case and is named by a parameter; its file is read once.
public final class CaseMaskFile: Sendable {
  /// The path of the file, as given.
  public let path: String
  private let field: String
  private let loaded = Guarded<Result<Loaded, Diagnostic>?>(nil)

  struct Loaded: Sendable {
    let mask: Mask
    let files: [FileRecord]
  }

  /// A file.
  ///
  /// - Parameter field: the parameter, for errors.
  public init(_ path: String, field: String) { (self.path, self.field) = (path, field) }

  /// The mask on its own grid; reads the file at the first call.
  ///
  /// - Throws: `Diagnostic` where the file cannot be read, is no mask or marks nothing.
  func load() throws(Diagnostic) -> Loaded {
    let result = loaded.withLock { loaded in
      if let loaded { return loaded }
      let result = Result { () throws(Diagnostic) in try read() }
      loaded = result
      return result
    }
    return try result.get()
  }

  /// Bytes of the mask, which is held through the run.
  func byteCount() throws(Diagnostic) -> Int { try load().mask.byteCount }

  /// SHA-256 of the file and its data files.
  func digest() throws(Diagnostic) -> String {
    try load().files.map(\.sha256).joined(separator: " ")
  }

  /// The mask on the grid of a scan, each voxel as the nearest one of the file's.
  ///
  /// - Throws: `Diagnostic` where the grids differ and are not both placed in the patient, or have nothing in
  ///   common.
  func mask(on grid: Geometry, threads: Int) throws(Diagnostic) -> Mask {
    let mask = try placed(beside: grid)
    let result =
      mask.geometry == grid
      ? mask
      : try wrapped { () throws(Diagnostic) in try mask.resampled(onto: grid, threads: threads) }
    guard !result.isEmpty else {
      throw problem(
        .badParameter, "voxels that are marked within the scan",
        "none: all that it marks lies outside", "name a mask of the same patient")
    }
    return result
  }

  /// The mask on its own grid, which lies in the same space as a scan's.
  ///
  /// - Throws: as ``mask(on:threads:)``.
  private func placed(beside grid: Geometry) throws(Diagnostic) -> Mask {
    let mask = try load().mask
    // What one of two files on the same grid does not say of its space, the other does.
    var same = mask.geometry
    if same.space == nil || grid.space == nil { same.space = grid.space }
    if let distance = same.mismatch(with: grid), distance <= Geometry.matchTolerance {
      return Mask(nonzeroOf: mask.asVolume.reoriented(grid))
    }
    func isPlaced(_ geometry: Geometry) -> Bool {
      geometry.space?.isAnatomical == true && geometry.placement == .directions
    }
    guard isPlaced(mask.geometry), isPlaced(grid) else {
      throw problem(
        .gridMismatch, "the scan's grid, or both placed in the patient (space and directions)",
        "another grid, sizes \(mask.sizes), \(isPlaced(grid) ? "and no place in its header" : "and a scan without a place")",
        "save the mask on the grid of the scan")
    }
    return mask
  }

  private func read() throws(Diagnostic) -> Loaded {
    let volume: AnyVolume
    let files: [FileRecord]
    do {
      let image = try ImageFile(opening: path, hashes: true)
      volume = try image.volume(applyScaling: true)
      files = try FilesRead(image).files
    } catch {
      throw Diagnostic(error)
    }
    let recognized = RecognizedVolume(volume)
    let isGrey = !volume.binarized(in: .range(-Double.greatestFiniteMagnitude...(-1e-9))).isEmpty
    guard recognized.isMask || !isGrey else {
      throw problem(
        .badParameter, "a mask or labels", "grey values, some of them negative",
        "mark the place in a segmentation and name that")
    }
    // Of labels any marks the place.
    let marked: Threshold =
      recognized.isMask ? BoneRule().range(of: recognized.content) : .nonzero
    let mask = volume.binarized(in: marked)
    guard !mask.isEmpty else {
      throw problem(
        .badParameter, "a voxel that is not 0", "none", "mark the place in the file")
    }
    return Loaded(mask: mask, files: files)
  }

  private func wrapped<Value>(_ body: () throws(Diagnostic) -> Value) throws(Diagnostic) -> Value {
    do { return try body() } catch { throw error.about(path) }
  }

  private func problem(
    _ code: Diagnostic.Code, _ expected: String, _ found: String, _ remedy: String
  ) -> Diagnostic {
    Diagnostic(code, path, field: field, expected: expected, found: found, remedy: remedy)
  }
}
