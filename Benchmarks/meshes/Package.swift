// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "meshes-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .executableTarget(
      name: "meshes-bench",
      dependencies: [.product(name: "Calvaria", package: "calvaria")])
  ],
  swiftLanguageModes: [.v6]
)
