import Testing
import Volumes

/// What `Fixtures/filters.py` wrote with SimpleITK, scipy and scikit-image.
struct FiltersFixture: Decodable, Sendable {
  typealias Grid = ResamplingFixture.Grid

  struct Cubic: Decodable, CustomTestStringConvertible, Sendable {
    let name: String
    let source, target: Grid
    let values: [Int16]
    let cubic: [Double]
    var testDescription: String { name }
  }

  struct Smoothing: Decodable, Sendable {
    let sizes: [Int]
    let spacing: [Double]
    let sigma: Double
    let values: [Int16]
    let smoothed: [Double]
  }

  struct Masks: Decodable, Sendable {
    let sizes: [Int]
    let spacing: [Double]
    let mask, filled, filledAcross0, filledAcross1, filledAcross2: String
    let signed: [Double]
    let places: [Int]?

    var geometry: Geometry {
      Geometry(
        sizes: GridSize(sizes[0], sizes[1], sizes[2]),
        spacing: SIMD3(spacing[0], spacing[1], spacing[2]))
    }
  }

  struct Orientation: Decodable, Sendable {
    let source, target: Grid
    let code: String
    let values, turned: [UInt8]
  }

  struct Otsu: Decodable, Sendable {
    let kind: String
    let values: [Double]
    let threshold: Double
  }

  let cubic: [Cubic]
  let smoothing: [Smoothing]
  let masks: [Masks]
  let orientations: [Orientation]
  let otsu: [Otsu]

  static let shared: FiltersFixture = decodeFixture("filters.json")
}
