import Completion
import Dataflow
import Errors
import Files
import Volumes

/// The parameters `hole` and `resection`: which holes of a case are filled.
struct NamedHoles: Sendable {
  /// Masks that mark holes.
  private var masks: [CaseMaskFile] = []
  /// In LPS mm.
  private var points: [SIMD3<Double>] = []
  /// Bone that has been taken out.
  private var resection: CaseMaskFile?
  /// Whether everything that is found is filled.
  private let isEverything: Bool

  /// What `hole` says of all holes, and of that of the resection only; what `resection` says of none.
  static let (all, resected, none) = ("all", "resection", "none")

  static let parameters: [ParameterDeclaration] = [
    ParameterDeclaration(
      "hole", .text, standard: .text(all),
      "which holes are filled: `all`; masks that mark them and points x,y,z in LPS mm, separated by `;`; "
        + "or `resection`, its own only"
    ).ofOneCase,
    resectionParameter(standard: .text(none)),
  ]

  /// The parameter of a mask of bone that is taken out.
  static func resectionParameter(standard: ParameterValue?) -> ParameterDeclaration {
    ParameterDeclaration(
      "resection", .text, standard: standard, "a mask of bone that is taken out, or `none`"
    ).ofOneCase
  }

  /// - Throws: `Diagnostic` where a point is none, or holes of a resection are asked for without one.
  init(_ parameters: Parameters) throws(Diagnostic) {
    let text = parameters.text("hole")
    let resection = parameters.text("resection")
    isEverything = text == Self.all
    if resection != Self.none { self.resection = CaseMaskFile(resection, field: "resection") }
    if text == Self.resected, self.resection == nil {
      throw Diagnostic(
        .badParameter, field: "hole", expected: "a resection", found: "none",
        remedy: "name its mask with --resection")
    }
    guard !isEverything, text != Self.resected else { return }
    for part in text.split(separator: ";").map(String.init) {
      if let point = try Self.point(part) {
        points.append(point)
      } else {
        masks.append(CaseMaskFile(part, field: "hole"))
      }
    }
  }

  /// Three numbers with commas between them; nil for what is no list of numbers.
  private static func point(_ text: String) throws(Diagnostic) -> SIMD3<Double>? {
    let parts = text.split(separator: ",", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { Double($0.filter { $0 != " " }) }
    guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else { return nil }
    guard numbers.count == 3 else {
      throw Diagnostic(
        .badParameter, field: "hole", expected: "three coordinates x,y,z in LPS mm, or a mask",
        found: text, remedy: "write, for example, --hole 12.5,-80,140")
    }
    return SIMD3(numbers[0], numbers[1], numbers[2])
  }

  private var files: [CaseMaskFile] { masks + (resection.map { [$0] } ?? []) }

  /// Whether only some holes are filled.
  var isSome: Bool { !isEverything }

  func prepare() throws(Diagnostic) { for file in files { _ = try file.load() } }

  func records() throws(Diagnostic) -> [FileRecord] {
    var records: [FileRecord] = []
    for file in files {
      for record in try file.load().files where !records.contains(record) {
        records.append(record)
      }
    }
    return records
  }

  /// Digests of the masks, in place of their paths.
  func digests() throws(Diagnostic) -> [String: String] {
    var digests: [String: String] = [:]
    if !masks.isEmpty {
      var parts = points.map { "\($0.x),\($0.y),\($0.z)" }
      for mask in masks { parts.append(try mask.digest()) }
      digests["hole"] = parts.joined(separator: ";")
    }
    if let resection { digests["resection"] = try resection.digest() }
    return digests
  }

  /// Bytes that are held beside what a model takes: the masks, and one more on the grid of the scan.
  func byteCount(onGridOf bytes: Int) throws(Diagnostic) -> Int {
    var sum = 0
    for file in files { sum += try file.byteCount() + bytes }
    return sum
  }

  /// The holes to fill on a grid; nil: all.
  ///
  /// - Throws: `Diagnostic` where a place lies outside the grid.
  func targets(on grid: Geometry, threads: Int) throws(Diagnostic) -> CompletionTargets? {
    guard isSome else { return nil }
    var targets = CompletionTargets(places: [])
    for point in points {
      try Self.require(point, on: grid)
      targets.places.append(.init(point: point))
    }
    for file in files {
      targets.places.append(
        .init(marked: try file.mask(on: grid, threads: threads), named: file.path))
    }
    return targets
  }

  private static func require(_ point: SIMD3<Double>, on grid: Geometry) throws(Diagnostic) {
    guard let index = grid.indexFromLPS.map({ $0 * point }) else { return }
    let last = SIMD3(Double(grid.sizes.x), Double(grid.sizes.y), Double(grid.sizes.z)) - 0.5
    if index.min() >= -0.5, index.x <= last.x, index.y <= last.y, index.z <= last.z { return }
    let corners = (0..<8).map { corner -> SIMD3<Double> in
      var index = SIMD3(repeating: -0.5)
      for axis in 0..<3 where corner >> axis & 1 != 0 { index[axis] = last[axis] }
      return grid.lpsFromIndex * index
    }
    let low = corners.reduce(corners[0], pointwiseMin)
    let high = corners.reduce(corners[0], pointwiseMax)
    func text(_ p: SIMD3<Double>) -> String {
      "(" + (0..<3).map { "\((10 * p[$0]).rounded() / 10)" }.joined(separator: ", ") + ")"
    }
    throw Diagnostic(
      .badParameter, field: "hole",
      expected: "a point of the scan, from \(text(low)) to \(text(high)) mm LPS",
      found: text(point),
      remedy: "if your viewer shows RAS, change the signs of the first two coordinates")
  }
}
