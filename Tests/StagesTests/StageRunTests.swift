import BetaVAE
import Errors
import Completion
import Files
import Foundation
import NeuralEngine
import Mirroring
import Meshes
import Pictures
import Dataflow
import Skulls
import Stages
import TestSupport
import Testing
import VoxelOps
import Volumes

@Suite struct StageRunTests {
  static let geometry = Geometry(sizes: GridSize(16, 16, 16), spacing: SIMD3(1, 1, 2))

  static func ball(radius: Double) -> Mask {
    Mask(on: geometry) { bytes in
      for k in 0..<16 {
        for j in 0..<16 {
          for i in 0..<16 {
            let d = SIMD3(Double(i) - 7.5, Double(j) - 7.5, 2 * (Double(k) - 7.5)).length
            bytes[geometry.sizes.offset(i, j, k)] = d <= radius ? 1 : 0
          }
        }
      }
    }
  }

  @Test func subtractTakesTheSecondFromTheFirst() throws {
    let shell = try Subtract().run(
      Inputs(Self.ball(radius: 6), Self.ball(radius: 4)), in: StageContext())
    #expect(shell[7, 7, 5] && !shell[7, 7, 7])
    var other = Self.geometry
    other.origin.x += 0.5
    let moved = Mask(emptyOn: other)
    #expect {
      try Subtract().run(Inputs(Self.ball(radius: 6), moved), in: StageContext())
    } throws: {
      "\($0)".hasPrefix("grid: expected ") && "\($0)".contains("0.5")
    }
  }

  @Test func downsampleKeepsTheBox() throws {
    let scan = Scan(volume: AnyVolume(Self.ball(radius: 6).asVolume), content: .mask)
    let half = try Downsample(to: .sizes(GridSize(8, 8, 8))).run(Inputs(scan), in: StageContext())
    #expect(half.volume.geometry.spacing == SIMD3(2, 2, 4))
    #expect(half.volume.geometry.origin == SIMD3(0.5, 0.5, 1))
    let same = try Downsample(to: .spacing(SIMD3(2, 2, 4)), by: .nearest)
      .run(Inputs(scan), in: StageContext())
    #expect(same.volume.sizes == GridSize(8, 8, 8))
    #expect(throws: Diagnostic.self) {
      try Downsample(to: .spacing(SIMD3(0.5, 0.5, 0.5))).run(Inputs(scan), in: StageContext())
    }
  }

  @Test func meshIsWatertightAndKeepsTheVolume() throws {
    let ball = Self.ball(radius: 6)
    let context = StageContext()
    let mesh = try MeshSurface().run(Inputs(ball), in: context)
    let volume = Double(ball.voxelCount) * 2
    #expect(abs(mesh.signedVolume / volume - 1) < 0.03)
    #expect(context.notes["watertight"] == .flag(true))
    #expect(context.notes["bodies"] == .integer(1))
    let empty = try MeshSurface().run(Inputs(Mask(emptyOn: Self.geometry)), in: StageContext())
    #expect(empty.isEmpty)
  }

  /// Far from the origin, numbers of 32 bits are as far apart as voxels.
  @Test(arguments: [3e6, -2e6, 1e9, 8e5]) func aSurfaceTooFarFromTheOriginIsRefused(origin: Double)
  {
    var geometry = Self.geometry
    geometry.origin = SIMD3(10, origin, 0)
    let ball = Mask(nonzeroOf: Self.ball(radius: 6).asVolume.reoriented(geometry))
    let error = #expect(throws: Diagnostic.self) {
      try MeshSurface().run(Inputs(ball), in: StageContext())
    }
    #expect(error?.field == "space origin")
    #expect(error?.found.contains("mm apart") == true)
  }

  @Test(arguments: [0.0, 1e4, -2e5]) func aSurfaceHasTheVolumeAndThePlaceOfItsMask(origin: Double)
    throws
  {
    var geometry = Self.geometry
    geometry.origin = SIMD3(10, origin, 0)
    var ball = Mask(nonzeroOf: Self.ball(radius: 6).asVolume.reoriented(geometry))
    ball[8, 8, 8] = false
    let context = StageContext()
    let mesh = try MeshSurface().run(Inputs(ball), in: context)
    #expect(context.notes["bodies"] == .integer(1))
    #expect(context.notes["cavities"] == .integer(0))
    let volume = Double(ball.voxelCount) * 2
    #expect(abs(mesh.signedVolume / volume - 1) < 0.01)
    let middle = try #require(mesh.boundingBox)
    let centre = try #require(ball.measurement().centroid)
    #expect(abs(Double(middle.lowest.y + middle.highest.y) / 2 - centre.y) < 0.1)
  }

  @Test func anEmptySurfaceLeavesNoSTLBehind() throws {
    let folder = TemporaryFolder()
    let path = "\(folder.path)/implant.stl"
    try Data("old".utf8).write(to: URL(filePath: path))
    let context = StageContext()
    let written = try WriteSurface(fileName: "implant.stl").run(
      Inputs(TriangleMesh(), OutputFolder(path: folder.path)), in: context)
    #expect(written.byteCount == nil)
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(context.warnings.count == 2)
  }

  @Test func aWrittenFileIsToldOfInTheRecord() throws {
    let folder = TemporaryFolder()
    let context = StageContext()
    _ = try WriteMask(fileName: "ball.nrrd").run(
      Inputs(Self.ball(radius: 6), OutputFolder(path: folder.path)), in: context)
    let written = try #require(context.facts.first as? WrittenFile)
    #expect(written.name == "ball.nrrd")
    #expect(written.sha256?.count == 64)
    #expect(written.measurement == .mask(Self.ball(radius: 6).measurement()))
  }

  /// Every stage's demand covers its output and grows with its input; none declares nothing.
  @Test func demandsAreStated() throws {
    // `encode` cannot say what it takes before its model is there.
    let network = try #require(StageCatalog.standard.entries["encode"])
    let missing = try network.make(
      Parameters(["model": .text("none.safetensors")], for: network.parameters))
    #expect(throws: Diagnostic.self) {
      try missing.demand(for: [.grid(voxels: 8, bytesPerVoxel: 1)])
    }

    let folder = TemporaryFolder()
    let model = folder.path + "/model.safetensors"
    let architecture = Architecture(inputShape: [16, 16, 8], channels: [4, 8], latentSize: 3)
    try TrainedBetaVAE(
      architecture: architecture, parameters: architecture.initialParameters(seed: 1)
    )
    .write(to: model)
    for entry in StageCatalog.standard.entries.values {
      let parameters: [String: ParameterValue] =
        switch entry.kind {
        case "downsample": ["sizes": .sizes([8, 8, 8])]
        case "binarize": ["threshold": .number(1)]
        case "encode": ["model": .text(model)]
        case "compare": ["model": .text("auto")]
        case "shift": ["from": .text("cranial")]
        default: [:]
        }
      let stage = try entry.make(Parameters(parameters, for: entry.parameters))
      let small = Extent.grid(voxels: 1_000_000, bytesPerVoxel: 2)
      let large = Extent.grid(voxels: 8_000_000, bytesPerVoxel: 2)
      let a = try stage.demand(for: entry.ports.map { _ in small })
      let b = try stage.demand(for: entry.ports.map { _ in large })
      #expect(a.peakBytes > 0, "\(entry.kind)")
      #expect(a.peakBytes >= a.output.bytes, "\(entry.kind)")
      #expect(b.peakBytes > a.peakBytes, "\(entry.kind)")
      #expect(!entry.summary.isEmpty)
    }
  }

  /// The pipeline of the README in the typed DSL, on a scheduler.
  @Test func theTypedGraphRuns() throws {
    var graph = StageGraph()
    let scan = graph.source("scan", of: Scan.self)
    let bone = graph.add(Bone(), to: scan)
    let rough = graph.add(Subtract(), minuend: bone, subtrahend: bone)
    let surface = graph.add(Chain { MeshSurface(smoothing: 0) }, to: bone)
    graph.keep(rough, as: "rough")
    graph.keep(surface, as: "surface")
    let input = Scan(volume: AnyVolume(Self.ball(radius: 6).asVolume), content: .mask)
    nonisolated(unsafe) var result: CaseResult?
    let batch = try Scheduler(limits: Limits(width: 2, memoryBytes: 1 << 28))
      .start([Case("ball", (scan, input))], through: graph) { event in
        if case .caseFinished(let finished) = event { result = finished }
      }
    #expect(batch.wait().completed == 1)
    #expect((result?.outputs["rough"] as? Mask)?.isEmpty == true)
    #expect((result?.outputs["surface"] as? TriangleMesh)?.isEmpty == false)
  }

  /// The graph that the README shows.
  @Test func theGraphOfTheReadme() {
    var graph = StageGraph()
    let file = graph.source("case", of: CaseFile.self)
    let defective = graph.add(
      Chain {
        Load()
        Bone(threshold: 226)
      }, to: file)
    let completed = graph.add(Complete(model: MirrorCompletion()), to: defective)
    let rough = graph.add(Subtract(), minuend: completed, subtrahend: defective)
    let implant = graph.add(Clean(), of: rough, against: defective)
    graph.keep(implant, as: "implant")
    #expect(graph.nodes.map(\.name) == ["case", "load", "bone", "complete", "subtract", "clean"])
    #expect(graph.outputs.map(\.name) == ["implant"])
  }
}
