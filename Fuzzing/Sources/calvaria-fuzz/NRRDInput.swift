import VolumeIO

/// NRRD: opens, decodes, makes a volume, rewrites as NRRD and as NIfTI, reads both again.
enum NRRDInput {
  static func take(_ bytes: UnsafeRawBufferPointer) throws {
    let input = VolumeInput(bytes, name: "case.nrrd")
    guard let elements = try input.elements() else { return }
    // Written as NRRD again, not a word of the header may change, nor a voxel.
    try input.convert(to: "out.nrrd") { again in
      VolumeInput.same(elements, try again.elements(), "voxels in out.nrrd")
      var (before, after) = (try input.file().info, again.info)
      (before.encoding, before.endian) = (after.encoding, after.endian)
      (before.details.comments, after.details.comments) = (
        before.details.comments.filter { !$0.isEmpty },
        after.details.comments.filter { !$0.isEmpty }
      )
      guard before.json() == after.json() else {
        fatalError("the header was\n\(before.json())\nand became\n\(after.json())")
      }
    }
    try input.convert(to: "out.nii") { again in
      VolumeInput.same(elements, try again.elements(), "voxels in out.nii")
    }
  }
}
