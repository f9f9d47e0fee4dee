import Volumes

extension VolumeFormat {
  /// NIfTI-1 and NIfTI-2: one file, or a header with a file of voxels beside it.
  public static let nifti = VolumeFormat(
    name: "nifti",
    endings: [
      Ending(".nii"), Ending(".nii.gz"),
      Ending(".hdr", .header, wholeEnding: ".nii"),
      Ending(".img", .voxels, wholeEnding: ".nii"),
      Ending(".hdr.gz", .header, isWritten: false, wholeEnding: ".nii.gz"),
      Ending(".img.gz", .voxels, wholeEnding: ".nii.gz"),
    ],
    standardEnding: ".nii.gz",
    open: { start, options in
      if NIfTIHeaderParser.recognises(start.bytes) {
        return try NIfTIImage(start.file, start: start.bytes, isGzip: false, options: options)
      }
      guard let inner = try start.inflated(), NIfTIHeaderParser.recognises(inner) else {
        return nil
      }
      return try NIfTIImage(start.file, start: inner, isGzip: true, options: options)
    },
    write: { volume, path, options, transfer in
      let layout = NIfTILayout(of: volume)
      try volume.withBytes {
        try NIfTIWriter(path, options, transfer).write(
          type: layout.type, sizes: layout.sizes, geometry: layout.geometry, scaling: nil, $0)
      }
    },
    rewrite: { source, path, options in
      let (layout, lost) = try niftiLayout(of: source, path)
      var options = options
      options.content = options.content ?? layout.content
      if let image = source.image as? NIfTIImage, image.header.version == 2 {
        // Doubles would lose half their digits in the first version.
        options.niftiVersion = options.niftiVersion ?? 2
      }
      try source.elements.withBytes { bytes in
        try NIfTIWriter(path, options).write(
          type: layout.type, sizes: layout.sizes, geometry: layout.geometry,
          scaling: source.scaling, otherAxes: layout.otherAxes, details: layout.details,
          extensions: layout.extensions, bytes)
      }
      return lost
    },
    headerPath: NIfTIImage.headerPath)

  private static func niftiLayout(
    of source: OpenedElements, _ output: String
  ) throws -> (layout: NIfTILayout, lost: [String]) {
    switch source.image {
    case let image as NRRDImage:
      return try NIfTILayout.of(image, source.elements.type, output: output)
    case let image as NIfTIImage:
      return (try NIfTILayout.of(image, source.elements), [])
    default:
      let (volume, warnings) = try source.volume()
      return (NIfTILayout(of: volume), warnings)
    }
  }
}

extension NIfTILayout {
  fileprivate init(of volume: AnyVolume) {
    let sizes = volume.sizes
    self.init(
      type: .scalar(volume.scalarType), sizes: [sizes.x, sizes.y, sizes.z],
      geometry: volume.geometry)
  }
}
