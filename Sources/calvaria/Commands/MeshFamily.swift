import ArgumentParser
import Meshes

/// Which surface is taken between voxels.
enum MeshFamily: String, ExpressibleByArgument, CaseIterable {
  case cubes
  case dual

  var family: SurfaceFamily { self == .cubes ? .cubes : .dual }
}
