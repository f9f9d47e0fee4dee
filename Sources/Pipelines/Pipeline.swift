public import Settings
public import Errors
public import Dataflow
public import Stages
import VolumeIO

/// A checked pipeline: a stage graph whose last stages write the output files.
public struct Pipeline: Sendable {
  public var name: String
  public var path: String
  /// SHA-256 of the bytes that were read, as hexadecimal digits.
  public var sha256: String
  /// The graph; its sources are ``caseSource`` and ``folderSource``.
  public var graph: StageGraph
  /// The resolved parameters of every stage, by its name.
  public var parameters: [String: [String: ParameterValue]]
  /// The places of the stages in the file, by name.
  package var places: [String: Place] = [:]
  /// What is scored if there is a truth; nil if the file does not say.
  public var score: Score?
  /// The stages that make implants of other completion models, with the model's name; with none, those of other amounts of γ.
  package var alternativeStages: [String: String]
  /// Warnings, one sentence each.
  public var warnings: [String]
  /// Parameters of stages whose values are those of one case.
  private let caseParameters: [CaseParameter]

  private struct CaseParameter: Sendable {
    let field: String
    let value: String
    let place: Place
  }

  /// Makes sure that a value that is one case's is not used for several.
  ///
  /// - Throws: ``Diagnostics`` that names the parameter.
  package func requireCommonParameters(forCases count: Int) throws(Diagnostics) {
    guard count > 1, let one = caseParameters.first else { return }
    throw Diagnostics([
      Diagnostic(
        .configuration, path, at: one.place, field: one.field,
        expected: "a value that suits all \(count) cases", found: one.value,
        remedy: "it belongs to one case: run the cases one by one")
    ])
  }

  /// The stages whose masks are scored.
  public struct Score: Sendable {
    public var of: NodeID
    /// The defective skull, for the border Dice.
    public var against: NodeID
  }

  /// The source that brings the case's input file.
  public static let caseSource = "case"
  /// The source that brings the folder for the case's outputs.
  public static let folderSource = "folder"

  /// Options that are not in the file.
  public struct Options: Sendable {
    public var overrides: [Override] = []
    /// Also write every mask in this format: an ending such as `nii.gz`.
    public var additionalMaskFormat: String?
    /// Write every intermediate value that a file can hold.
    public var keepsIntermediates = false
    /// Record the memory that each stage takes; for runs of one stage at a time.
    public var measuresMemory = false
    /// Leave out pictures, and the stages that only they need.
    public var omitsPictures = false
    /// How many implants of other completion models are written beside the pipeline's own.
    public var alternatives = 0
    /// Whether a small picture of the case is written too, `thumbnail.png`.
    public var thumbnails = false
    /// Whether what a page shows of a case is gathered, see ``Pipeline/exhibit(in:)``.
    public var reports = false

    public init() {}
  }

  /// Checks a pipeline file and builds its graph.
  ///
  /// - Parameter registries: what the file can name.
  /// - Throws: ``Diagnostics`` with every mistake.
  public init(
    _ file: PipelineFile, registries: Registries = .standard, options: Options = Options()
  ) throws(Diagnostics) {
    var file = file
    let unused = file.unusedParameters
    file.change(by: options.overrides, in: registries.stages)
    let alternatives =
      options.alternatives > 0
      ? try file.add(alternatives: options.alternatives, of: registries.completionModels) : []
    let sweep = options.reports ? file.add(gammas: Self.shownGammas) : []
    let disagreement =
      options.keepsIntermediates || options.reports
      ? file.addDisagreement(of: registries.completionModels) : nil
    var checker = PipelineChecker(file, registries: registries)
    checker.warnings = unused.map {
      "\(file.path):\($0.place.line): parameter \($0.key) is not used"
    }
    let resolved = checker.resolve()
    let order = checker.ordered(resolved)
    checker.checkEdges(resolved)
    var outputs = checker.outputs(resolved)
    let scored = checker.score(resolved)
    guard checker.diagnostics.isEmpty else { throw Diagnostics(checker.diagnostics) }

    if let format = options.additionalMaskFormat {
      let ending = VolumeFormat.nrrd.standardEnding
      for output in outputs where output.fileName.hasSuffix(ending) {
        let name = String(output.fileName.dropLast(ending.count)) + "." + format
        if !outputs.contains(where: { $0.fileName == name }) {
          outputs.append(.init(fileName: name, stage: output.stage))
        }
      }
    }
    for one in alternatives {
      if let name = one.fileName { outputs.append(.init(fileName: name, stage: one.stage)) }
    }
    if let disagreement, options.keepsIntermediates {
      outputs.append(.init(fileName: PipelineFile.disagreementFile, stage: disagreement.stage))
    }
    if options.keepsIntermediates {
      for stage in resolved where !outputs.contains(where: { $0.stage == stage.name }) {
        let formats = OutputFormat.extensions(
          for: stage.entry.output, meshes: registries.meshFormats)
        guard let format = formats.first else { continue }
        // No output of a pipeline has such a name, and hardly any case.
        let own = stage.name == disagreement?.skull ? disagreement!.comparison : stage.name
        var name = "kept-\(own).\(format)"
        while outputs.contains(where: { $0.fileName == name }) { name = "kept-" + name }
        outputs.append(.init(fileName: name, stage: stage.name))
      }
    }

    let shown =
      options.reports
      ? try Self.shown(
        of: resolved, in: file, implant: scored?.of, alternatives + sweep, disagreement?.stage) : []
    let small = options.thumbnails ? Self.view(of: resolved)?.ports.prefix(2) ?? [] : []
    let others =
      (scored.map { [$0.of, $0.against] } ?? []) + shown.flatMap(\.inputs) + small
    var needed = Self.needed(resolved, outputs.map(\.stage) + others)
    for stage in resolved where !needed.contains(stage.name) {
      checker.warnings.append(
        "\(file.path):\(stage.place.line): stage \(stage.name) is used by no output and is left out"
      )
    }
    if options.omitsPictures {
      outputs.removeAll { output in
        resolved.contains { $0.name == output.stage && OutputFormat.isPicture($0.entry.output) }
      }
      needed = Self.needed(resolved, outputs.map(\.stage) + others)
    }

    graph = StageGraph()
    parameters = [:]
    var nodes: [String: NodeID] = [:]
    nodes["$case"] = graph.source(Self.caseSource, of: CaseFile.self).node
    let folder = graph.source(Self.folderSource, of: OutputFolder.self).node
    for index in order where needed.contains(resolved[index].name) {
      let stage = resolved[index]
      nodes[stage.name] = graph.addChecked(
        options.measuresMemory ? stage.stage!.measured() : stage.stage!, named: stage.name,
        to: stage.ports.map { nodes[$0!.name]! })
      parameters[stage.name] = stage.parameters.all
      places[stage.name] = stage.place
    }
    if options.thumbnails, let view = Self.view(of: resolved) {
      // Beside the pipeline's own, so that its pictures need not be drawn.
      nodes[Self.thumbnailFile] = graph.addChecked(
        AnyStage(DrawThumbnail()), named: DrawThumbnail.kind,
        to: view.ports.prefix(2).map { nodes[$0]! })
      outputs.append(.init(fileName: Self.thumbnailFile, stage: Self.thumbnailFile))
    }
    for output in outputs {
      let value = nodes[output.stage]!
      let makers = graph.stages(before: value)
      let writer = OutputFormat.writer(
        for: graph.nodes[value.index].output, fileName: output.fileName,
        meshes: registries.meshFormats,
        models: { try makers.flatMap { try $0.prepare() }.compactMap(\.modelDigest).unique })!
      let node = graph.addChecked(
        options.measuresMemory ? writer.measured() : writer, named: output.fileName,
        to: [value, folder])
      graph.keep(node: node, as: output.fileName)
    }
    for exhibit in shown {
      let node = graph.addChecked(
        options.measuresMemory ? exhibit.stage.measured() : exhibit.stage,
        named: exhibit.stage.kind,
        to: exhibit.inputs.map { nodes[$0]! })
      graph.keep(node: node, as: "\(Self.exhibitPrefix)\(node.index)")
    }
    score = scored.map { Score(of: nodes[$0.of]!, against: nodes[$0.against]!) }
    name = file.name
    path = file.path
    sha256 = file.sha256
    warnings = checker.warnings
    caseParameters = resolved.flatMap { stage in
      stage.entry.parameters.compactMap { declaration in
        guard declaration.isOfOneCase, let value = stage.parameters.all[declaration.name],
          value != declaration.standard
        else { return nil }
        return CaseParameter(
          field: "stages.\(stage.name).\(declaration.name)", value: value.description,
          place: stage.place)
      }
    }
    alternativeStages = [:]
    for one in alternatives + sweep {
      for stage in one.stages { alternativeStages[stage] = one.gamma == nil ? one.name : "" }
    }
  }

  /// The stages that the outputs need.
  private static func needed(_ resolved: [PipelineChecker.Resolved], _ outputs: [String])
    -> Set<String>
  {
    var needed: Set<String> = []
    var open = outputs
    while let name = open.popLast() {
      guard needed.insert(name).inserted,
        let stage = resolved.first(where: { $0.name == name })
      else { continue }
      open.append(contentsOf: stage.ports.compactMap { $0?.name })
    }
    return needed
  }
}

extension StageGraph {
  /// Adds a stage whose edges have been checked.
  fileprivate mutating func addChecked(_ stage: AnyStage, named name: String, to inputs: [NodeID])
    -> NodeID
  {
    do {
      return try add(erased: stage, named: name, to: inputs)
    } catch {
      preconditionFailure("the checker let \(error) pass")
    }
  }
}

extension Note {
  /// SHA-256 of a model file that a stage has read; nil for other notes of its preparation.
  fileprivate var modelDigest: String? {
    guard case .object(let facts) = self, case .text(let digest)? = facts["sha256"] else {
      return nil
    }
    return digest
  }
}

extension [String] {
  /// Each of them once, in their order.
  fileprivate var unique: [String] {
    reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }
}
