public import Dataflow
import Errors
public import Implants
public import Meshes
public import Volumes

/// The gate that a part passes before it is made; its surface stays as it is.
public struct CheckPart: DeclaredStage {
  public static let kind = "gate"
  public static let version = 3
  public static let summary = "Checks whether a part can be made, and how it fits the bone."
  public static let ports = ["of", "against", "design"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "printer", .text, standard: .text(noPrinter),
      "the printer whose limits for walls, plate and cavities count: none, \(PrinterFile.names.joined(separator: ", ")), or a file like printers/sls.yaml"
    )
  ]
  private static let noPrinter = "none"

  /// Nil: any.
  public var printer: PrinterProfile?

  public init(printer: PrinterProfile? = nil) { self.printer = printer }

  /// - Throws: `Diagnostic` for a printer whose file cannot be read.
  public init(_ parameters: Parameters) throws {
    let name = parameters.text("printer")
    guard name != Self.noPrinter else { return }
    do { printer = try PrinterFile.profile(name) } catch {
      throw Diagnostic(
        .badParameter, field: "printer", expected: "a printer", found: "\(name) (\(error))",
        remedy: "write none, \(PrinterFile.names.joined(separator: ", ")), or the path of a file")
    }
  }

  /// The printer's limits: cached values are not reused if its file changes.
  public func digests() -> [String: String] {
    printer.map {
      ["printer": "\($0.name) \($0.wall) \($0.plate) \($0.allowsCavities)"]
    } ?? [:]
  }

  /// Trees over the triangles of the part and of the bone around it.
  public func demand(for inputs: [Extent]) -> Demand {
    let bone = inputs[1]
    return Demand(
      peakBytes: 10 * inputs[0].bytes + 8 * bone.voxels + 64 << 20,
      output: Extent(bytes: inputs[0].bytes * 3 / 2),
      cores: Cores(voxels: bone.voxels))
  }

  /// The surface with what was found, which is told to the account as well; a warning where a check fails. For a surface
  /// without triangles nothing is checked.
  ///
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ.
  public func run(
    _ input: Inputs<TriangleMesh, Mask, ImplantDesign>, in context: StageContext
  ) throws -> CheckedSurface {
    let (mesh, bone, made) = input.values
    guard !mesh.isEmpty else { return CheckedSurface(mesh: mesh, report: GateReport([])) }
    var gate = Gate(
      printer: printer, wall: max(made.design.wall, printer?.wall ?? 0),
      clearance: made.design.clearance,
      tunnels: made.parts.reduce(0) { $0 + $1.figures.tunnels })
    gate.ways = made.parts.map(\.way)
    let report = gate.report(on: mesh, against: bone, threads: context.cores)
    context.tell(report)
    if let printer { context.note("printer", .text(printer.name)) }
    context.warn(ofFailuresIn: report, of: "the part")
    return CheckedSurface(
      mesh: mesh, report: report, partOfTriangle: made.owners(of: mesh), ways: gate.ways)
  }
}
