import Errors
public import Completion
public import Dataflow
internal import Mirroring
public import NeuralEngine
import Recognition
public import Volumes

/// Completes a defective skull with a completion model.
public struct Complete: DeclaredStage {
  public static let kind = "complete"
  public static let summary = "Adds to a defective skull the bone that a model says is missing."
  public static let parameters: [ParameterDeclaration] =
    [
      .init(
        "model", .text, standard: .text(MirrorCompletion.identifier),
        "`auto`, `continuation`, `mirror`, `shape`, `prior`, or a model file"),
      .init(
        "selfTest", .flag, standard: .flag(false),
        "try the model on a hole carved into whole bone of the same skull"),
      .init(
        optional: "device", .text,
        "what the network of a model file runs on; by default the processor, cpu"),
      ParameterDeclaration(
        "prior", .text, standard: .text(PriorFile.none),
        "for `prior`: a scan of the same patient from before, or of the bone flap"
      ).ofOneCase,
    ] + NamedHoles.parameters

  public var model: any CompletionModel
  /// Whether the model is tried on a hole in whole bone of the same skull.
  public var testsItself = false
  /// Which holes are filled; nil: all.
  private var named: NamedHoles?

  public init(model: any CompletionModel) { self.model = model }

  public init(_ parameters: Parameters) throws { try self.init(parameters, with: .standard) }

  /// The stage with checked parameters, its model one of these, its network on one of these devices.
  ///
  /// - Throws: `Diagnostic` if there is no such model or device, or if the model takes no device; what
  ///   reading a model throws.
  public init(
    _ parameters: Parameters, with models: CompletionModels, on engines: Engines = .standard
  ) throws {
    let device = try parameters.optionalText("device").map { try engines.device($0) }
    var model = try models.model(for: parameters.text("model"), on: device)
    let prior = parameters.text("prior")
    if model is PriorCompletion {
      model = PriorCompletion(from: PriorFile(prior))
    } else if prior != PriorFile.none {
      throw Diagnostic(
        .badParameter, field: "prior", expected: "none, because the model takes no prior bone",
        found: prior, remedy: "complete with `model: prior`")
    }
    self.model = model
    testsItself = parameters.flag("selfTest")
    let named = try NamedHoles(parameters)
    guard named.isSome else { return }
    guard type(of: model).fillsNamedHoles else {
      let able = models.names.filter { name in
        (try? models.model(for: name)).map { type(of: $0).fillsNamedHoles } ?? false
      }
      throw Diagnostic(
        .badParameter, field: "hole",
        expected: "a model that fills named holes (\(able.joined(separator: ", ")))",
        found: parameters.text("model"), remedy: "leave --hole out, or choose another pipeline")
    }
    self.named = named
  }

  /// Reads the model if it is a file.
  ///
  /// - Throws: what is wrong with the model.
  public func prepare() throws -> [Note] {
    try named?.prepare()
    return try model.prepare().map(\.note)
  }

  /// Digests of the model's files, if it has any: cached values are not reused if these change.
  public func digests() throws -> [String: String] {
    var digests = try named?.digests() ?? [:]
    for (number, file) in try model.prepare().enumerated() {
      digests[number == 0 ? "model" : "model \(number + 1)"] = file.sha256
    }
    return digests
  }

  /// What the model declares.
  ///
  /// - Throws: what is wrong with the model.
  public func demand(for inputs: [Extent]) throws -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let need = try model.demand(
      voxels: inputs[0].voxels, cubicMillimetres: inputs[0].cubicMillimetres)
    // A self-test holds the completed skull, the carved one and the piece beside what the model takes.
    return Demand(
      peakBytes: need.peakBytes + (testsItself ? 3 * mask.bytes : 0)
        + (try named?.byteCount(onGridOf: mask.bytes) ?? 0), output: mask,
      cores: Cores(most: need.cores, bytesEach: need.bytesPerCore))
  }

  /// The completed skull. The model's scores become notes; its findings and warnings are passed on.
  ///
  /// - Throws: what the model throws; `CancellationError`.
  public func run(_ input: Inputs<Mask>, in context: StageContext) throws -> Mask {
    try completion(of: input.values, in: context).mask
  }

  /// The completed skull with what the model found.
  ///
  /// - Parameter comparesWays: whether the model is to say at each voxel how far the next best way lies.
  func completion(
    of defective: Mask, in context: StageContext, comparesWays: Bool = false
  ) throws -> CompletedSkull {
    if let named { context.tell(FilesRead(files: try named.records())) }
    var surroundings = CompletionContext(
      threads: context.cores,
      targets: try named?.targets(on: defective.geometry, threads: context.cores),
      progress: context.progress, checkCancellation: context.checkCancellation)
    let checksProportions = !(model is AutoCompletion)
    for objection in try HeadPlausibility.objections(
      to: defective, checksProportions: checksProportions, threads: context.cores)
    {
      context.warn(objection)
    }
    surroundings.measuresDisagreement = comparesWays
    var completion = try model.complete(defective, in: surroundings)
    surroundings.measuresDisagreement = false
    if testsItself {
      let test = try CompletionFindings.SelfTest.run(of: model, on: defective, in: surroundings)
      if test == nil {
        context.warn("no self-test: the skull has no whole bone to carve a hole into")
      }
      completion.findings?.selfTest = test
      if let test, completion.findings == nil {
        // The model has no findings that the test could stand in.
        context.note("selfTestDSC", .number(test.dsc))
        context.note("selfTestOuterMM", .number(test.outerMM))
        context.note("selfTestInnerMM", .number(test.innerMM))
      }
    }
    for (name, score) in completion.scores { context.note(name, .number(score)) }
    for warning in completion.warnings { context.warn(warning) }
    if let findings = completion.findings {
      context.tell(findings)
      if let doubt = findings.doubt { context.warn(doubt) }
    }
    return completion
  }
}
