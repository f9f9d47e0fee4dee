public import Errors

extension Diagnostic.Code {
  /// The file or folder is DICOM.
  public static let dicom = Self("dicom")
  public static let contradiction = Self("contradiction")
  /// A data file lies outside the folder of its header.
  public static let outsideFolder = Self("outside-folder")
  /// The file holds something else than one three-dimensional scalar volume.
  public static let notAVolume = Self("not-a-volume")
}
