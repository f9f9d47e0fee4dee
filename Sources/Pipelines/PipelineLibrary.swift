public import Errors
import Files
import Glibc

/// The pipeline files that come with the program.
public enum PipelineLibrary {
  /// The file of a pipeline that comes with the program, such as `implant.yaml`.
  ///
  /// An installed program has them in `share/calvaria/pipelines` beside its `bin`; a program in its
  /// build folder finds `pipelines` in the folders above it.
  ///
  /// - Throws: ``Diagnostics`` that names `--pipeline`, if there is none.
  public static func path(of name: String) throws(Diagnostics) -> String {
    let tried = ProgramFiles.candidates("pipelines/\(name)")
    if let found = tried.first(where: { access($0, R_OK) == 0 }) { return found }
    throw Diagnostics([
      Diagnostic(
        .configuration, name, field: "pipeline", expected: "a pipeline file beside the program",
        found: "none in \(tried[0])", remedy: "name one with --pipeline FILE")
    ])
  }
}
