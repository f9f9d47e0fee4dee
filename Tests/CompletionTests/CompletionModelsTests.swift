import Errors
@testable import BetaVAE
@testable import Completion
import Mirroring
import Stages
import Testing
import Volumes

@Suite struct CompletionModelsTests {
  @Test func theMirrorIsThere() throws {
    #expect(CompletionModels.standard.names.contains("mirror"))
    #expect(try CompletionModels.standard.model(for: "mirror") is MirrorCompletion)
  }

  @Test func anUnknownNameIsToldWithTheNamesThereAre() {
    let error = #expect(throws: Diagnostic.self) {
      try CompletionModels.standard.reader(for: "miror")
    }
    #expect(
      error?.description
        == "model: expected one of auto, continuation, mirror, shape, or a model file, found miror; did you mean mirror?"
    )
  }

  @Test(arguments: ["", "latent", "model.txt", String(repeating: "x", count: 300)])
  func whatNobodyReadsIsAnError(_ found: String) {
    #expect(throws: Diagnostic.self) {
      try CompletionModels.standard.model(for: found)
    }
  }

  @Test func aPathOfAModelFileChoosesItsReader() throws {
    #expect(try CompletionModels.standard.model(for: "no/such.safetensors") is LatentCompletion)
  }

  @Test func aPathOfATemplateChoosesTheShape() throws {
    #expect(
      try CompletionModels.standard.model(for: "no/such.shape.safetensors") is ShapeCompletion)
    #expect(try CompletionModels.standard.model(for: "shape") is ShapeCompletion)
  }

  @Test func aNewModelNeedsAReaderOnly() throws {
    struct Nothing: CompletionModel {
      static let identifier = "nothing"
      func demand(voxels: Int, cubicMillimetres: Double) -> CompletionDemand {
        CompletionDemand(peakBytes: 0, cores: 1)
      }
      func complete(_ defective: Mask, in context: CompletionContext) -> CompletedSkull {
        CompletedSkull(mask: defective)
      }
    }
    let models = CompletionModels.standard.adding(
      CompletionModelReader(
        identifier: Nothing.identifier, summary: "adds nothing",
        recognizes: { $0.hasSuffix(".nothing") }, read: { _ in Nothing() }))
    #expect(try models.model(for: "nothing") is Nothing)
    #expect(try models.model(for: "folder/file.nothing") is Nothing)
    #expect(try models.model(for: "mirror") is MirrorCompletion)
  }
}
