// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "volumes-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .target(
      name: "BareCodecs",
      linkerSettings: [.linkedLibrary("isal"), .linkedLibrary("deflate")]),
    .executableTarget(
      name: "volumes-bench",
      dependencies: ["BareCodecs", .product(name: "Calvaria", package: "calvaria")]),
  ],
  swiftLanguageModes: [.v6]
)
