import Errors
import Volumes

/// What a NIfTI file says of an image: type, sizes with the spatial axes first, placement.
struct NIfTILayout {
  var type: ElementType
  var sizes: [Int]
  var geometry: Geometry
  var content: String?
  var otherAxes = NIfTIOtherAxes()
  var details = NIfTIHeader.Details()
  var extensions: [NIfTIExtension] = []

  /// The layout of an NRRD image, where NIfTI has one.
  ///
  /// - Throws: `Diagnostic` where the order of the axes does not allow it.
  static func of(_ image: NRRDImage, _ type: ElementType, output: String) throws
    -> (layout: NIfTILayout, lost: [String])
  {
    let axes = try image.spatialAxes(othersMayHaveAnySize: true)
    var (type, sizes) = (type, image.header.sizes)
    if axes == Array(1...axes.count),
      let group = grouped(type, kind: image.header.kinds?[0], size: sizes[0])
    {
      type = group
      sizes.removeFirst()
    } else if axes != Array(0..<axes.count) {
      throw Diagnostic(
        .notRepresentable, image.path, at: image.header.lines[.sizes].map { Place(line: $0) },
        field: "sizes", expected: "the axes of space first, as NIfTI has them",
        found: "axes \(axes.map(String.init).joined(separator: ", "))",
        remedy: "write NRRD, or permute the axes first")
    }
    let (geometry, warnings) = try image.geometry(axes: axes)
    var lost = warnings
    if let content = image.header.content, content.utf8.count > 80 {
      lost.append("\(output): descrip: NIfTI holds 80 bytes; the rest of \"content\" is left out")
    }
    var header = image.header
    // A scaling goes into fields of its own.
    if image.scaling != nil { header.setScaling(nil) }
    if !header.keyValues.isEmpty {
      lost.append("\(output): NIfTI has no key/value pairs; \(header.keyValues.count) left out")
    }
    var layout = NIfTILayout(
      type: type, sizes: sizes, geometry: geometry, content: image.header.content)
    let first = image.header.sizes.count - sizes.count + axes.count
    let others = image.header.sizes.indices.dropFirst(first)
    if !others.isEmpty {
      // What follows the axes of space begins with the fourth.
      layout.sizes.insert(
        contentsOf: [Int](repeating: 1, count: 3 - axes.count), at: axes.count)
    }
    layout.otherAxes.steps = others.map { axis in
      guard let step = image.header.spacings?[axis], step.isFinite, step > 0 else { return 1 }
      return step
    }
    if let time = others.first, let unit = image.header.units?[time] {
      layout.otherAxes.timeUnit = NIfTITimeUnit(named: unit)?.rawValue
    }
    return (layout, lost)
  }

  /// The layout of a NIfTI image, with all that its header says.
  static func of(_ image: NIfTIImage, _ elements: ElementBuffer) throws -> NIfTILayout {
    let header = image.header
    return NIfTILayout(
      type: elements.type, sizes: elements.sizes, geometry: try image.filledGeometry(),
      otherAxes: NIfTIOtherAxes(
        steps: header.sizes.indices.dropFirst(3).map { header.pixdim[$0 + 1] },
        timeUnit: header.units & 0x38),
      details: header.details, extensions: try image.extensions())
  }

  private static func grouped(_ type: ElementType, kind: String?, size: Int) -> ElementType? {
    switch (type, kind, size) {
    case (.scalar(.float), "complex", 2): .complex64
    case (.scalar(.double), "complex", 2): .complex128
    case (.scalar(.uint8), "RGB-color", 3): .rgb24
    case (.scalar(.uint8), "RGBA-color", 4): .rgba32
    default: nil
    }
  }
}

/// The units of time that NIfTI has; the raw value is that of xyzt_units.
enum NIfTITimeUnit: Int, CaseIterable {
  case seconds = 8
  case milliseconds = 16
  case microseconds = 24

  /// The short name, as NRRD's `units` has it.
  var name: String {
    switch self {
    case .seconds: "s"
    case .milliseconds: "ms"
    case .microseconds: "us"
    }
  }

  init?(named name: String) {
    guard let unit = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = unit
  }
}

extension NRRDHeader {
  /// The header that says what a NIfTI image says.
  init(of image: NIfTIImage, as type: ElementType) {
    self.type = type
    sizes = image.header.sizes
    let placement = image.placement
    let (map, scale) = (placement.map, placement.millimetresPerUnit)
    func list(_ v: SIMD3<Double>) -> [Double] { (0..<3).map { scale == 1 ? v[$0] : v[$0] * scale } }
    let others = sizes.indices.map { axis -> Double in
      let step = image.header.pixdim[axis + 1]
      return axis >= 3 && step.isFinite && step > 0 ? step : .nan
    }
    if placement.hasSpace {
      space = NRRDSpace(.rightAnteriorSuperior)
      spaceDimension = 3
      spaceDirections = sizes.indices.map { $0 < 3 ? list(map.linear[$0]) : nil }
      spaceOrigin = list(map.translation)
      if others.contains(where: { !$0.isNaN }) { spacings = others }
    } else if placement.hasSpacings {
      spacings = sizes.indices.map { axis in
        axis < 3 && image.header.pixdim[axis + 1] != 0
          ? list(map.linear[axis])[axis] : others[axis]
      }
    }
    kinds = sizes.indices.map { $0 < 3 ? "domain" : $0 == 3 ? "time" : "list" }
    if sizes.count > 3, let unit = NIfTITimeUnit(rawValue: image.header.units & 0x38) {
      units = sizes.indices.map { $0 == 3 ? unit.name : "" }
    }
    // A line of a header can hold any other character, blanks at its ends excepted.
    let scalars = image.header.description.unicodeScalars.map {
      $0 == "\n" || $0 == "\r" ? " " : $0
    }
    let line = String(String.UnicodeScalarView(scalars)).trimmingBlanks()
    if !line.isEmpty { content = line }
    switch type {
    case .complex64: prepend("complex", 2, .float)
    case .complex128: prepend("complex", 2, .double)
    case .rgb24: prepend("RGB-color", 3, .uint8)
    case .rgba32: prepend("RGBA-color", 4, .uint8)
    case .scalar, .block: break
    }
  }

  /// Splits every element into the numbers it is made of, as a new fastest axis.
  private mutating func prepend(_ kind: String, _ size: Int, _ scalar: ScalarType) {
    type = .scalar(scalar)
    sizes.insert(size, at: 0)
    kinds?.insert(kind, at: 0)
    spaceDirections?.insert(nil, at: 0)
    spacings?.insert(.nan, at: 0)
    units?.insert("", at: 0)
  }
}
