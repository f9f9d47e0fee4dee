/// Which voxels are neighbours; the raw value is their number.
public enum Connectivity: Int, CaseIterable, Sendable {
  /// Voxels that share a face.
  case faces6 = 6
  /// Voxels that share a face or an edge.
  case edges18 = 18
  /// Voxels that share a face, an edge or a corner.
  case corners26 = 26

  /// The rows of x-runs that come before a row and can touch it: how far away in y and z, and how
  /// many voxels apart along x two runs may be (0: they must overlap, 1: a step aside will do).
  var earlierRows: [(dy: Int, dz: Int, reach: UInt32)] {
    switch self {
    case .faces6: [(-1, 0, 0), (0, -1, 0)]
    case .edges18: [(-1, 0, 1), (0, -1, 1), (-1, -1, 0), (1, -1, 0)]
    case .corners26: [(-1, 0, 1), (0, -1, 1), (-1, -1, 1), (1, -1, 1)]
    }
  }
}
