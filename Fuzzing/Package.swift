// swift-tools-version: 6.2
import PackageDescription

// Built by `make fuzz` alone, with coverage and AddressSanitizer; libFuzzer brings the `main`.

let package = Package(
  name: "fuzzing",
  dependencies: [.package(name: "calvaria", path: "..")],
  targets: [
    .systemLibrary(name: "CLibFuzzer"),
    .executableTarget(
      name: "calvaria-fuzz",
      dependencies: ["CLibFuzzer", .product(name: "Calvaria", package: "calvaria")],
      // What compares and mends bytes is to take no time beside what is fuzzed.
      swiftSettings: [.unsafeFlags(["-O"])]),
  ],
  swiftLanguageModes: [.v6]
)
