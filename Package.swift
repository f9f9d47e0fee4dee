// swift-tools-version: 6.2
import PackageDescription

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

// Modules in import order; CONTRIBUTING.md holds the table of what each may import, and
// `make lint` compares it with the `import` lines.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

func module(
  _ name: String, _ dependencies: [Target.Dependency], settings: [SwiftSetting] = []
) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict + settings)
}

func tests(
  _ name: String, _ dependencies: [Target.Dependency], exclude: [String] = []
) -> Target {
  .testTarget(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict)
}

// ISA-L is the fast half of gzip, and not on every system; without it zlib does the same work. Looked
// for here because a dependency on a library that is missing fails the build, and by its header
// because a manifest cannot ask pkg-config. `CALVARIA_ISAL=no` leaves it out.
let hasISAL =
  Context.environment["CALVARIA_ISAL"] != "no"
  && ["/usr/include", "/usr/local/include", "/opt/homebrew/include"].contains {
    access($0 + "/isa-l/igzip_lib.h", F_OK) == 0
  }

// `scripts/fuzz` builds for debugging, where pointers are followed inside the standard library, which
// AddressSanitizer does not see; so what reads untrusted bytes is optimised there all the same.
let bytesAreWatched: [SwiftSetting] =
  Context.environment["CALVARIA_FUZZING"] == nil ? [] : [.unsafeFlags(["-O"])]

let package = Package(
  name: "calvaria",
  products: [
    .executable(name: "calvaria", targets: ["calvaria"]),
    // Operations and scores without files and networks.
    .library(name: "CalvariaVoxels", targets: ["Volumes", "VoxelOps", "Scores"]),
    .library(
      name: "Calvaria",
      targets: [
        "Volumes", "Files", "TensorFiles", "VolumeIO", "VoxelOps", "Scores", "Meshes",
        "SyntheticSkulls", "NeuralEngine", "ShapeModels", "Dataflow", "Pictures", "Stages",
        "Pipelines",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    // System libraries; `make setup` installs them.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(
      name: "CDeflate", pkgConfig: "libdeflate", providers: [.apt(["libdeflate-dev"])]),
    // Its package on Debian 12 brings no .pc file.
    .systemLibrary(name: "CBZip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    // libniftiio-dev, libnifti2-dev and libznz-dev: no .pc file. Never link niftiio, whose structs
    // are laid out otherwise than `nifti2_io.h` says.
    .target(
      name: "CNIfTI",
      linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz")]),

    // A header of our own.
    .systemLibrary(name: "CPrefetch"),

    module("Errors", []),
    module("Concurrency", []),
    module("Volumes", ["Concurrency"], settings: bytesAreWatched),
    module("Files", ["Concurrency", "CCrypto"], settings: bytesAreWatched),
    module("TensorFiles", ["Files", "CZlib"], settings: bytesAreWatched),
    module(
      "VolumeIO",
      ["Volumes", "Concurrency", "Files", "CZlib", "CDeflate", "CBZip2", "CNIfTI", "CPrefetch"]
        + (hasISAL ? ["CISAL"] : []),
      settings: bytesAreWatched + (hasISAL ? [.define("CALVARIA_ISAL")] : [])),
    module("VoxelOps", ["Volumes"]),
    module("Scores", ["Volumes", "VoxelOps"]),
    module("Meshes", ["Volumes"]),
    module("SyntheticSkulls", ["Volumes", "VoxelOps"]),
    // Loops in C, compiled for each instruction set and chosen at run time.
    .target(
      name: "CNeuralKernels", exclude: ["kernels.inc"], linkerSettings: [.linkedLibrary("m")]),
    module("NeuralEngine", ["CNeuralKernels"]),
    module(
      "ShapeModels", ["Volumes", "Concurrency", "Files", "TensorFiles", "VoxelOps", "NeuralEngine"]),
    module("Dataflow", ["Concurrency"]),
    module("Pictures", ["Volumes", "VoxelOps", "Meshes", "CPNG"]),
    module(
      "Stages",
      [
        "Volumes", "Files", "VolumeIO", "VoxelOps", "Meshes", "ShapeModels", "Dataflow",
        "Pictures",
      ]),
    module(
      "Pipelines",
      [
        "Errors", "Volumes", "Concurrency", "Files", "TensorFiles", "VolumeIO", "SyntheticSkulls",
        "NeuralEngine",
        "VoxelOps", "Scores", "ShapeModels", "Dataflow", "Pictures", "Stages",
        .product(name: "Yams", package: "Yams"),
      ]),
    .executableTarget(
      name: "calvaria",
      dependencies: [
        "Errors", "Volumes", "Concurrency", "Files", "VolumeIO", "VoxelOps", "Scores", "Meshes",
        "SyntheticSkulls",
        "NeuralEngine", "ShapeModels", "Dataflow", "Pictures", "Stages", "Pipelines",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Counts allocations; only tests depend on it.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    // What the tests of several modules share; only tests depend on it.
    .target(
      name: "TestSupport", dependencies: ["Volumes", "VoxelOps", "ShapeModels"],
      path: "Tests/TestSupport", swiftSettings: strict),
    tests("ErrorsTests", ["Errors"]),
    tests("VolumesTests", ["Volumes"]),
    tests("FilesTests", ["Files", "TestSupport"]),
    tests("TensorFilesTests", ["TensorFiles", "Files", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      "VolumeIOTests", ["VolumeIO", "Volumes", "Files", "Concurrency", "TestSupport"],
      exclude: ["Fixtures"]),
    tests("VoxelOpsTests", ["VoxelOps", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      "ScoresTests", ["Scores", "VoxelOps", "Volumes", "TestSupport"], exclude: ["Fixtures"]),
    tests("MeshesTests", ["Meshes", "TestSupport"]),
    tests("SyntheticSkullsTests", ["SyntheticSkulls", "Volumes", "VolumeIO", "VoxelOps"]),
    tests(
      "NeuralEngineTests",
      ["NeuralEngine", "CNeuralKernels", "TensorFiles", "CAllocations", "TestSupport"],
      exclude: ["Fixtures"]),
    tests(
      "ShapeModelsTests",
      [
        "ShapeModels", "Concurrency", "NeuralEngine", "TensorFiles", "Volumes", "VolumeIO",
        "TestSupport",
      ],
      exclude: ["Fixtures"]),
    tests("DataflowTests", ["Dataflow", "Concurrency", "TestSupport"], exclude: ["Fixtures"]),
    tests("PicturesTests", ["Pictures"]),
    tests(
      "StagesTests",
      [
        "Stages", "Dataflow", "Volumes", "VolumeIO", "VoxelOps", "Meshes", "Pictures",
        "ShapeModels", "NeuralEngine", "TestSupport",
      ]
    ),
    tests("PipelinesTests", ["Pipelines", "Files", "ShapeModels", "NeuralEngine", "Dataflow"]),
    // The program itself is built with the tests, and what CALVARIA names is run.
    tests(
      "CommandLineTests",
      [
        "calvaria", "Files", "NeuralEngine", "ShapeModels", "TensorFiles", "Volumes", "VolumeIO",
        "VoxelOps", "Meshes", "TestSupport",
      ], exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)

if hasISAL {
  package.targets.append(
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]))
}
