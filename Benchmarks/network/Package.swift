// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "network-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .executableTarget(
      name: "network-bench", dependencies: [.product(name: "Calvaria", package: "calvaria")])
  ],
  swiftLanguageModes: [.v6]
)
