// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "voxels-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .executableTarget(
      name: "voxels-bench",
      dependencies: [.product(name: "CalvariaVoxels", package: "calvaria")])
  ],
  swiftLanguageModes: [.v6]
)
