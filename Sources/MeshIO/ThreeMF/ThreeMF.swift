import Errors
import Volumes

/// 3MF: a zip archive with an XML model in it, with unit, names, colours and notes.
///
/// *Source*: 3MF Core Specification 1.3 and Open Packaging Conventions. Of extensions, the reader takes
/// those that leave the geometry as it is; the writer uses none. The space of the coordinates, for which
/// 3MF has no field, is the note `calvaria:frame`.
enum ThreeMF {
  static let core = "http://schemas.microsoft.com/3dmanufacturing/core/2015/02"
  static let modelRelationship = "http://schemas.microsoft.com/3dmanufacturing/2013/01/3dmodel"
  /// The namespace of our notes, of the form that needs no domain.
  static let ours = "urn:calvaria:3mf:1"
  static let prefix = "calvaria:"
  static let frameNote = "frame"

  /// Notes that 3MF itself names; others get our prefix.
  static let ownNotes: Set<String> = [
    "Title", "Designer", "Description", "Copyright", "LicenseTerms", "Rating", "CreationDate",
    "ModificationDate", "Application",
  ]

  /// Extensions whose files have the same geometry without them, by their namespaces.
  static let harmlessExtensions: Set<String> = [
    core,
    "http://schemas.microsoft.com/3dmanufacturing/material/2015/02",
    // What it adds is refused where it is used.
    "http://schemas.microsoft.com/3dmanufacturing/production/2015/06",
    "http://schemas.microsoft.com/3dmanufacturing/trianglesets/2021/07",
  ]
}

extension MeshFormat {
  /// 3MF, for printers and slicers.
  public static let threeMF = MeshFormat(
    name: "3mf", endings: [".3mf"],
    encode: { document, options, sink in try ThreeMF.encode(document, options, to: sink) },
    decode: { bytes in try ThreeMF.decode(bytes) })
}
