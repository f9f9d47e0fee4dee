import Accounts
import Dataflow
import Foundation
import Stages

extension CaseReport {
  /// The interactive viewer: its element, its scripts and the data that they take.
  var viewerSection:
    (content: Markup, scripts: [String], data: [(id: String, type: String, text: String)])
  {
    get throws {
      guard let viewer else { return ("", [], []) }
      let setup = try ViewerSetup(exhibit, gamma: gamma)
      var data = [
        (id: "viewer-code", type: "text/plain", text: Page.base64(viewer.stream)),
        (id: "viewer-config", type: "application/json", text: try Page.json(setup)),
      ]
      for (id, bytes) in setup.payload {
        data.append((id: id, type: "text/plain", text: Page.base64(bytes)))
      }
      return (content(setup), [ViewerScript.source], data)
    }
  }

  /// The γ of the implant itself; nil where the pipeline shifts no latent.
  private var gamma: Double? {
    for parameters in run.pipeline.stages.sorted(by: { $0.key < $1.key }).map(\.value) {
      switch parameters["gamma"] {
      case .number(let value): return value
      case .integer(let value): return Double(value)
      default: continue
      }
    }
    return nil
  }

  private func content(_ setup: ViewerSetup) -> Markup {
    let layouts: [Markup] = [
      ("all", "All"), ("axial", "Axial"), ("coronal", "Coronal"), ("sagittal", "Sagittal"),
      ("render", "3-D"),
    ].map { key, name in
      let pressed: Markup = key == "all" ? "true" : "false"
      return
        "<button type=\"button\" data-layout=\"\(key)\" aria-pressed=\"\(pressed)\">\(name)</button> "
    }
    var choice: Markup = ""
    if setup.ways.count > 1 {
      let options: [Markup] = setup.ways.map {
        "<option value=\"\($0)\">\(setup.shapes[$0].name)</option>"
      }
      choice += """
        <label for="viewer-way">Implant by <select id="viewer-way">\(options)</select></label>

        """
    }
    if setup.gammas.count > 1 {
      let start = setup.gammas.firstIndex { $0.shape == 0 } ?? 0
      choice += """
        <label for="viewer-gamma">γ <input type="range" id="viewer-gamma" min="0" max="\(setup.gammas.count - 1)" step="1" \
        value="\(start)" aria-valuetext="gamma \(setup.gammas[start].text)"> \
        <output id="viewer-gamma-value" for="viewer-gamma">\(setup.gammas[start].text)</output></label>

        """
    }
    let part: Markup =
      exhibit.meshes.isEmpty
      ? "<input type=\"checkbox\" id=\"viewer-part\" hidden>"
      : "<label><input type=\"checkbox\" id=\"viewer-part\">part</label>"
    let licence: [Markup] = ViewerBundle.licence.map { "<p>\($0)</p>" }
    return """
      <section class="screen" aria-labelledby="viewer"><h2 id="viewer">Viewer</h2>
      <div class="controls"><div role="group" aria-label="Layout">\(layouts)</div>
      <fieldset><legend>Shown</legend>
      <label><input type="checkbox" id="viewer-skull" checked>skull</label>
      <label><input type="checkbox" id="viewer-shape" checked>implant</label>
      \(part)</fieldset>
      <label for="viewer-opacity">Opacity of the implant <input type="range" id="viewer-opacity" min="0" max="100" value="80"></label>
      \(choice)<span id="viewer-figures" class="quiet" aria-live="polite"></span></div>
      <div class="viewer"><canvas id="viewer-canvas" tabindex="0" aria-label="Slices and a 3-D view of skull and implant; the \
      pictures and tables of this page show the same"></canvas>
      <p id="viewer-status" role="status">The viewer is loading …</p></div>
      <p class="quiet">Drag to turn or to move the slices, scroll to go through them; the patient's right is on the left. NiiVue \
      \(ViewerBundle.version).</p>
      <details><summary>Licence of the viewer</summary>\(licence)</details></section>

      """
  }
}

/// What the viewer's script is told, see ``ViewerScript``.
struct ViewerSetup: Encodable {
  struct Item: Encodable {
    /// The element that holds the file.
    var id: String
    /// A name with the ending that says how it is read.
    var file: String
    var colours = "gray"
    /// The least and the greatest value that are shown.
    var window: [Double] = [0, 1]
    var opacity = 1.0
    var name = ""
    /// What is said of it while it is shown.
    var figures = ""
  }

  /// A place of the slider, and the shape that it shows.
  struct Gamma: Encodable {
    var text: String
    var shape: Int
  }

  var skull: Item?
  /// The implant, then the other ways and amounts of γ.
  var shapes: [Item] = []
  var gammas: [Gamma] = []
  var mesh: Item?
  /// Indices of ``shapes`` that are no part of a sweep.
  var ways: [Int] = []
  /// The files, by the `id` of their element.
  var payload: [(id: String, bytes: [UInt8])] = []

  /// Where the slices cross at first, in RAS mm.
  var centre: [Double]?
  /// Azimuth and elevation of the 3-D view at first, in degrees: from outside onto the implant.
  var view: [Double]?

  private enum CodingKeys: CodingKey { case skull, shapes, gammas, mesh, centre, view }

  /// - Parameter gamma: that of the implant itself.
  init(_ exhibit: Exhibit, gamma: Double?) throws {
    for (number, volume) in exhibit.volumes.enumerated() {
      let id = "volume-\(number)"
      var item = Item(
        id: id, file: "\(id).nii", name: volume.role == .implant ? "this pipeline" : volume.name)
      payload.append((id, volume.bytes))
      switch volume.role {
      case .scan:
        item.window = [100, 1500]
        skull = item
      case .bone:
        item.window = [0.2, 1]
        skull = item
      case .implant, .alternative:
        item.colours = volume.role == .implant ? "warm" : "cool"
        // Of 0 and 1 the viewer makes steps; from 0.5 on, colour.
        item.window = [0.1, 1]
        item.figures = Figures.text(volume.volumeMM3.map { $0 / 1000 }, "cm³")
        if let dsc = volume.dsc {
          item.figures += ", Dice \(Figures.text(dsc, digits: 2)) with the implant"
        }
        if let step = volume.gamma {
          gammas.append(Gamma(text: Figures.gamma(step), shape: shapes.count))
        } else {
          ways.append(shapes.count)
        }
        shapes.append(item)
      }
    }
    if let gamma, !gammas.isEmpty {
      let own = Gamma(text: Figures.gamma(gamma), shape: 0)
      gammas.removeAll { $0.text == own.text }
      gammas.append(own)
      gammas.sort { (Double($0.text) ?? 0) < (Double($1.text) ?? 0) }
    }
    let implant = exhibit.volumes.first { $0.role == .implant }?.centreLPS
    let head = exhibit.volumes.first { $0.role == .scan || $0.role == .bone }?.centreLPS
    if let place = implant ?? head { centre = [-place.x, -place.y, place.z] }
    if let implant, let head { view = Self.view(along: implant - head) }
    for (number, part) in exhibit.meshes.prefix(1).enumerated() {
      let id = "mesh-\(number)"
      mesh = Item(id: id, file: "\(id).stl", name: part.name)
      payload.append((id, part.bytes))
    }
  }

  /// Azimuth and elevation of the eye in a direction from the middle of the head, given in LPS. From behind is 0, from the
  /// patient's left 90.
  private static func view(along way: SIMD3<Double>) -> [Double] {
    let length = (way * way).sum().squareRoot()
    guard length > 0 else { return [180, 10] }
    let degrees = 180 / Double.pi
    let azimuth = 180 - atan2(way.x, -way.y) * degrees
    let elevation = asin(max(-1, min(1, way.z / length))) * degrees
    return [azimuth.rounded(), max(-10, min(60, elevation)).rounded()]
  }
}
