import Files
import VolumeIO

/// NIfTI: opens, decodes, makes a volume, rewrites as NIfTI and as NRRD, reads both again; and the same
/// bytes behind gzip must give the same.
enum NIfTIInput {
  static func take(_ bytes: UnsafeRawBufferPointer) throws {
    let isPair = [bytes.dropFirst(344).prefix(3), bytes.dropFirst(4).prefix(3)].contains {
      $0.elementsEqual("ni1".utf8) || $0.elementsEqual("ni2".utf8)
    }
    let input = VolumeInput(bytes, name: isPair ? "case.hdr" : "case.nii")
    guard let elements = try input.elements() else { return }
    try input.convert(to: "out.nii") { again in
      VolumeInput.same(elements, try again.elements(), "voxels in out.nii")
    }
    try input.convert(to: "out.nrrd") { again in
      VolumeInput.same(elements, try again.elements(), "voxels in out.nrrd")
    }
    let file = try input.file()
    guard file.info.encoding == .raw, file.dataPaths.isEmpty else { return }
    defer { for name in ["case.nii.gz", "out.nii"] { ScratchFolder.remove(name) } }
    GzipFrame.stored(bytes).withUnsafeBytes { ScratchFolder.write($0, to: "case.nii.gz") }
    do {
      let packed = try ImageFile(opening: ScratchFolder.path("case.nii.gz"))
      VolumeInput.same(elements, try packed.elements(), "voxels behind gzip")
    } catch {
      fatalError("what reads as it is does not behind gzip: \(error)")
    }
    // The extensions, which take a way of their own through gzip.
    _ = try? Conversion.convert(
      ScratchFolder.path("case.nii.gz"), to: ScratchFolder.path("out.nii"))
  }
}
