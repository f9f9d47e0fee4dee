@testable import BetaVAE
@testable import Completion
@testable import Latents
@testable import Skulls
import Concurrency
import Errors
import Files
import Foundation
@testable import Skulls
import NeuralEngine
import TestSupport
import Testing
import Volumes

@Suite struct LatentTests {
  static func known(_ name: String, _ centroid: [Float]) -> LatentClass {
    let zeros = [Float](repeating: 0, count: centroid.count)
    return LatentClass(
      name: name, count: 1, centroid: centroid, variance: zeros, posteriorVariance: zeros)
  }

  @Test func samplingDependsOnSeedAndShapeOnly() {
    let posterior = Posterior(mean: [1, 2, 3], logVariance: [0, 0, 0])
    let a = posterior.latent(.sample, seed: 1, shape: 7)
    #expect(a == posterior.latent(.sample, seed: 1, shape: 7))
    #expect(a != posterior.latent(.sample, seed: 2, shape: 7))
    #expect(a != posterior.latent(.sample, seed: 1, shape: 8))
    #expect(posterior.latent(.mean, seed: 1) == [1, 2, 3])
    #expect(posterior.latent(.meanPlusSigma, seed: 1) == [2, 3, 4])
  }

  @Test func priorsAreNormalAndKeyed() {
    let draws = (0..<500).flatMap { LatentNoise.prior(latentSize: 8, seed: 3, number: $0) }
    let mean = draws.reduce(0, +) / Float(draws.count)
    let variance = draws.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(draws.count)
    #expect(abs(mean) < 0.06 && abs(variance - 1) < 0.08)
    #expect(
      LatentNoise.prior(latentSize: 8, seed: 3, number: 4)
        == Array(draws[32..<40]))
  }

  @Test func shiftsByGammaTimesDeviation() throws {
    var model = IdentityModel(inputShape: GridSize(2, 1, 1))
    model.classes = [Self.known("complete", [1, 1]), Self.known("cranial", [0, 3])]
    let frame = Frame(
      grid: Geometry(sizes: model.inputShape), source: Geometry(sizes: model.inputShape),
      rule: .resize)
    let latent = Latent(vector: [5, 5], mode: .mean, frame: frame, model: model)
    #expect(try model.deviation(from: "cranial") == [1, -2])
    #expect(try latent.shifted(from: "cranial", gamma: 0).vector == [5, 5])
    #expect(try latent.shifted(from: "cranial", gamma: 0.5).vector == [5.5, 4])
    #expect(try latent.shifted(from: "complete", to: "cranial", gamma: 1).vector == [4, 7])
    let error = #expect(throws: Diagnostic.self) {
      try latent.shifted(from: "facial", gamma: 1)
    }
    #expect(error?.description.contains("expected one of complete, cranial, found facial") == true)
    // A vector and a frame of another model.
    let other = IdentityModel(inputShape: GridSize(3, 1, 1))
    for (vector, message) in [
      ([5, 5], "expected 3 dimensions, found 2"), ([5, 5, 5], "expected a frame of"),
    ] as [([Float], String)] {
      let foreign = Latent(vector: vector, mode: .mean, frame: frame, model: other)
      let mismatch = #expect(throws: Diagnostic.self) { try foreign.decoded() }
      #expect(mismatch?.description.contains(message) == true)
    }
  }

  @Test func principalComponentsOfAKnownCase() throws {
    // Variances 8, 2 and 0.5 along axes turned by 30° in the first two dimensions; exact sums.
    let (c, s) = (Float(0.8660254), Float(0.5))
    var latents: [[Float]] = []
    for (x, y, z) in [(2, 0, 0), (-2, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 0.5), (0, 0, -0.5)]
      as [(Float, Float, Float)]
    {
      latents.append([10 + c * x - s * y, -4 + s * x + c * y, 1 + z])
    }
    let pca = try PrincipalComponents(of: latents, count: 3)
    #expect(zip(pca.mean, [10, -4, 1]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(pca.variances, [8.0 / 5, 2.0 / 5, 0.5 / 5]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(
      zip(pca.explained, [8 / 10.5, 2 / 10.5, 0.5 / 10.5]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(pca.components[0], [0.8660254, 0.5, 0]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(zip(pca.project(latents[0]), [2, 0, 0]).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// A x = λ x, vectors at right angles, for matrices that are not nice.
  @Test(arguments: [1, 2, 5, 32])
  func eigenvectorsOfRandomMatrices(n: Int) {
    let numbers = RandomNumbers(seed: 5, .sampling).normal(count: n * n)
    var a = [Double](repeating: 0, count: n * n)
    for i in 0..<n {
      for j in 0..<n { a[n * i + j] = Double(numbers[n * i + j] + numbers[n * j + i]) }
    }
    let eigen = SymmetricEigen(a, size: n)
    #expect(eigen.values == eigen.values.sorted(by: >))
    for k in 0..<n {
      let v = eigen.vectors[k]
      for i in 0..<n {
        let product = (0..<n).reduce(0.0) { $0 + a[n * i + $1] * v[$1] }
        #expect(abs(product - eigen.values[k] * v[i]) < 1e-10)
      }
      for l in 0..<n {
        let dot = zip(v, eigen.vectors[l]).reduce(0.0) { $0 + $1.0 * $1.1 }
        #expect(abs(dot - (k == l ? 1 : 0)) < 1e-12)
      }
    }
  }

  @Test func principalComponentsRefuseWhatTheyCannotUse() {
    #expect(throws: Diagnostic.self) { try PrincipalComponents(of: [[1, 2]]) }
    #expect(throws: Diagnostic.self) { try PrincipalComponents(of: [[1, 2], [1]]) }
    #expect(throws: Diagnostic.self) { try PrincipalComponents(of: [[1], [2]], count: 2) }
    #expect(throws: Diagnostic.self) { try PrincipalComponents(of: [[.nan, 1], [1, 2]]) }
    let same = try? PrincipalComponents(of: [[1, 2], [1, 2]])
    #expect(same?.explained == [0, 0])
  }

  @Test func tablesGiveClassesAndDeviations() throws {
    func row(_ name: String, _ mean: [Float]) -> LatentTable.Row {
      LatentTable.Row(name: "x", className: name, mean: mean, sigma: [0.5, 2])
    }
    let table = try LatentTable(
      latentSize: 2,
      rows: [
        row("complete", [1, 1]), row("cranial", [0, 0]), row("complete", [3, 1]), row("", [9, 9]),
      ])
    let classes = try table.classes(mode: .mean)
    #expect(classes.map(\.name) == ["complete", "cranial"])
    #expect(classes[0].centroid == [2, 1] && classes[0].variance == [1, 0])
    #expect(zip(classes[0].posteriorVariance, [0.25, 4]).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(try table.deviation(from: "cranial", to: "complete", mode: .mean) == [2, 1])
    #expect(throws: Diagnostic.self) {
      try table.deviation(from: "facial", to: "complete", mode: .mean)
    }
    #expect(throws: Diagnostic.self) { try LatentTable(latentSize: 3, rows: table.rows) }
  }

  /// The bytes that are hashed are those of which the model is made: they are read once.
  @Test func aModelFileIsReadOnce() throws {
    let path = NSTemporaryDirectory() + "calvaria-\(UUID().uuidString).safetensors"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [64, 128], latentSize: 3)
    try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 4)
    ).write(to: path)
    let size = try InputFile(path).size
    let before = bytesReadByThisThread()
    let loaded = try LatentModelReference.at(path).load()
    if let before, let after = bytesReadByThisThread() {
      #expect((size..<size + size / 2).contains(after - before), "\(after - before) of \(size)")
    }
    #expect(loaded.byteCount == size)
    #expect(try loaded.sha256 == InputFile(path).sha256())
    #expect((loaded.model as? BetaVAEModel)?.network.architecture == architecture)
  }

  /// What the calling thread has read from files; nil where the system does not say.
  private func bytesReadByThisThread() -> Int? {
    (try? String(contentsOfFile: "/proc/thread-self/io", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("rchar: ") }.flatMap { Int($0.dropFirst(7)) }
  }

  /// A model's sessions share one set of weights, and its engine makes no second.
  @Test func sessionsShareTheirWeights() throws {
    let architecture = Architecture(inputShape: [4, 4, 2], channels: [2], latentSize: 2)
    let engine = ToyEngine()
    let model = BetaVAEModel(
      try TrainedBetaVAE(
        architecture: architecture, parameters: architecture.initialParameters(seed: 4)),
      on: engine)
    let grid = Geometry(sizes: model.inputShape)
    let first = try model.session(minibatch: 1, threads: 1).decode([[1, 2]], on: grid)
    let again = try model.session(minibatch: 2, threads: 2).decode([[1, 2], [3, 4]], on: grid)
    #expect(first[0] == again[0] && again[0] != again[1])
    #expect(engine.weights.withLock { $0 } == 1)
  }

  @Test func referencesAreSharedWhileTheyAreHeld() throws {
    let a = LatentModelReference.at("/nowhere/model.safetensors")
    #expect(a === LatentModelReference.at("/nowhere/model.safetensors"))
    #expect {
      try a.load()
    } throws: {
      "\($0)".hasPrefix("/nowhere/model.safetensors: file: expected a readable file")
        && "\($0)".contains("`make model`")
    }
    #expect(!LatentModelReference.recognizes("mirror") && !LatentModelReference.recognizes(".pth"))
  }
}
