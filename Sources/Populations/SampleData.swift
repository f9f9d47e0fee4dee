public import Errors
import Files
import Glibc

/// The sample CT, if it was fetched.
public enum SampleData {
  /// The header of the sample CT.
  ///
  /// A program in its build folder finds `sample-data` in the folders above it, an installed one in
  /// `share/calvaria`; the working folder comes last.
  ///
  /// - Throws: `Diagnostic` that names `make fetch` and `--template`, if the voxels have not been fetched.
  public static func cranium() throws(Diagnostic) -> String {
    let folders = ProgramFiles.candidates("sample-data") + ["sample-data"]
    // An installed program has the header but not the voxels.
    let found = folders.first {
      access("\($0)/cranium.nhdr", R_OK) == 0 && access("\($0)/fetched/cranium.raw", R_OK) == 0
    }
    if let found { return "\(found)/cranium.nhdr" }
    throw Diagnostic(
      .unreadable, "sample-data/cranium.nhdr", field: "template", expected: "the sample CT",
      found: "that it has not been fetched",
      remedy: "run `make fetch`, or name a CT of a whole head with --template")
  }
}
