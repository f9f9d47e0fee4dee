import ArgumentParser
import Volumes

/// The space of the coordinates in a mesh file.
enum MeshSpace: String, ExpressibleByArgument, CaseIterable {
  case lps = "LPS"
  case ras = "RAS"

  init?(argument: String) { self.init(rawValue: argument.uppercased()) }

  var space: Space { self == .lps ? .leftPosteriorSuperior : .rightAnteriorSuperior }
}
