import BetaVAE
import Completion
import Errors
import Files
import Foundation
import Skulls
import Implants
import NeuralEngine
import Dataflow
import Stages
import TestSupport
import Testing
import Volumes

@testable import VoxelOps

@Suite struct LatentStagesTests {
  static let geometry = Geometry.headGrids.first { $0.name == "left-handed" }!.geometry
  static let hole = (centre: SIMD3<Double>(-45, -30, 45), radius: 24.0)

  static let whole = SyntheticVault().mask(on: geometry)
  static let defective: Mask = {
    var vault = SyntheticVault()
    vault.holes = [hole]
    return vault.mask(on: geometry)
  }()

  /// A model that changes nothing, whose DEV is the bone in the hole.
  static func reference() throws -> LatentModelReference { try made.get() }
  static let made = Result { () throws -> LatentModelReference in
    var model = IdentityModel()
    let (defect, _, _) = try model.encode(Self.defective, closing: 0)
    let complete = try defect.frame.framed(Self.whole)
    let zeros = [Float](repeating: 0, count: model.latentSize)
    func known(_ name: String, _ centroid: [Float]) -> LatentClass {
      LatentClass(
        name: name, count: 1, centroid: centroid, variance: zeros, posteriorVariance: zeros)
    }
    model.classes = [
      known("complete", complete.withBytes { $0.map(Float.init) }), known("cranial", defect.vector),
    ]
    return LatentModelReference(holding: LoadedLatentModel(model, path: "identity.safetensors"))
  }

  /// What the stage `encode` makes of the defective head; the same for all tests.
  static func latent() throws -> Latent { try encoded.get() }
  static let encoded = Result {
    try Encode(model: reference(), closing: 0).run(Inputs(defective), in: StageContext())
  }

  /// The paper's pipeline on a scheduler, the same at both widths.
  @Test func theImplantFillsTheHole() throws {
    let reference = try Self.reference()
    let defective = Self.defective
    var graph = StageGraph()
    let bone = graph.source("bone", of: Mask.self)
    let latent = graph.add(Encode(model: reference, closing: 0), to: bone)
    let shifted = graph.add(Shift(from: "cranial"), to: latent)
    let completed = graph.add(Decode(), to: shifted)
    let rough = graph.add(Subtract(), minuend: completed, subtrahend: bone)
    let implant = graph.add(
      Clean(ImplantCleaning(opening: 2, regrowth: 3)), of: rough, against: bone)
    graph.keep(implant, as: "implant")
    graph.keep(completed, as: "completed")
    var results: [Mask] = []
    for width in [1, 2] {
      nonisolated(unsafe) var result: CaseResult?
      let batch = try Scheduler(limits: Limits(width: width, memoryBytes: 1 << 30))
        .start([Case("head", (bone, defective))], through: graph) { event in
          if case .caseFinished(let finished) = event { result = finished }
        }
      #expect(batch.wait().completed == 1)
      let outcome = try #require(result)
      #expect(outcome.records.flatMap(\.warnings) == [])
      let found = try #require(outcome.outputs["implant"] as? Mask)
      let missing = try Self.whole.subtracting(defective)
      #expect(found.geometry == defective.geometry)
      #expect(try found.intersection(defective).isEmpty)
      // A cell of the network is 3.5 × 3.5 × 5.2 mm, the vault 6 mm thick.
      #expect(try found.dice(with: missing)! > 0.7)
      results.append(found)
    }
    #expect(results[0] == results[1])
  }

  @Test func gammaZeroChangesNothing() throws {
    let latent = try Self.latent()
    let context = StageContext()
    let same = try Shift(from: "cranial", gamma: 0).run(Inputs(latent), in: context)
    #expect(same.vector == latent.vector)
    #expect(context.notes["length"] == .number(0))
  }

  @Test func aClassThatIsNotThereIsNamed() throws {
    let latent = try Self.latent()
    let error = #expect(throws: Diagnostic.self) {
      try Shift(from: "cranail").run(Inputs(latent), in: StageContext())
    }
    #expect(
      error?.description
        == "from: expected one of complete, cranial, found cranail; did you mean cranial?")
  }

  /// The same, before any case: the stages behind `encode` know its model.
  @Test func aClassThatIsNotThereIsForeseen() throws {
    let reference = try Self.reference()
    func graph(_ shift: Shift) -> StageGraph {
      var graph = StageGraph()
      let latent = graph.add(Encode(model: reference), to: graph.source("bone", of: Mask.self))
      let shifted = graph.add(
        shift, named: "moved", to: graph.add(Shift(from: "cranial"), to: latent))
      graph.keep(graph.add(Decode(), to: shifted), as: "skull")
      return graph
    }
    #expect(throws: Never.self) { try graph(Shift(from: "cranial")).foresee() }
    for (shift, message) in [
      (Shift(from: "facial"), "moved: from: expected one of complete, cranial, found facial; "),
      (Shift(from: "complete"), "from: expected another class than the goal, found complete; "),
      (Shift(from: "cranial", to: "complet"), "found complet; did you mean complete?"),
    ] {
      let failure = #expect(throws: ForeseenFailure.self) {
        try graph(shift).foresee()
      }
      #expect(failure?.description.contains(message) == true, "\(failure!)")
    }
  }

  /// A latent is decoded by the model that encoded it: another file, though of the same shape, is refused
  /// before any case, the same bytes under another name are not.
  @Test func anotherModelThanTheLatentsIsForeseen() throws {
    let folder = TemporaryFolder()
    func write(_ name: String, _ text: String) throws -> String {
      try Data(text.utf8).write(to: URL(filePath: "\(folder.path)/\(name)"))
      return "\(folder.path)/\(name)"
    }
    let own = try write("own.safetensors", "one")
    let copy = try write("copy.safetensors", "one")
    let other = try write("other.safetensors", "two")
    let digest = try InputFile(own).sha256()
    let reference = LatentModelReference(
      holding: LoadedLatentModel(IdentityModel(), path: own, sha256: digest))
    func foresee(_ decode: Decode) throws {
      var graph = StageGraph()
      let latent = graph.add(Encode(model: reference), to: graph.source("bone", of: Mask.self))
      let shifted = graph.add(Moved(), to: latent)
      graph.keep(graph.add(decode, to: shifted), as: "skull")
      try graph.foresee()
    }
    for model in [nil, own, copy] {
      #expect(throws: Never.self) { try foresee(Decode(model: model)) }
    }
    let failure = try #require(
      #expect(throws: ForeseenFailure.self) { try foresee(Decode(model: other)) })
    let error = try #require(failure.underlying as? Diagnostic)
    #expect(error.field == "model")
    #expect(error.expected.contains(own) && error.expected.contains(digest))
    #expect(try error.found == "\(other) (SHA-256 \(InputFile(other).sha256()))")
    let missing = #expect(throws: ForeseenFailure.self) {
      try foresee(Decode(model: "/none.safetensors"))
    }
    #expect(missing?.underlying is Diagnostic)
  }

  /// What lies between `encode` and `decode`, without a class that a model must know.
  private struct Moved: Stage {
    static let kind = "moved"
    func foresee(behind inputs: [(any Sendable)?]) -> (any Sendable)? { inputs[0] }
    func demand(for inputs: [Extent]) -> Demand { Demand(peakBytes: 0, output: inputs[0]) }
    func run(_ input: Inputs<Latent>, in context: StageContext) -> Latent { input.values }
  }

  /// Whatever `decode` is told, the latent's own model decodes.
  @Test func aLatentIsDecodedByItsModel() throws {
    let latent = try Self.latent()
    let expected = try latent.decoded()
    #expect(try !expected.isEmpty && Decode().run(Inputs(latent), in: StageContext()) == expected)
    var negative = latent.model as! IdentityModel
    negative.isNegative = true
    let other = Latent(
      vector: latent.vector, mode: latent.mode, frame: latent.frame, model: negative)
    #expect(try Decode().run(Inputs(other), in: StageContext()) != expected)
  }

  /// No bone, no latent: nothing is made up.
  @Test func aMaskWithoutBoneStaysEmpty() throws {
    let reference = try Self.reference()
    let context = StageContext()
    let empty = Mask(emptyOn: Self.geometry)
    let latent = try Encode(model: reference).run(Inputs(empty), in: context)
    #expect(latent.isOfNothing && context.warnings.count == 1)
    let moved = try Shift(from: "cranial", gamma: 5).run(Inputs(latent), in: context)
    #expect(moved.isOfNothing)
    #expect(try Decode().run(Inputs(moved), in: context) == empty)
    #expect(context.notes["length"] == .number(0) && context.warnings.count == 1)
  }

  /// What a model needs counts, so that the scheduler can refuse it.
  @Test func demandsCountTheModel() throws {
    let giant = LatentModelReference(
      holding: LoadedLatentModel(
        IdentityModel(inputShape: GridSize(1024, 1024, 1024)), path: "giant"))
    let mask = Extent.grid(voxels: 1_000_000, bytesPerVoxel: 1)
    // The session alone takes 8 GB here; closing at a fifth of a millimetre as much again.
    #expect(try Encode(model: giant, framing: .resize).demand(for: [mask]).peakBytes > 8 << 30)
    let encoded = try Encode(model: giant).demand(for: [mask])
    #expect(encoded.peakBytes > 16 << 30)
    // Through `shift`, which changes no size.
    let shifted = Shift(from: "cranial").demand(for: [encoded.output])
    #expect(shifted.peakBytes < 1 << 40 && shifted.output.bytes == encoded.output.bytes)
    #expect(Decode().demand(for: [shifted.output]).peakBytes > 16 << 30)
    #expect(
      try LatentCompletion(giant).demand(voxels: 1_000_000, cubicMillimetres: 1e6).peakBytes
        > 16 << 30)
    // Networks of the usual sizes close in what 128 MB hold.
    for edge in [16, 64, 128, 256] {
      let shape = GridSize(edge, edge, edge / 2)
      #expect((24 << 20...192 << 20).contains(Frame.closingBytes(shape: shape, closing: 4.5)))
    }
  }

  /// A model that cannot be read is no small model: whoever plans is told why.
  @Test func aModelThatCannotBeReadIsNotPlanned() throws {
    let missing = LatentModelReference.at("/none.safetensors")
    let mask = Extent.grid(voxels: 1_000_000, bytesPerVoxel: 1)
    #expect(throws: Diagnostic.self) { try Encode(model: missing).demand(for: [mask]) }
    #expect(throws: Diagnostic.self) {
      try LatentCompletion(missing).demand(voxels: 1_000_000, cubicMillimetres: 1e6)
    }
    #expect(throws: Diagnostic.self) {
      try Complete(model: LatentCompletion(missing)).demand(for: [mask])
    }
    var graph = StageGraph()
    let bone = graph.source("bone", of: Mask.self)
    graph.keep(graph.add(Encode(model: missing), to: bone), as: "latent")
    #expect(throws: Diagnostic.self) { try MemoryPlan(of: graph, sources: ["bone": mask]) }
    // Where nobody readied the graph first, the case fails with the reason.
    nonisolated(unsafe) var result: CaseResult?
    let batch = try Scheduler(limits: Limits(width: 1, memoryBytes: 1 << 30))
      .start([Case("head", (bone, Self.defective))], through: graph) { event in
        if case .caseFinished(let finished) = event { result = finished }
      }
    #expect(batch.wait().failed == 1)
    guard case .failed(let failure)? = result?.outcome else {
      Issue.record("the case did not fail")
      return
    }
    #expect(failure.stage == "encode" && failure.underlying is Diagnostic)
  }

  /// Demands cover the values that come out, and know the grid to which a latent goes back.
  @Test func aLatentKnowsItsGrid() throws {
    let reference = try Self.reference()
    let mask = Extent.grid(voxels: 1_000_000, bytesPerVoxel: 1)
    let encoded = try Encode(model: reference).demand(for: [mask])
    #expect(encoded.output.voxels == 1_000_000 && encoded.output.bytes < 1 << 20)
    let shifted = Shift(from: "cranial").demand(for: [encoded.output])
    let decoded = Decode().demand(for: [shifted.output])
    #expect(decoded.output.bytes == 1_000_000 && decoded.peakBytes > 5_000_000)
    let latent = try Self.latent()
    #expect(latent.extent.voxels == Self.geometry.sizes.count)
    #expect(latent.extent.decodingBytes == encoded.output.decodingBytes)
  }

  @Test func completeTakesAModelToo() throws {
    var completion = LatentCompletion(try Self.reference())
    // The reference's DEV is a bone in one frame.
    completion.framing = .fieldOfView
    let result = try completion.complete(Self.defective, in: CompletionContext())
    #expect(result.mask.geometry == Self.geometry)
    #expect(try Self.defective.subtracting(result.mask).isEmpty)
    let missing = try Self.whole.subtracting(Self.defective)
    let filled = try result.mask.intersection(missing)
    #expect(filled.voxelCount * 10 > missing.voxelCount * 8)
    let empty = try completion.complete(Mask(emptyOn: Self.geometry), in: CompletionContext())
    #expect(empty.mask.isEmpty && empty.warnings.count == 1)
    #expect(throws: Diagnostic.self) {
      var facial = completion
      facial.defect = "facial"
      return try facial.prepare()
    }
  }

  @Test func modelsMustBeFiles() throws {
    #expect(throws: Diagnostic.self) {
      try Encode(Parameters(["model": .text("mirror")], for: Encode.parameters))
    }
    #expect(throws: Diagnostic.self) {
      try Decode(Parameters(["model": .text("mirror")], for: Decode.parameters))
    }
    // Nothing is read before the run.
    let stage = try Encode(
      Parameters(["model": .text("/none.safetensors")], for: Encode.parameters))
    #expect {
      try stage.prepare()
    } throws: {
      "\($0)".hasPrefix("/none.safetensors: ") && "\($0)".contains("`make model`")
    }
  }
}
