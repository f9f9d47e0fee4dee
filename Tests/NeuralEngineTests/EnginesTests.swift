import Errors
import Testing

@testable import NeuralEngine

@Suite struct EnginesTests {
  static let other = EngineDeclaration(name: "other", summary: "a device that is not there") {
    () throws(Diagnostic) in
    throw Diagnostic(.configuration, field: "device", expected: "such a device", found: "none")
  }

  @Test func theProcessorIsTakenWhereNobodyNamesADevice() throws {
    #expect(Engines.standard.first.name == "cpu")
    #expect(try Engines.standard.first.make().name.hasPrefix("cpu "))
  }

  @Test func devicesAreFoundByName() {
    let engines = Engines(CPUEngine.declaration, Self.other)
    #expect(engines.names == ["cpu", "other"])
    #expect(engines["other"]?.summary == Self.other.summary)
    #expect(engines["gpu"] == nil)
    #expect(throws: Diagnostic.self) { try engines["other"]?.make() }
  }

  /// Weights that are shared leave each network its own minibatch, threads and numbers.
  @Test func networksOfSharedWeightsAreNotInEachOthersWay() throws {
    let architecture = CallersTests.architecture
    let weights = try CPUEngine().inferenceWeights(
      architecture, parameters: CallersTests.parameters(), threads: 1)
    let (one, three) = (
      try weights.network(minibatch: 1, threads: 1), try weights.network(minibatch: 3, threads: 2)
    )
    let latents = (0..<3).map { CallersTests.latents($0) }
    let together = three.decode(latents.flatMap { $0 }, count: 3)
    for (place, latent) in latents.enumerated() {
      let voxels = architecture.voxels
      #expect(
        one.decode(latent, count: 1) == Array(together[place * voxels..<(place + 1) * voxels]))
    }
    #expect(throws: Diagnostic.self) { try weights.network(minibatch: 0, threads: 1) }
  }
}
