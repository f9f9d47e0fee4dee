public import Dataflow
import Completion
import Errors
public import Implants
public import Volumes
import VoxelOps

/// Designs the parts to be made of an implant: a gap to the bone, a way in, walls that can be made.
public struct Design: DeclaredStage {
  public static let kind = "design"
  public static let version = 4
  public static let summary = "Designs the part that is made of an implant and can be put in."
  public static let ports = ["of", "against"]
  public static let parameters: [ParameterDeclaration] = [
    .init(
      "clearance", .number(0...10), standard: .number(PartDesign().clearance),
      "gap to the bone in mm, at rest and on the way in"),
    .init(
      "smoothing", .integer(0...200), standard: .integer(20),
      "rounds of smoothing of 0.27 mm each; the surface moves by half a voxel at most; 0 keeps the steps of the voxels"
    ),
    .init(
      "thickness", .text, standard: .text("own"),
      "own: as thick as it was completed; 4: so many mm from the outer surface; 60%: a share, taken from the inside"
    ),
    .init(
      "underContour", .number(0...20), standard: .number(0),
      "mm that the outer surface lies below the bone's away from the rim"),
    .init("bevel", .number(0...10), standard: .number(0), "mm of bevel along the outer edge"),
    .init(
      "caudalGap", .number(0...20), standard: .number(0),
      "gap in mm to bone below the part, towards the feet"),
    .init(
      "perforation", .number(0...10), standard: .number(0),
      "diameter of holes through the part in mm; 0: none"),
    .init(
      "perforationSpacing", .number(1...100), standard: .number(Perforations().spacing),
      "mm from hole to hole"),
    .init(
      "perforationMargin", .number(0...100), standard: .number(Perforations().margin),
      "mm from a hole's edge to the rim"),
    .init(
      "tabs", .integer(0...100), standard: .integer(0),
      "straps at the rim that lie on the bone, with a screw hole each; 0: none"),
    .init(
      "tabWidth", .number(3...30), standard: .number(FixationTabs(count: 0).width),
      "width of a tab in mm"),
    .init(
      "tabThickness", .number(0.5...10), standard: .number(FixationTabs(count: 0).thickness),
      "thickness of a tab in mm, above the gap"),
    .init(
      "screw", .number(0.5...10), standard: .number(FixationTabs(count: 0).screw),
      "diameter of the screw holes in mm"),
    .init(
      "suture", .number(0...10), standard: .number(0),
      "diameter of a row of holes along the rim in mm, to sew dura and muscle to; 0: none"),
    .init(
      "sutureSpacing", .number(3...100), standard: .number(SutureHoles().spacing),
      "mm from hole to hole along the rim"),
    .init(
      "sutureMargin", .number(1...50), standard: .number(SutureHoles().margin),
      "mm from the edge of a suture hole to the rim"),
    .init(
      "label", .text, standard: .text("none"),
      "text on the outer surface: none, case for the case's name, or any other, in capitals"),
    .init(
      "labelStyle", .choice(CaseLabel.Style.allCases.map(\.rawValue)),
      standard: .text(CaseLabel("").style.rawValue), "engraved or embossed"),
    .init(
      "labelHeight", .number(3...50), standard: .number(CaseLabel("").height),
      "height of its letters in mm; lower ones where there is no room, down to six strokes"),
    .init(
      "labelStroke", .number(0.3...5), standard: .number(CaseLabel("").stroke),
      "width of its strokes in mm, at least"),
    .init(
      "labelDepth", .number(0.2...3), standard: .number(CaseLabel("").depth),
      "depth or height of its strokes in mm"),
    .init("wall", .number(0...20), standard: .number(PartDesign().wall), "thinnest wall in mm"),
    .init(
      "thinWalls", .choice(PartDesign.ThinWalls.allCases.map(\.rawValue)),
      standard: .text(PartDesign().thinWalls.rawValue),
      "thinner walls are made thicker to the inside, or removed"),
    .init(
      "undercuts", .choice(PartDesign.Undercuts.allCases.map(\.rawValue)),
      standard: .text(PartDesign().undercuts.rawValue),
      "what lies behind bone on the way in is removed, or reported only"),
    .init(
      "minPart", .number(0...1e9), standard: .number(PartDesign().minPart),
      "smallest further part in mm³"),
  ]

  /// The lengths in mm.
  public var design: PartDesign

  public init(_ design: PartDesign = PartDesign()) { self.design = design }

  /// - Throws: `Diagnostic` for a thickness that cannot be read, or holes wider than their spacing.
  public init(_ parameters: Parameters) throws {
    let (diameter, spacing) = (
      parameters.number("perforation"), parameters.number("perforationSpacing")
    )
    guard diameter < spacing else {
      throw Diagnostic(
        .badParameter, field: "perforation",
        expected: "less than `perforationSpacing`, \(spacing) mm",
        found: "\(diameter) mm", remedy: "change one of them")
    }
    design = PartDesign(
      clearance: parameters.number("clearance"),
      smoothing: Self.sigma(rounds: parameters.integer("smoothing")),
      thickness: try Self.thickness(parameters.text("thickness")),
      wall: parameters.number("wall"),
      thinWalls: PartDesign.ThinWalls(rawValue: parameters.text("thinWalls")) ?? .thicken,
      undercuts: PartDesign.Undercuts(rawValue: parameters.text("undercuts")) ?? .remove,
      underContour: parameters.number("underContour"), bevel: parameters.number("bevel"),
      caudalGap: parameters.number("caudalGap"),
      perforations: diameter > 0
        ? Perforations(
          diameter: diameter, spacing: spacing, margin: parameters.number("perforationMargin"))
        : nil,
      tabs: try Self.tabs(parameters), sutures: try Self.sutures(parameters),
      label: Self.label(parameters),
      minPart: parameters.number("minPart"))
  }

  /// Nil for none.
  private static func sutures(_ parameters: Parameters) throws -> SutureHoles? {
    let holes = SutureHoles(
      diameter: parameters.number("suture"), spacing: parameters.number("sutureSpacing"),
      margin: parameters.number("sutureMargin"))
    guard holes.diameter > 0 else { return nil }
    guard holes.diameter < holes.spacing else {
      throw Diagnostic(
        .badParameter, field: "suture", expected: "less than `sutureSpacing`, \(holes.spacing) mm",
        found: "\(holes.diameter) mm", remedy: "change one of them")
    }
    return holes
  }

  /// Nil for none; the case's name is put in for ``caseName``.
  private static func label(_ parameters: Parameters) -> CaseLabel? {
    let text = parameters.text("label")
    guard text != "none", !text.isEmpty else { return nil }
    return CaseLabel(
      text, style: CaseLabel.Style(rawValue: parameters.text("labelStyle")) ?? .engraved,
      height: parameters.number("labelHeight"), stroke: parameters.number("labelStroke"),
      depth: parameters.number("labelDepth"))
  }

  /// The label that stands for the case's name.
  private static let caseName = "case"

  /// Nil for none.
  private static func tabs(_ parameters: Parameters) throws -> FixationTabs? {
    let tabs = FixationTabs(
      count: parameters.integer("tabs"), width: parameters.number("tabWidth"),
      thickness: parameters.number("tabThickness"), screw: parameters.number("screw"))
    guard tabs.count > 0 else { return nil }
    guard tabs.width >= tabs.leastWidth else {
      throw Diagnostic(
        .badParameter, field: "tabWidth",
        expected: "at least \(tabs.leastWidth) mm, for a ring around the screw hole",
        found: "\(tabs.width) mm", remedy: "change `tabWidth` or `screw`")
    }
    guard tabs.thickness >= parameters.number("wall") else {
      throw Diagnostic(
        .badParameter, field: "tabThickness",
        expected: "at least `wall`, \(parameters.number("wall")) mm",
        found: "\(tabs.thickness) mm", remedy: "change one of them")
    }
    return tabs
  }

  /// `own`, `4` (mm) or `60%`.
  static func thickness(_ text: String) throws -> PartDesign.Thickness {
    if text == "own" { return .own }
    if text.hasSuffix("%"), let share = Double(text.dropLast()), share >= 10, share <= 100 {
      return .share(share / 100)
    }
    if let thickness = Double(text), thickness >= 0.5, thickness <= 30 {
      return .constant(thickness)
    }
    throw Diagnostic(
      .badParameter, field: "thickness",
      expected: "`own`, 0.5 to 30 (mm), or 10% to 100%", found: "'\(text)'",
      remedy: "write for example `thickness: 4`")
  }

  /// What rounds of smoothing come to, as a standard deviation in mm.
  static func sigma(rounds: Int) -> Double { 0.27 * Double(rounds).squareRoot() }

  /// The cells of a box around the implant, which may be the whole grid, eight numbers each, with features nine; distances
  /// and masks of the box; the fields of a few parts, as boxes overlap.
  public func demand(for inputs: [Extent]) -> Demand {
    let mask = inputs[0].grid(bytesPerVoxel: 1)
    let cells = ImplantDesign.cells(inBox: mask.cubicMillimetres)
    return Demand(
      peakBytes: 12 * mask.bytes + (design.hasFeatures ? 38 : 34) * cells + 1 << 20,
      output: Extent(bytes: (design.hasFeatures ? 24 : 12) * cells),
      cores: Cores(voxels: mask.voxels))
  }

  public var holdsCaseName: Bool { design.label?.text == Self.caseName }

  /// The parts; none for an empty implant.
  ///
  /// Parts of holes that the completion found to be cranial have no tunnels but those asked for.
  ///
  /// *Notes*: `parts`, `pieces`, in which these are, `holes`, `tabs` if there should be any, and over all of them in mm³ `completed`, `gapVolume` and `undercutVolume` (taken away for the
  /// gap and for the way in), `thickened`, `thin` (added to and taken from thin walls) and `partVolume`; `ways`, the
  /// way out of each part. Warnings where a piece of the implant leaves nothing, much is lost to undercuts, or a cranial part has
  /// a tunnel that stays.
  /// - Throws: `Diagnostic` with the mismatch in mm if the grids differ, or where numbers of 32 bits do not tell voxels
  ///   apart, so far from the origin they lie.
  public func run(_ input: Inputs<Mask, Mask>, in context: StageContext) throws -> ImplantDesign {
    let (implant, bone) = input.values
    if let box = implant.boundingBox(threads: context.cores) {
      try MeshSurface.requirePrecision(
        implant.geometry.lpsCorners(of: box), spacing: implant.geometry.spacing.min())
    }
    var design = design
    if holdsCaseName { design.label?.text = context.caseName }
    if let text = design.label?.text, text.count > Self.mostLetters {
      context.warn(
        "the label has \(text.count) characters, more than \(Self.mostLetters), so it is left out; set a shorter `label`"
      )
      design.label = nil
    }
    let findings = context.inherited.lazy.compactMap { $0 as? CompletionFindings }.first
    let made = try ImplantDesign(
      of: implant, in: bone, by: design,
      isCranial: { place in
        findings?.kind(ofPieceAt: place) == .cranial
      }, threads: context.cores)
    func sum(_ figure: KeyPath<DesignedPart.Figures, Double>) -> Double {
      made.parts.reduce(0) { $0 + $1.figures[keyPath: figure] }
    }
    context.note("parts", .integer(made.parts.count))
    context.note("pieces", .integer(made.parts.reduce(0) { $0 + $1.figures.pieces }))
    context.note("holes", .integer(made.parts.reduce(0) { $0 + $1.figures.holes }))
    tellFeatures(of: made, asked: design, in: context)
    context.note("completed", .number(sum(\.completed)))
    context.note("gapVolume", .number(sum(\.gap)))
    context.note("undercutVolume", .number(sum(\.undercut)))
    context.note("thickened", .number(sum(\.thickened)))
    context.note("thin", .number(sum(\.thin)))
    context.note("partVolume", .number(sum(\.part)))
    context.note(
      "ways",
      .text(
        made.parts.map { $0.way.map { "\($0.roundedToMils)" }.joined(separator: " ") }
          .joined(separator: "; ")))
    tellLosses(of: made, asked: design, isOfNothing: implant.isEmpty, in: context)
    return made
  }

  /// The longest label.
  private static let mostLetters = 60
}

extension SIMD3<Double> {
  /// What `body` makes of each coordinate.
  fileprivate func map<Result>(_ body: (Double) -> Result) -> [Result] {
    [body(x), body(y), body(z)]
  }
}

extension CompletionFindings {
  /// Which part of the skull a piece of an implant fills; nil where it lies in no hole that was found.
  fileprivate func kind(ofPieceAt place: SIMD3<Double>) -> Defect.Kind? {
    defect(filledAt: place.map { $0 }).map { defects[$0].kind }
  }
}

extension Double {
  fileprivate var roundedToMils: Double { (self * 1000).rounded() / 1000 }
}

extension StageGraph {
  /// Adds a design, its ports named.
  public mutating func add(
    _ stage: Design, named name: String = Design.kind, of implant: Port<Mask>,
    against bone: Port<Mask>
  ) -> Port<ImplantDesign> {
    add(stage, named: name, to: implant, bone)
  }
}
