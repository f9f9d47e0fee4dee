import Testing
import Volumes

/// What `Fixtures/resampling.py` wrote with SimpleITK and numpy.
struct ResamplingFixture: Decodable, CustomTestStringConvertible, Sendable {
  struct Grid: Decodable, Sendable {
    let sizes: [Int]
    let directions: [[Double]]
    let origin: [Double]

    var geometry: Geometry {
      Geometry(
        sizes: GridSize(sizes[0], sizes[1], sizes[2]), space: .leftPosteriorSuperior,
        directions: Matrix3(
          SIMD3(directions[0]), SIMD3(directions[1]), SIMD3(directions[2])),
        origin: SIMD3(origin))
    }
  }

  let name: String
  let source, target: Grid
  let values: [Int16]
  let nearest, linear: [Double]
  let area: [Double]?

  var testDescription: String { name }

  /// The source in any voxel type that holds its values.
  func volume<Voxel: VoxelScalar>(of _: Voxel.Type) -> Volume<Voxel> {
    Volume(on: source.geometry) { out in
      for i in out.indices { out[i] = Voxel(nearest: Double(values[i])) }
    }
  }

  static let background = -50.0
  static let all: [ResamplingFixture] = {
    struct File: Decodable { let cases: [ResamplingFixture] }
    let file: File = decodeFixture("resampling.json")
    return file.cases
  }()
}

extension Geometry {
  /// The eight corners of the box of voxels, from face to face, in LPS mm.
  var boxCorners: [SIMD3<Double>] {
    (0..<8).map { corner in
      lpsFromIndex
        * SIMD3(
          corner & 1 != 0 ? Double(sizes.x) - 0.5 : -0.5,
          corner & 2 != 0 ? Double(sizes.y) - 0.5 : -0.5,
          corner & 4 != 0 ? Double(sizes.z) - 0.5 : -0.5)
    }
  }

  /// An oblique, left-handed, anisotropic grid in RAS.
  static func oblique(_ sizes: GridSize) -> Geometry {
    Geometry(
      sizes: sizes, space: .rightAnteriorSuperior,
      directions: Matrix3(
        SIMD3(0.6, 0.8, 0), SIMD3(1.6 * 0.8, -1.6 * 0.6, 0), SIMD3(0, 0, 2.5)),
      origin: SIMD3(12.5, -7, 3))
  }
}
