public import Accounts
import Completion
public import Errors
import Files
import Glibc
import Latents

/// Draws the figures of a figures file.
public struct FigureRun {
  public let file: FiguresFile
  /// The folder for outputs; made where it is missing.
  public let folder: String
  /// The names of the figures that are drawn; empty: all whose inputs are named.
  public var only: [String] = []
  /// Whether only the data are written, and the scripts that would draw them.
  public var dataOnly = false
  public var threads = HostResources.usableCores
  public var memory = HostResources.plannedMemory
  /// The command line, for the account.
  public var command: [String] = []
  public var program: RunAccount.Program
  /// Asked before each figure, and while one is drawn; true ends the run.
  public var shouldStop: () -> Bool = { false }

  /// The names that ``only`` takes.
  public static let names = FigureKind.allCases.map(\.rawValue)

  public init(_ file: FiguresFile, into folder: String, program: RunAccount.Program) {
    (self.file, self.folder, self.program) = (file, folder, program)
  }

  /// What came of a run.
  public struct Outcome {
    /// The files, those of a figure together.
    public var files: [String]
    /// Why some figures could not be drawn.
    public var failures: [Diagnostic]
    /// The figures that were left out, with the keys that the file lacks for them.
    public var skipped: [(name: String, lacks: [String])]
  }

  /// Draws the figures; one that cannot be drawn does not keep the others back.
  ///
  /// - Parameter begun: told the name of each figure, its number from 1, and how many there are.
  /// - Throws: ``Diagnostics`` for a name that no figure has, or whose inputs the file does not name; `Diagnostic` where
  ///   gnuplot is missing or the folder cannot be written.
  public func run(begun: (_ name: String, _ number: Int, _ count: Int) -> Void) throws -> Outcome {
    let (kinds, skipped) = try chosen()
    let gnuplot = dataOnly ? nil : try Gnuplot(shouldStop: shouldStop)
    try Folders.make(folder)
    let account = "\(folder)/figures.json"
    unlink(account)
    let inputs = FigureInputs(file, threads: threads, memory: memory)
    var records: [Account.FigureRecord] = []
    var failures: [Diagnostic] = []
    for (number, kind) in kinds.enumerated() where !shouldStop() {
      begun(kind.rawValue, number + 1, kinds.count)
      do {
        guard let figure = try figure(kind, inputs) else {
          throw Diagnostic(
            .badData, file.path, field: kind.needs.last ?? kind.rawValue,
            expected: "inputs that \(kind.rawValue) can be drawn from", found: "too few",
            remedy: "name trainings that have ended, the decoupled one with two stages")
        }
        var files = try figure.writeData(into: folder)
        if let gnuplot {
          try gnuplot.draw(figure, in: folder)
          files += figure.drawings(in: folder)
        }
        records.append(
          Account.FigureRecord(name: figure.name, caption: figure.caption, files: files))
      } catch { failures.append(Diagnostic(error).about(kind.rawValue)) }
    }
    try JSONFile.write(
      Account(
        program: program, command: command, file: file.path, sha256: file.sha256,
        inputs: inputs.read, figures: records, failures: failures.map(\.description),
        skipped: skipped.map { .init(name: $0.name, lacks: $0.lacks) }), to: account)
    return Outcome(
      files: records.flatMap(\.files) + [account], failures: failures, skipped: skipped)
  }

  private struct Account: Encodable {
    var formatVersion = 1
    var program: RunAccount.Program
    var command: [String]
    var file: String
    var sha256: String
    var inputs: [FileRecord]
    var figures: [FigureRecord]
    /// The figures that could not be drawn, a sentence each.
    var failures: [String]
    var skipped: [Skipped]

    struct FigureRecord: Encodable {
      var name, caption: String
      var files: [String]
    }
    struct Skipped: Encodable {
      var name: String
      var lacks: [String]
    }
  }

  private func chosen() throws(Diagnostics) -> ([FigureKind], [(name: String, lacks: [String])]) {
    func lacking(_ kind: FigureKind) -> [String] { kind.needs.filter { !file.has($0) } }
    guard !only.isEmpty else {
      let kinds = FigureKind.allCases.filter { lacking($0).isEmpty }
      let skipped = FigureKind.allCases.filter { !lacking($0).isEmpty }
      return (kinds, skipped.map { ($0.rawValue, lacking($0)) })
    }
    var mistakes: [Diagnostic] = []
    for name in only {
      guard let kind = FigureKind(rawValue: name) else {
        mistakes.append(
          Diagnostic(
            .configuration, "--only", field: "figure",
            expected: "one of \(Self.names.joined(separator: ", "))", found: name,
            remedy: nearestName(to: name, among: Self.names).map { "did you mean \($0)?" } ?? ""))
        continue
      }
      if let key = lacking(kind).first {
        mistakes.append(
          Diagnostic(
            .configuration, file.path, field: key, expected: "it, for \(name)", found: "nothing",
            remedy: "add it, or set it with --set"))
      }
    }
    guard mistakes.isEmpty else { throw Diagnostics(mistakes) }
    return (FigureKind.allCases.filter { only.contains($0.rawValue) }, [])
  }

  /// A figure; nil where its inputs do not suffice.
  private func figure(_ kind: FigureKind, _ inputs: FigureInputs) throws -> Figure? {
    let (data, trainings, scores) = (file.data, file.trainings, file.scores)
    func small() throws -> TrainingResult { try inputs.training(trainings.small!) }
    func large() throws -> TrainingResult { try inputs.training(trainings.large!) }
    func decoupled() throws -> TrainingResult { try inputs.training(trainings.decoupled!) }
    func unseen(_ kind: String) throws -> ShownCase {
      try inputs.shown(in: data.unseen!, kind: kind)
    }
    // The paper shows skulls that were trained on; those that were not stand beside them.
    func cases(_ className: String, _ folder: String, named name: String) throws -> [Figure
      .LabelledCase]
    {
      [
        ("\(name) seen", className, try inputs.shown(in: data.population!, kind: folder)),
        ("\(name) unseen", className, try unseen(folder)),
      ]
    }
    func completions(_ className: String, _ folder: String) throws -> Figure {
      try .completions(
        kind.rawValue, of: cases(className, folder, named: "skull"),
        by: [small(), decoupled()].map {
          (Self.title($0), try inputs.model($0.modelPath()))
        })
    }
    switch kind {
    case .classes:
      return .classes(
        cranial: try inputs.shown(in: data.population!, kind: data.cranial),
        facial: try inputs.shown(in: data.population!, kind: data.facial), threads: threads)
    case .gaussians: return .gaussians()
    case .curves:
      let other = trainings.decoupled == trainings.large ? nil : try decoupled()
      return .curves(small: try small(), large: try large(), decoupled: other)
    case .longRun: return .longRun(try inputs.training(trainings.long!))
    case .latents:
      return try .latents(
        [small(), large()].map {
          .init(
            title: $0.beta.map { "β = \(Figure.text($0))" } ?? "",
            table: try inputs.latents(of: data.population!, by: $0.firstModelPath()))
        })
    case .sweep:
      return try .sweep(
        cases("cranial", data.cranial, named: "cranial")
          + cases("facial", data.facial, named: "facial"),
        by: inputs.model(small().modelPath()))
    case .cranial: return try completions("cranial", data.cranial)
    case .facial: return try completions("facial", data.facial)
    case .divergence:
      return .divergence(
        try [small(), large()].map { (Self.title($0), try $0.divergenceByDimension()) })
    case .pareto:
      let all = try [small(), large()] + trainings.between.map { try inputs.training($0) }
      return .pareto(all, decoupled: try decoupled())
    case .traversals:
      let path = try small().modelPath()
      return try .traversals(
        unseen(data.cranial).complete, by: inputs.model(path),
        among: inputs.latents(of: data.population!, by: path))
    case .training: return .training(try inputs.training(trainings.shown!))
    case .scoresByKind:
      let rows = try inputs.scores(scores.kinds!)
      let kinds = rows.map(\.kind).reduce(into: [String]()) {
        if !$0.contains($1) { $0.append($1) }
      }
      return .scores(
        kind.rawValue, "Implants by kind of hole: every case, quartiles, median.",
        by: "kind_of_hole",
        kinds.map { name in
          .init(name: name.isEmpty ? "all" : name, rows: rows.filter { $0.kind == name })
        })
    case .scoresByGamma:
      return .scoresByGamma(
        try groups(of: scores.gamma, inputs).map { (Double($0.name)!, $0.rows) },
        facial: data.facial)
    case .scoresByModel:
      return .scores(
        kind.rawValue, "Implants by completion model: every case, quartiles, median.", by: "model",
        try groups(of: scores.models, inputs))
    }
  }

  /// The cases of tables, those of one name together.
  private func groups(of tables: [FiguresFile.Scores.Named], _ inputs: FigureInputs) throws
    -> [Figure.Group]
  {
    var groups: [Figure.Group] = []
    for table in tables {
      let rows = try inputs.scores(table.path)
      if let known = groups.firstIndex(where: { $0.name == table.name }) {
        groups[known].rows += rows
      } else {
        groups.append(Figure.Group(name: table.name, rows: rows))
      }
    }
    return groups
  }

  /// `β = 0.0001`, and what comes after it.
  private static func title(_ training: TrainingResult) -> String {
    let beta = training.beta.map { "β = \(Figure.text($0))" } ?? "β"
    return training.epochs.contains { $0.stage == 2 } ? "\(beta), two stages" : beta
  }
}
