public import Meshes
public import Volumes
import VoxelOps

/// A picture of what is made: the parts in place, moved out along their ways, and of each part how thick it is and
/// how far bone lies, as colours.
///
/// Nothing is mirrored: the letters say to which sides of the patient the picture's edges lie.
public enum PartSheet {
  /// A part, and the way out that it is put in by.
  public struct Part: Sendable {
    public var mesh: TriangleMesh
    /// In LPS, of length 1.
    public var way: SIMD3<Double>

    public init(_ mesh: TriangleMesh, way: SIMD3<Double>) { (self.mesh, self.way) = (mesh, way) }
  }

  /// How far parts are moved out for the exploded view, in mm.
  static let distance = 45.0
  /// How far bone is looked for, in mm.
  static let reach = 3.0
  /// How much bone around a part is looked at, in mm.
  private static let surroundings = 12.0
  private static let gap = 8
  private static let titleHeight = 48
  /// Of several parts those that have maps.
  public static let most = 6

  /// The voxels of the skull in the views, at most.
  private static let mostVoxels = 16_000_000

  /// The most bytes that drawing takes at the usual width, the picture included.
  ///
  /// - Parameters:
  ///   - triangles: of all parts.
  ///   - voxels: of the bone's grid.
  public static func peakBytes(triangles: Int, voxels: Int) -> Int {
    // Components and surface of the skull, trees over the parts and the bone around them.
    2 * mostBytes + 10 * min(voxels, mostVoxels) + 240 * triangles + 128 << 20
  }

  /// The bytes of the picture of many parts at the usual width.
  public static let mostBytes = 3 * 1400 * 4800

  /// Draws the sheet.
  ///
  /// *Thickness*: from the surface straight inward, seen from outside along the way. *Gap*: from the surface to that of the
  /// bone, half-way between voxels, seen from inside, where the rim shows.
  /// - Parameters:
  ///   - parts: at least one that has triangles.
  ///   - width: of the picture in pixels, at least 100.
  /// - Complexity: O(voxels + triangles), and O(log n) for each pixel; about 80 MB, and trees over the triangles of the
  ///   parts and of the bone around them. The same picture at any thread count.
  public static func render(
    _ parts: [Part], in bone: Mask, width: Int = 1400, threads: Int = 1
  ) -> RGBImage {
    precondition(width >= 100, "a sheet too narrow for its panels")
    let shown = Array(parts.prefix(most))
    let panel = (width - 3 * gap) / 2
    let rowHeight = panel * 3 / 4 + ScaleLegend.height + gap
    var page = RGBImage(
      width: width, height: titleHeight + panel + gap + shown.count * rowHeight + titleHeight,
      filledWith: PreviewColours.page)
    let volume = parts.reduce(0) { $0 + $1.mesh.signedVolume }
    page.write(
      "\(parts.count) PART\(parts.count == 1 ? "" : "S")  \((volume / 100).rounded() / 10) cm³",
      column: 16, row: 14, scale: 3)
    let head = Self.head(in: bone.coarser(toAtMost: mostVoxels), with: parts, threads: threads)
    let skull = TriangleMesh(surfaceOf: head, threads: threads)
      .smoothed(iterations: 10, threads: threads)
    for (number, picture) in scenes(parts, skull, side: panel).enumerated() {
      page.draw(picture, column: gap + number * (panel + gap), row: titleHeight)
    }
    for (number, part) in shown.enumerated() {
      let row = titleHeight + panel + gap + number * rowHeight
      let (thickness, gaps) = legends(
        of: part, named: parts.count == 1 ? "" : "PART \(number + 1) ", in: bone, width: panel,
        threads: threads)
      page.draw(thickness, column: gap, row: row)
      page.draw(gaps, column: 2 * gap + panel, row: row)
    }
    page.write(
      "L: PATIENT'S LEFT  R: RIGHT.  NOT FOR CLINICAL USE WITHOUT REVIEW", column: 16,
      row: page.height - 32)
    return page
  }

  /// The largest piece of bone and those near the parts: a headrest hides what is to be seen.
  private static func head(in bone: Mask, with parts: [Part], threads: Int) -> Mask {
    let components = bone.components(threads: threads)
    guard components.count > 1, let largest = components.largest else { return bone }
    var kept = Set([largest])
    components.labels(threads: threads).withVoxels { labels in
      for part in parts {
        guard let box = box(around: part.mesh, on: bone.geometry) else { continue }
        for z in box.lower.z..<box.upper.z {
          for y in box.lower.y..<box.upper.y {
            for x in box.lower.x..<box.upper.x {
              let label = Int(labels[bone.sizes.offset(x, y, z)])
              if label > 0 { kept.insert(label - 1) }
            }
          }
        }
      }
    }
    return components.mask(threads: threads) { kept.contains($0) }
  }

  /// The two maps of a part, each with its legend below: how thick it is, and how far bone lies from it.
  ///
  /// - Parameters:
  ///   - name: what stands before the titles.
  ///   - width: of each picture in pixels, at least 100; the height follows.
  /// - Complexity: O(log n) for each pixel, and trees over the triangles of the part and of the bone around it.
  public static func legends(
    of part: Part, named name: String = "", in bone: Mask, width: Int, threads: Int = 1
  ) -> (thickness: RGBImage, gap: RGBImage) {
    let height = width * 3 / 4
    let maps = maps(of: part, in: bone, width: width, height: height, threads: threads)
    let thickest = maps.thickness.numbers
    let scale = ColourScale.upTo(
      thickest.isEmpty ? 1 : thickest[(thickest.count - 1) * 98 / 100])
    return (
      maps.thickness.picture(by: scale, title: "\(name)THICKNESS\nFROM OUTSIDE")
        .above(ScaleLegend(scale: scale, title: "THICKNESS")),
      maps.gap.picture(by: gapScale, title: "\(name)GAP TO BONE\nFROM INSIDE")
        .above(
          ScaleLegend(
            scale: gapScale, title: "GAP",
            others: [
              (SurfaceMap.farColour, "MORE THAN \(ScaleLegend.text(reach)) mm"),
              (SurfaceMap.boneColour, "IN BONE"),
            ]))
    )
  }

  private static let gapScale = ColourScale(range: 0...reach)

  private static func box(around mesh: TriangleMesh, on geometry: Geometry) -> IndexBox? {
    IndexBox(
      around: mesh.vertices.lazy.map { SIMD3<Double>($0) }, margin: surroundings, on: geometry)
  }

  /// The parts in place, and moved out.
  private static func scenes(_ parts: [Part], _ skull: TriangleMesh, side: Int) -> [RGBImage] {
    let middle = skull.boundingBox.map { (SIMD3<Double>($0.lowest) + SIMD3($0.highest)) / 2 }
    let first = parts.first { !$0.mesh.isEmpty }
    let target = first.flatMap { $0.mesh.middle }
    let inPlace = SurfacePanel(
      width: side, height: side,
      axes: OrthographicCamera.axes(towards: (target ?? .zero) - (middle ?? target ?? .zero)))
    let together = TriangleMesh(joining: parts.map(\.mesh))
    var rods: [TriangleMesh] = []
    let moved = parts.map { part -> TriangleMesh in
      let away = part.mesh.moved(by: distance * part.way)
      if let from = part.mesh.middle, let to = away.middle {
        rods.append(TriangleMesh(rodFrom: from, to: to, radius: 0.7))
      }
      return away
    }
    let exploded = SurfacePanel(
      width: side, height: side, axes: OrthographicCamera.axes(across: first?.way ?? SIMD3(0, 0, 1))
    )
    return [
      inPlace.draw(bone: skull, implant: together, title: "IN PLACE"),
      exploded.draw(
        bone: skull, implant: TriangleMesh(joining: moved), guide: TriangleMesh(joining: rods),
        title: "MOVED OUT BY \(Int(distance)) mm"),
    ]
  }

  static func maps(
    of part: Part, in bone: Mask, width: Int, height: Int, threads: Int
  ) -> (thickness: SurfaceMap, gap: SurfaceMap) {
    let tree = TriangleTree(part.mesh, threads: threads)
    let thickness = tree.withWalk { walk in
      SurfaceMap(
        of: part.mesh, axes: ViewAxes(towardsViewer: part.way), width: width, height: height,
        threads: threads
      ) { point, triangle, normal in
        walk.thickness(below: point, of: triangle, normal: normal).map { .number($0) } ?? .far
      }
    }
    let near: Mask? = box(around: part.mesh, on: bone.geometry).map { bone.cropped(to: $0) }
    let surface = near.map { TriangleMesh(surfaceOf: $0, threads: threads) } ?? TriangleMesh()
    let gap = TriangleTree(surface, threads: threads).withWalk { walk in
      SurfaceMap(
        of: part.mesh, axes: ViewAxes(towardsViewer: -part.way), width: width, height: height,
        threads: threads
      ) { point, _, _ in
        guard !surface.isEmpty else { return .far }
        if walk.encloses(point) { return .inBone }
        return walk.distance(to: SIMD3<Float>(point), atMost: Float(reach))
          .map { .number(Double($0)) } ?? .far
      }
    }
    return (thickness, gap)
  }
}

extension ViewAxes {
  /// What is seen along a way; up is as near to the top of the head as can be, or to its front.
  init(towardsViewer way: SIMD3<Double>) {
    let top = abs(way.z) < 0.9 ? SIMD3(0.0, 0, 1) : SIMD3(0, -1, 0)
    let right = top.cross(way)
    self.init(right: right / right.length, up: way.cross(right / right.length))
  }
}

extension OrthographicCamera {
  /// A view in which a way runs nearly across the picture, from the front where that can be.
  static func axes(across way: SIMD3<Double>) -> ViewAxes {
    func across(_ direction: SIMD3<Double>) -> SIMD3<Double> {
      direction - direction.dot(way) * way
    }
    var side = across(SIMD3(0, -1, 0))
    if side.length < 0.4 { side = across(SIMD3(way.x < 0 ? -1 : 1, 0, 0)) }
    let towards = 0.5 * way + 0.85 * side / side.length
    return ViewAxes(towardsViewer: towards / towards.length)
  }
}

extension TriangleMesh {
  /// The mean of the vertices; nil without any.
  fileprivate var middle: SIMD3<Double>? {
    guard !vertices.isEmpty else { return nil }
    return vertices.reduce(SIMD3<Double>.zero) { $0 + SIMD3($1) } / Double(vertices.count)
  }

  fileprivate func moved(by shift: SIMD3<Double>) -> TriangleMesh {
    transformed(by: Affine(linear: .identity, translation: shift))
  }

  /// A rod of six sides.
  fileprivate init(rodFrom a: SIMD3<Double>, to b: SIMD3<Double>, radius: Double) {
    let way = (b - a) / max(1e-9, (b - a).length)
    let axes = ViewAxes(towardsViewer: way)
    let corners: [(Double, Double)] = [
      (1, 0), (0.5, 0.866), (-0.5, 0.866), (-1, 0), (-0.5, -0.866), (0.5, -0.866),
    ]
    var (points, triangles): ([SIMD3<Float>], [SIMD3<UInt32>]) = ([], [])
    for (x, y) in corners {
      let offset = radius * (x * axes.right + y * axes.up)
      points += [SIMD3<Float>(a + offset), SIMD3<Float>(b + offset)]
    }
    for n in 0..<6 as Range<UInt32> {
      let (p, q) = (2 * n, 2 * ((n + 1) % 6))
      triangles += [SIMD3(p, q, p + 1), SIMD3(q, q + 1, p + 1)]
    }
    self.init(vertices: points, triangles: triangles)
  }
}
