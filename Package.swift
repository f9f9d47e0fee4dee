// swift-tools-version: 6.2
// Over 300 lines: the modules of one package stand in one list.
import PackageDescription
import Glibc

// Modules in import order; CONTRIBUTING.md holds the table of what each may import, and
// `make lint` compares it with the `import` lines.

let strict: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .treatAllWarnings(as: .error),
]

// Debugging, without optimisation, is no way to walk millions of voxels: `make test` and `scripts/fuzz` optimise what
// does. In fuzzing it is also what reads untrusted bytes, since pointers that are followed inside the standard
// library AddressSanitizer does not see. Not always, as no package may depend on one with such flags.
let optimized: [SwiftSetting] =
  Context.environment["CALVARIA_OPTIMIZED"] == nil
  ? [] : [.unsafeFlags(["-O"], .when(configuration: .debug))]

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
  && ["/usr/include", "/usr/local/include"].contains {
    access($0 + "/isa-l/igzip_lib.h", F_OK) == 0
  }

let package = Package(
  name: "calvaria",
  products: [
    .executable(name: "calvaria", targets: ["calvaria"]),
    // Operations and scores without files and networks.
    .library(name: "CalvariaVoxels", targets: ["Volumes", "VoxelOps", "Scores"]),
    .library(
      name: "Calvaria",
      targets: [
        "Errors", "Concurrency", "Files", "OtherPrograms", "Volumes", "TensorFiles", "VolumeIO",
        "DICOMFiles",
        "VoxelOps", "Scores", "Meshes", "MeshIO", "Skulls", "Recognition", "Rims",
        "SyntheticSkulls",
        "Implants",
        "MessagePassing", "NeuralEngine",
        "Completion", "Mirroring", "BetaVAE", "ModelTraining", "Pictures", "Dataflow", "Settings",
        "Stages",
        "DataSets",
        "Accounts", "Evaluation", "Reports", "Populations", "Latents", "Pipelines", "Batches",
        "Clusters", "MeshRuns", "ReportRuns", "Reference", "Installation", "Comparisons",
        "TrainingRuns",
        "FigureRuns",
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
    .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
    // Its package on Debian 12 brings no .pc file.
    .systemLibrary(name: "CMeshOptimizer", providers: [.apt(["libmeshoptimizer-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    // libniftiio-dev, libnifti2-dev and libznz-dev: no .pc file. Never link niftiio, whose structs
    // are laid out otherwise than `nifti2_io.h` says.
    .target(
      name: "CNIfTI",
      linkerSettings: [.linkedLibrary("nifti2"), .linkedLibrary("znz")]),

    // A header of our own.
    .systemLibrary(name: "CPrefetch"),

    module("Errors", []),
    module("Concurrency", []),
    module("Files", ["Errors", "Concurrency", "CCrypto"], settings: optimized),
    module("OtherPrograms", ["Errors"]),
    module("Volumes", ["Errors", "Concurrency"], settings: optimized),
    module("TensorFiles", ["Errors", "Files", "CZlib"], settings: optimized),
    module(
      "VolumeIO",
      [
        "Errors", "Concurrency", "Files", "Volumes", "CZlib", "CDeflate", "CBZip2", "CNIfTI",
        "CPrefetch",
      ]
        + (hasISAL ? ["CISAL"] : []),
      settings: optimized + (hasISAL ? [.define("CALVARIA_ISAL")] : [])),
    module("DICOMFiles", ["Errors", "Files", "OtherPrograms", "Volumes", "VolumeIO", "CZip"]),
    module("VoxelOps", ["Errors", "Concurrency", "Volumes"], settings: optimized),
    module("Meshes", ["Concurrency", "Volumes", "CMeshOptimizer"], settings: optimized),
    module(
      "MeshIO", ["Errors", "Files", "Volumes", "Meshes", "CZip", "CExpat"], settings: optimized),
    module(
      "Skulls", ["Errors", "Concurrency", "Volumes", "VoxelOps"], settings: optimized),
    module(
      "Recognition", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Skulls"],
      settings: optimized),
    module(
      "Scores", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Skulls"],
      settings: optimized),
    module(
      "Rims", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Skulls"], settings: optimized),
    module(
      "SyntheticSkulls", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Skulls"],
      settings: optimized),
    module(
      "Implants", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Meshes", "Skulls"],
      settings: optimized),
    // Loops in C, compiled for each instruction set and chosen at run time.
    .target(
      name: "CNeuralKernels", exclude: ["kernels.inc"], linkerSettings: [.linkedLibrary("m")]),
    // MPI's library is looked for when the program runs.
    .target(name: "CMPI", linkerSettings: [.linkedLibrary("dl")]),
    module("MessagePassing", ["Errors", "CMPI"]),
    module("NeuralEngine", ["Errors", "Concurrency", "MessagePassing", "CNeuralKernels"]),
    module(
      "Completion",
      [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "VoxelOps", "Skulls",
        "NeuralEngine",
      ], settings: optimized),
    module(
      "Mirroring", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Skulls", "Completion"],
      settings: optimized),
    module(
      "BetaVAE",
      [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "VoxelOps", "Skulls",
        "NeuralEngine", "Completion",
      ]),
    module(
      "ModelTraining",
      [
        "Errors", "Concurrency", "Files", "TensorFiles", "MessagePassing", "NeuralEngine",
        "Completion", "BetaVAE",
      ]),
    module("Pictures", ["Errors", "Concurrency", "Volumes", "VoxelOps", "Meshes", "CPNG"]),
    module("Dataflow", ["Errors", "Concurrency"]),
    module("Settings", ["Errors", "Files", "Dataflow", .product(name: "Yams", package: "Yams")]),
    module(
      "Stages",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps", "Meshes", "MeshIO",
        "Skulls", "Recognition", "Implants", "Rims", "NeuralEngine", "Completion", "Mirroring",
        "BetaVAE",
        "Pictures",
        "Dataflow", "Settings",
      ]),
    module("DataSets", ["Errors", "Files", "VolumeIO"]),
    module("Accounts", ["Errors", "Files", "Recognition", "Implants", "Completion", "Dataflow"]),
    module(
      "Evaluation",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps", "Skulls",
        "Recognition", "Scores", "Dataflow", "Stages", "DataSets", "Accounts",
      ]),
    module(
      "Reports",
      [
        "Files", "Recognition", "Implants", "Completion", "ModelTraining", "Dataflow", "Stages",
        "Accounts",
      ]),
    module(
      "Populations",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps", "Skulls",
        "Recognition",
        "SyntheticSkulls", "Completion", "Dataflow", "Stages", "Accounts",
      ]),
    module(
      "Latents",
      [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "VolumeIO", "VoxelOps",
        "Skulls", "NeuralEngine", "Completion", "BetaVAE", "Pictures", "Dataflow", "Stages",
        "DataSets", "Accounts",
      ]),
    module(
      "Pipelines",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps",
        "Recognition", "Implants",
        "Completion", "BetaVAE", "Dataflow", "Stages", "Settings", "DataSets", "Accounts",
        "Reports",
        .product(name: "Yams", package: "Yams"),
      ]),
    module(
      "Batches",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "Recognition", "Scores",
        "Implants",
        "Completion", "Dataflow", "Stages", "DataSets", "Accounts", "Evaluation", "Reports",
        "Pipelines",
      ]),
    module("Clusters", ["Errors", "Files", "OtherPrograms", "Batches"]),
    module(
      "MeshRuns",
      [
        "Errors", "Files", "Volumes", "VolumeIO", "Meshes", "MeshIO", "Implants", "Pictures",
        "Stages", "Accounts",
      ]),
    module("Reference", ["Errors", "Completion", "Dataflow", "Stages", "DataSets", "Accounts"]),
    module(
      "Installation", ["Errors", "MessagePassing", "Dataflow", "Accounts", "Reports", "Pipelines"]),
    module(
      "ReportRuns",
      [
        "Errors", "Files", "Volumes", "VolumeIO", "VoxelOps", "Meshes", "MeshIO", "Skulls",
        "Recognition", "Implants", "ModelTraining", "Pictures", "Dataflow", "Stages", "Accounts",
        "Reports",
      ]),
    module(
      "Comparisons",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps", "Meshes", "Skulls",
        "Completion", "Pictures", "Stages", "Accounts",
      ], settings: optimized),
    module(
      "TrainingRuns",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "VoxelOps", "Skulls",
        "Recognition",
        "SyntheticSkulls", "MessagePassing", "NeuralEngine", "Completion", "BetaVAE",
        "ModelTraining", "Dataflow",
        "Pictures", "Stages", "Settings", "DataSets", "Accounts", "Reports", "Populations",
      ]),
    module(
      "FigureRuns",
      [
        "Errors", "Concurrency", "Files", "OtherPrograms", "Volumes", "VolumeIO", "VoxelOps",
        "Skulls", "Completion", "BetaVAE", "ModelTraining", "Pictures", "Settings", "Stages",
        "DataSets", "Accounts", "Evaluation", "Latents",
      ]),
    .executableTarget(
      name: "calvaria",
      dependencies: [
        "Errors",
        "Concurrency",
        "Files",
        "Volumes",
        "VolumeIO",
        "DICOMFiles",
        "Meshes",
        "MeshIO",
        "Skulls", "Recognition",
        "Implants",
        "SyntheticSkulls",
        "MessagePassing",
        "NeuralEngine",
        "Completion",
        "BetaVAE",
        "ModelTraining",
        "Pictures",
        "Dataflow",
        "Settings",
        "Stages",
        "DataSets",
        "Accounts",
        "Evaluation",
        "Populations",
        "Latents",
        "Pipelines",
        "Batches", "Clusters",
        "MeshRuns", "ReportRuns", "Reference", "Installation", "Comparisons",
        "TrainingRuns", "FigureRuns",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: strict),

    // Counts allocations; only tests depend on it.
    .target(name: "CAllocations", path: "Tests/CAllocations"),
    // What the tests of several modules share; only tests depend on it.
    .target(
      name: "TestSupport",
      dependencies: [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "Skulls", "MessagePassing",
        "NeuralEngine", "Completion", "DataSets",
      ],
      path: "Tests/TestSupport", swiftSettings: strict),
    tests("ErrorsTests", ["Errors"]),
    tests("ConcurrencyTests", ["Concurrency"]),
    tests("FilesTests", ["Errors", "Files", "TestSupport"]),
    tests("VolumesTests", ["Errors", "Volumes"]),
    tests("TensorFilesTests", ["Errors", "TensorFiles", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      "VolumeIOTests", ["Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "TestSupport"],
      exclude: ["Fixtures"]),
    tests(
      "VoxelOpsTests", ["Errors", "Volumes", "VoxelOps", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      "ScoresTests", ["Errors", "Volumes", "VoxelOps", "Scores", "TestSupport"],
      exclude: ["Fixtures"]),
    tests("MeshesTests", ["Volumes", "VoxelOps", "Meshes", "TestSupport"]),
    tests(
      "MeshIOTests", ["Errors", "Files", "Volumes", "Meshes", "MeshIO", "TestSupport"],
      exclude: ["Fixtures"]),
    tests(
      "RecognitionTests",
      ["Errors", "Volumes", "VoxelOps", "Skulls", "Recognition"]),
    tests("SkullsTests", ["Errors", "Volumes", "VoxelOps", "Skulls", "Completion", "TestSupport"]),
    tests(
      "SyntheticSkullsTests",
      ["Errors", "Volumes", "VolumeIO", "VoxelOps", "Skulls", "SyntheticSkulls"]),
    tests("RimsTests", ["Errors", "Volumes", "VoxelOps", "Scores", "Rims", "TestSupport"]),
    tests(
      "ImplantsTests",
      ["Errors", "Volumes", "VoxelOps", "Meshes", "Skulls", "Implants", "TestSupport"]),
    tests("MessagePassingTests", ["Errors", "MessagePassing", "TestSupport"]),
    tests(
      "NeuralEngineTests",
      [
        "Errors", "TensorFiles", "MessagePassing", "NeuralEngine", "CNeuralKernels",
        "CAllocations", "TestSupport",
      ],
      exclude: ["Fixtures"]),
    tests(
      "CompletionTests",
      [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "VoxelOps", "Skulls",
        "Implants", "NeuralEngine", "Completion", "Mirroring", "BetaVAE", "Latents", "Stages",
        "TestSupport",
      ]),
    tests(
      "MirroringTests",
      ["Volumes", "VoxelOps", "Implants", "Completion", "Mirroring", "TestSupport"]),
    tests(
      "BetaVAETests",
      [
        "Errors", "Volumes", "TensorFiles", "VoxelOps", "Skulls", "NeuralEngine", "Completion",
        "BetaVAE",
        "Dataflow", "Stages", "TestSupport",
      ], exclude: ["Fixtures"]),
    tests(
      "ModelTrainingTests",
      [
        "Errors", "Concurrency", "Files", "Volumes", "TensorFiles", "MessagePassing",
        "NeuralEngine", "Completion", "BetaVAE", "ModelTraining", "Dataflow", "TestSupport",
      ]),
    tests("PicturesTests", ["Errors", "Volumes", "Meshes", "Pictures"]),
    tests(
      "DataflowTests", ["Errors", "Concurrency", "Dataflow", "TestSupport"], exclude: ["Fixtures"]),
    tests(
      "StagesTests",
      [
        "Errors", "Files", "Volumes", "VolumeIO", "VoxelOps", "Meshes", "MeshIO", "Skulls",
        "Implants", "NeuralEngine", "Completion", "Mirroring", "BetaVAE", "Pictures", "Dataflow",
        "Stages", "TestSupport",
      ]),
    tests("DataSetsTests", ["Errors", "Files", "DataSets", "TestSupport"]),
    tests(
      "AccountsTests",
      [
        "Errors", "Volumes", "TensorFiles", "VolumeIO", "VoxelOps", "MeshIO", "NeuralEngine",
        "Dataflow", "Accounts", "TestSupport",
      ]),
    tests(
      "PipelinesTests",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "Meshes", "MeshIO", "NeuralEngine",
        "Implants", "Completion",
        "BetaVAE", "Dataflow", "Stages", "Settings", "Accounts", "Pipelines", "TestSupport",
      ]),
    tests(
      "BatchesTests",
      [
        "Errors", "Concurrency", "Files", "Volumes", "VolumeIO", "Meshes", "MeshIO", "Dataflow",
        "Implants", "Completion", "Stages",
        "Accounts", "DataSets", "Evaluation", "Pipelines", "Batches", "TestSupport",
      ]),
    tests(
      "ReportsTests",
      [
        "Files", "Implants", "Completion", "ModelTraining", "Dataflow", "Stages", "Accounts",
        "Reports",
      ]),
    tests(
      "DICOMFilesTests",
      ["Errors", "OtherPrograms", "Volumes", "VolumeIO", "DICOMFiles", "CZip", "TestSupport"]),
    tests("OtherProgramsTests", ["Errors", "OtherPrograms", "TestSupport"]),
    tests(
      "FigureRunsTests",
      ["Errors", "OtherPrograms", "Settings", "Accounts", "FigureRuns", "TestSupport"]),
    tests("ReferenceTests", ["Errors", "Completion", "Dataflow", "Stages", "Reference"]),
    tests(
      "MeshRunsTests",
      [
        "Implants", "Volumes", "VolumeIO", "MeshIO", "Dataflow", "Stages", "Accounts", "Pictures",
        "MeshRuns", "TestSupport",
      ]),
    tests(
      "ComparisonsTests",
      ["Volumes", "VoxelOps", "Meshes", "Skulls", "Completion", "Comparisons", "TestSupport"]),
    tests(
      "TrainingRunsTests",
      [
        "Errors", "Files", "SyntheticSkulls", "NeuralEngine", "Completion", "BetaVAE",
        "ModelTraining", "Settings", "TrainingRuns",
      ]),
    // The program itself is built with the tests, and what CALVARIA names is run.
    tests(
      "CommandLineTests",
      [
        "calvaria", "Errors", "Files", "Volumes", "TensorFiles", "VolumeIO", "VoxelOps", "Meshes",
        "MeshIO", "Skulls", "NeuralEngine", "Completion", "BetaVAE", "OtherPrograms", "TestSupport",
      ], exclude: ["Fixtures"]),
  ],
  swiftLanguageModes: [.v6]
)

if hasISAL {
  package.targets.append(
    .systemLibrary(name: "CISAL", pkgConfig: "libisal", providers: [.apt(["libisal-dev"])]))
}
