// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "scheduler-bench",
  dependencies: [.package(name: "calvaria", path: "../..")],
  targets: [
    .executableTarget(
      name: "scheduler-bench",
      dependencies: [.product(name: "Calvaria", package: "calvaria")], path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
