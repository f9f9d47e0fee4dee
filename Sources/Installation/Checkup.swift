public import Accounts
import Dataflow
import Errors
import Glibc
import MessagePassing
import Pipelines
import Reports

/// Whether this installation is whole: what `calvaria doctor` finds of it.
public struct Checkup: Encodable, Sendable {
  /// One thing that was looked at.
  public struct Finding: Encodable, Sendable {
    public enum State: String, Encodable, Sendable {
      case ok
      /// It works without it; something is slower or left out.
      case note
      /// It does not work without it.
      case missing
    }

    public let name: String
    public let state: State
    /// What was found, and what to do where something is missing.
    public let text: String
  }

  static let formatVersion = 1

  public let formatVersion = Checkup.formatVersion
  public private(set) var findings: [Finding] = []

  /// Whether nothing that is needed is missing.
  public var isWhole: Bool { findings.allSatisfy { $0.state != .missing } }

  private enum CodingKeys: CodingKey { case formatVersion, findings }

  /// Looks at the program's libraries, files, memory and terminal, and for programs that it can use.
  ///
  /// - Complexity: reads the shipped models, some MB.
  public init(of program: RunAccount.Program) {
    let libraries = program.libraries.sorted { $0.key < $1.key }
    add("program", .ok, "calvaria \(program.version)")
    add("libraries", .ok, libraries.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    if program.libraries["isa-l"] == nil {
      add("isa-l", .note, "built without it: gzip is slower; install libisal-dev and build again")
    }
    for name in ["implant.yaml", "implant-vae.yaml"] { checkPipeline(name) }
    add(
      "viewer", Viewer.isInstalled ? .ok : .note,
      Viewer.isInstalled
        ? "NiiVue \(Viewer.version)"
        : "not there, or other bytes than those expected: reports have pictures only; run make fetch"
    )
    checkMachine()
    checkTerminal()
    let mpi = MPIRankGroup.installed()
    add(
      "mpi", mpi == nil ? .note : .ok,
      mpi ?? "no Open MPI or MPICH found; it is for trainings over several processes (mpirun, srun)"
    )
    for (tool, use) in [
      ("dcm2niix", "turns DICOM into NIfTI"),
      ("dot", "draws what `calvaria graph --format dot` prints"),
    ] {
      let path = Self.path(of: tool)
      add(tool, path == nil ? .note : .ok, path ?? "not on PATH; it \(use)")
    }
  }

  private mutating func add(_ name: String, _ state: Finding.State, _ text: String) {
    findings.append(Finding(name: name, state: state, text: text))
  }

  /// Whether a shipped pipeline is there and right, and its models can be read.
  private mutating func checkPipeline(_ name: String) {
    do {
      let path = try PipelineLibrary.path(of: name)
      let pipeline = try Pipeline(PipelineFile(reading: path))
      // Whatever memory there is now: that is another finding.
      let models = try pipeline.ready(memory: .max).compactMap { note -> String? in
        guard case .object(let facts) = note, case .text(let path)? = facts["path"] else {
          return nil
        }
        return path
      }
      add(
        name, .ok,
        models.isEmpty ? path : "\(path), with \(models.joined(separator: " and "))")
    } catch { add(name, .missing, "\(error)") }
  }

  /// Bytes that a scan of 512 × 512 × 300 voxels takes at most.
  private static let usualMemory = 1_500_000_000

  private mutating func checkMachine() {
    let memory = HostResources.plannedMemory
    let text =
      "\(Diagnostic.megabytes(memory)) for a run, on \(counted(HostResources.usableCores, "core"))"
    add(
      "memory", memory >= Self.usualMemory ? .ok : .note,
      memory >= Self.usualMemory
        ? text
        : "\(text): too little for a scan of 512 × 512 × 300 voxels, which takes up to \(Diagnostic.megabytes(Self.usualMemory))"
    )
  }

  private mutating func checkTerminal() {
    guard isatty(STDOUT_FILENO) == 1 else {
      add("terminal", .ok, "none: output goes to a file or a pipe")
      return
    }
    let variables = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { Self.variable($0) }
    let locale = variables.first { !$0.isEmpty } ?? ""
    let isUnicode = locale.uppercased().contains("UTF-8") || locale.uppercased().contains("UTF8")
    add(
      "terminal", isUnicode ? .ok : .note,
      isUnicode
        ? locale
        : "its locale is \(locale.isEmpty ? "not set" : locale): signs such as ³ may look odd; set LANG=C.UTF-8"
    )
  }

  /// A variable of the environment; nil where it is not set.
  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  /// The path of a program on PATH; nil where there is none.
  private static func path(of tool: String) -> String? {
    (variable("PATH") ?? "").split(separator: ":").map { "\($0)/\(tool)" }.first {
      access($0, X_OK) == 0
    }
  }

  /// A line a finding, and a last one with the verdict.
  public var lines: [String] {
    let width = findings.map(\.name.count).max() ?? 0
    let missing = findings.count { $0.state == .missing }
    return findings.map { finding in
      let mark =
        switch finding.state {
        case .ok: "ok     "
        case .note: "note   "
        case .missing: "MISSING"
        }
      return
        "\(mark) \(finding.name)\(String(repeating: " ", count: width - finding.name.count))  \(finding.text)"
    } + [missing == 0 ? "all that is needed is there" : "\(counted(missing, "thing")) missing"]
  }

  public func json() throws -> String { try JSONFile.text(of: self) }
}
