// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "engine-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .executableTarget(
      name: "engine-bench", dependencies: [.product(name: "Calvaria", package: "calvaria")])
  ],
  swiftLanguageModes: [.v6]
)
