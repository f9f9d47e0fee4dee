import Errors
import Pipelines
import Dataflow
import Testing

/// The checked pipeline of a text.
func pipeline(_ text: String, options: Pipeline.Options = .init()) throws -> Pipeline {
  try Pipeline(PipelineFile(yaml: Array(text.utf8), path: "p.yaml"), options: options)
}

/// What is wrong with a text, one line a mistake.
func mistakes(_ text: String, options: Pipeline.Options = .init()) -> [String] {
  do {
    _ = try pipeline(text, options: options)
    return []
  } catch let errors as Diagnostics {
    return errors.all.map(\.description)
  } catch {
    return ["\(error)"]
  }
}

@Suite struct PipelineFileTests {
  static let good = """
    version: 1
    pipeline: bone only
    parameters: {threshold: 226}
    stages:
      skull: {stage: load, of: $case}
      bone:  {stage: bone, of: skull, threshold: $threshold}
    outputs: {bone.nrrd: bone}
    """

  @Test func aGoodFileBecomesAGraph() throws {
    let result = try pipeline(Self.good)
    #expect(result.name == "bone only")
    #expect(result.graph.nodes.map(\.name) == ["case", "folder", "skull", "bone", "bone.nrrd"])
    #expect(result.graph.outputs.map(\.name) == ["bone.nrrd"])
    #expect(result.parameters["bone"]?["threshold"] == .number(226))
    #expect(result.parameters["bone"]?["pieces"] == .text("main"))
    #expect(result.warnings == [])
  }

  @Test func stagesMayStandInAnyOrder() throws {
    let result = try pipeline(
      """
      version: 1
      outputs: {bone.nrrd: bone}
      stages:
        bone:  {stage: bone, of: skull}
        skull: {stage: load, of: $case}
      """)
    #expect(result.graph.nodes.map(\.name) == ["case", "folder", "skull", "bone", "bone.nrrd"])
  }

  @Test func blockAndFlowStyleMeanTheSame() throws {
    let result = try pipeline(
      """
      version: 1
      stages:
        skull:
          stage: load
          of: $case
        small:
          stage: downsample
          of: skull
          spacing:
            - 2
            - 2
            - 3.5
      outputs:
        small.nii.gz: small
      """)
    #expect(result.parameters["small"]?["spacing"] == .numbers([2, 2, 3.5]))
  }

  /// The five mistakes of a long evening, all told at once and each in its place.
  @Test func everyMistakeIsToldAtOnce() {
    let text = """
      version: 1
      parameters: {threshold: 226}
      stages:
        skull:     {stage: load, of: $case}
        defective: {stage: bonee, of: skull}
        all:       {stage: bone, of: skull, treshold: 3}
        completed: {stage: complete, of: skull}
        rough:     {stage: subtract, minuend: completed, subtrahend: al}
        surface:   {stage: mesh, of: rough, smoothing: many}
      outputs: {implant.stl: surface, implant.doc: rough}
      """
    let found = mistakes(text)
    let expected = [
      ("p.yaml:5:22: stages.defective.stage", "did you mean bone?"),
      ("p.yaml:6:39: stages.all.treshold", "did you mean threshold?"),
      ("p.yaml:7:36: stages.completed.of: expected a mask, found skull, a scan", "take one of"),
      ("p.yaml:8:64: stages.rough.subtrahend", "did you mean all?"),
      ("p.yaml:9:50: stages.surface.smoothing: expected a whole number from 0 to 200", "many"),
      ("p.yaml:10:33: outputs.implant.doc: expected a name ending in .nrrd", "for a mask"),
    ]
    #expect(found.count == expected.count, "\(found)")
    for (line, (start, part)) in zip(found, expected) {
      #expect(line.hasPrefix(start) && line.contains(part), "\(line)")
    }
  }

  @Test(arguments: [
    ("", "expected a pipeline, found an empty file"),
    ("version: 1\nstages: [", "p.yaml:3:1: YAML: expected valid YAML"),
    (
      "version: 1\nversion: 1",
      "YAML: expected each key once in the mapping that begins here, found version"
    ),
    (
      "stages: &a {}\noutputs: *a", "p.yaml:2:10: YAML: expected values written out, found an alias"
    ),
    ("- 1\n- 2", "file: expected a mapping"),
    ("version: 2\nnonsense: 3", "found 2; this file is for a newer calvaria"),
    ("version: one\nstages: {}\noutputs: {}", "version: expected 1, found one"),
    ("pipeline: x\nstages: {}\noutputs: {a.nrrd: b}", "version: expected 1, found nothing"),
    ("version: 1\nstages: {}\noutputs: {a.nrrd: b}\nstage: {}", "did you mean stages?"),
    ("version: 1\nstages: {a: {of: $case}}\noutputs: {a.nrrd: a}", "expected `stage:`"),
    ("version: 1\nstages: {a: load}\noutputs: {a.nrrd: a}", "stages.a: expected a mapping"),
    ("version: 1\nstages: {a: {stage: load}}\noutputs: {a.nrrd: a}", "stages.a.of: expected the"),
    (
      "version: 1\nstages: {a: {stage: load, of: $cas}}\noutputs: {a.nrrd: a}",
      "did you mean $case?"
    ),
    (
      "version: 1\nstages: {a: {stage: load, of: $case}}\noutputs: {../a.nrrd: a}",
      "expected a plain file name"
    ),
    (
      "version: 1\nstages: {a: {stage: load, of: $case}}\noutputs: {run.json: a}",
      "expected a plain file name"
    ),
    (
      "version: 1\nstages: {a: {stage: load, of: $case}}\noutputs: {}", "expected at least one file"
    ),
    ("version: 1\nstages: {a: {stage: load, of: $case}}", "outputs: expected file names"),
    (
      "version: 1\nstages: {case: {stage: load, of: $case}}\noutputs: {a.nrrd: case}",
      "expected a name without `$`"
    ),
  ])
  func mistakesOfForm(text: String, part: String) {
    let found = mistakes(text)
    #expect(found.contains { $0.contains(part) }, "\(found)")
  }

  @Test func aCycleIsNamed() {
    let found = mistakes(
      """
      version: 1
      stages:
        a: {stage: clean, of: b, against: b}
        b: {stage: clean, of: a, against: a}
        c: {stage: mesh, of: b}
      outputs: {c.stl: c}
      """)
    #expect(found.count == 1)
    #expect(found[0].contains("found a cycle through a, b;"), "\(found)")
  }

  @Test(arguments: [
    ("{stage: downsample, of: s}", "sizes: expected sizes or spacing, found neither"),
    ("{stage: downsample, of: s, sizes: 0x4x4}", "expected sizes such as 128x128x64, found 0x4x4"),
    ("{stage: downsample, of: s, sizes: 4x4x4, spacing: 2}", "found both"),
    ("{stage: downsample, of: s, spacing: [1, 2]}", "expected 1 or 3 numbers"),
    ("{stage: downsample, of: s, spacing: -1}", "expected 1 or 3 numbers"),
    ("{stage: downsample, of: s, spacing: 2, interpolation: liner}", "did you mean linear?"),
    ("{stage: binarize, of: s, threshold: nan}", "expected a number, found nan"),
    ("{stage: binarize, of: s, threshold: 1e999}", "expected a number, found 1e999"),
    ("{stage: binarize, of: s, range: [3, 2]}", "expected the lower value first"),
    ("{stage: bone, of: s, threshold: [1, 2]}", "expected a number, found [1, 2]"),
    ("{stage: bone, of: s, threshold: $gone}", "expected a parameter of the pipeline, found $gone"),
  ])
  func mistakesOfParameters(stage: String, part: String) {
    let output = stage.contains("downsample") || stage.contains("bone") ? "nrrd" : "nii"
    let found = mistakes(
      """
      version: 1
      stages:
        s: {stage: load, of: $case}
        t: \(stage)
      outputs: {t.\(output): t}
      """)
    #expect(found.count == 1)
    #expect(found.first?.contains(part) == true, "\(found)")
    #expect(found.first?.hasPrefix("p.yaml:4:") == true)
  }

  @Test(arguments: [
    ("{stage: keep, of: s, least: 20}", "least", "minVolume"),
    ("{stage: clean, of: s, against: s, least: 20}", "least", "minVolume"),
    ("{stage: clean, of: s, against: s, share: 0.5}", "share", "minFraction"),
    ("{stage: clean, of: s, against: s, departure: 5}", "departure", "minDistance"),
    ("{stage: isosurface, of: s, deviation: 0.1}", "deviation", "tolerance"),
    ("{stage: shift, of: s, by: cranial}", "by", "from"),
  ])
  func aFormerNameOfAParameterIsAnErrorWithTheNewName(stage: String, former: String, name: String) {
    let sources = [
      "shift": "{stage: encode, of: b, model: m.safetensors}",
      "isosurface": "{stage: design, of: b, against: b}",
    ]
    let source = sources.first { stage.contains($0.key) }?.value ?? "{stage: bone, of: c}"
    let found = mistakes(
      """
      version: 1
      stages:
        c: {stage: load, of: $case}
        b: {stage: bone, of: c}
        s: \(source)
        t: \(stage)
        u: {stage: \(stage.contains("shift") ? "decode" : "fill"), of: t}
      outputs: {u.nrrd: u}
      """
    ).filter { $0.contains("stages.t") }
    #expect(found.count == 1, "\(found)")
    #expect(
      found.first?.hasPrefix("p.yaml:6:") == true
        && found.first?.hasSuffix(
          "stages.t.\(former): expected \(name), found \(former); `\(former)` is called `\(name)` now"
        ) == true, "\(found)")
  }

  @Test func theValueOfAFormerNameIsCheckedToo() {
    let found = mistakes(
      """
      version: 1
      stages:
        c: {stage: load, of: $case}
        b: {stage: bone, of: c}
        k: {stage: keep, of: b, least: many}
      outputs: {k.nrrd: k}
      """)
    #expect(found.count == 2 && found[1].contains("found many"), "\(found)")
  }

  @Test func whatNoOutputUsesIsLeftOutWithAWarning() throws {
    let result = try pipeline(
      """
      version: 1
      parameters: {unused: 3}
      stages:
        skull: {stage: load, of: $case}
        bone:  {stage: bone, of: skull}
        idle:  {stage: mesh, of: bone}
      outputs: {bone.nrrd: bone}
      """)
    #expect(!result.graph.nodes.contains { $0.name == "idle" })
    #expect(result.warnings.count == 2)
    #expect(result.warnings[0].contains("parameter unused is not used"))
    #expect(result.warnings[1].contains("stage idle is used by no output"))
  }

  /// A mistake of form hides none of content.
  @Test func mistakesOfFormAndContentAreToldTogether() {
    let found = mistakes(
      """
      pipelne: x
      stages:
        skull: {stage: laod, of: $case}
        t:     [1, 2]
        u:     {of: skull}
        bone:  {stage: bone, of: t, treshold: 2}
      outputs: {bone.nrrd: bone, u.nrrd: u}
      """)
    let fields = ["pipelne", "version", "stages.skull.stage", "stages.t", "stages.u", "treshold"]
    #expect(found.count == fields.count, "\(found)")
    for field in fields { #expect(found.contains { $0.contains(field) }, "\(field): \(found)") }
  }

  /// Nine aliases of aliases as a key: a billion nodes for whoever follows them.
  @Test func aliasesAreRefusedBeforeTheyGrow() {
    var lines = ["version: 1", "x:", "  - &_0 [a]"]
    for level in 1...9 {
      let row = Array(repeating: "*_\(level - 1)", count: 10).joined(separator: ", ")
      lines.append("  - &_\(level) [\(row)]")
    }
    lines += ["? *_9", ": 1", "? *_9", ": 2"]
    let begin = ContinuousClock.now
    #expect(mistakes(lines.joined(separator: "\n")).first?.contains("found an alias") == true)
    #expect(ContinuousClock.now - begin < .seconds(5))
    #expect(mistakes("a: &x 1\nb: [c \"d, *x]").first?.contains("found an alias") == true)
  }

  @Test func hostileSizesEndSoon() {
    let many = (0..<2000).map { "  s\($0): {stage: load, of: $case}" }.joined(separator: "\n")
    #expect(
      mistakes("version: 1\nstages:\n\(many)\noutputs: {a.nrrd: s1}").first?.contains(
        "expected at most 1000 stages, found 2000") == true)
    let deep = String(repeating: "[", count: 100_000)
    #expect(mistakes("version: 1\nstages: \(deep)").count == 1)
  }

  @Test func aByteOrderMarkIsNoPartOfTheText() throws {
    let bytes: [UInt8] = [0xEF, 0xBB, 0xBF] + Array(Self.good.utf8)
    #expect(try PipelineFile(yaml: bytes, path: "p.yaml").name == "bone only")
  }
}
