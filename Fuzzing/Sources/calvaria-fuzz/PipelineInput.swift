import Pipelines

/// Pipeline files: read, checked, drawn in every form.
enum PipelineInput {
  static func take(_ bytes: [UInt8]) throws {
    let pipeline = try Pipeline(PipelineFile(yaml: bytes, path: "case.yaml"))
    let drawing = GraphDrawing(pipeline)
    for format in GraphDrawing.Format.allCases where drawing.text(as: format).isEmpty {
      fatalError("an empty drawing")
    }
  }
}
