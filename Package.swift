// swift-tools-version: 6.2
import PackageDescription

/// Continuous integration sets the variable; a user's newer compiler with new warnings still builds the package.
let strict: [SwiftSetting] =
  Context.environment["CONVSCOPE_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]
let strictC: [CSetting] =
  Context.environment["CONVSCOPE_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

/// Tests execute networks, which kernels that are not optimised do too slowly; the flags cannot be in the manifest of a
/// package that others depend on.
let optimized: [SwiftSetting] =
  Context.environment["CONVSCOPE_OPTIMIZED_KERNELS"] == nil ? [] : [.unsafeFlags(["-O"])]
let optimizedC: [CSetting] =
  Context.environment["CONVSCOPE_OPTIMIZED_KERNELS"] == nil ? [] : [.unsafeFlags(["-O3"])]

/// Tests run the kernels for AVX-512, and what is planned and packed for them, on a processor without.
let emulated: [CSetting] =
  Context.environment["CONVSCOPE_EMULATE_AVX512"] == nil ? [] : [.define("CK_EMULATE_AVX512")]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")
let protobuf = Target.Dependency.product(name: "SwiftProtobuf", package: "swift-protobuf")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let sqlite = Target.Dependency.product(name: "GRDBSQLite", package: "GRDB.swift")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")

let package = Package(
  name: "ConvScope",
  products: [
    .library(
      name: "ConvScope",
      targets: [
        "SymbolicIntegers", "NetworkGraph", "Architectures", "Analysis", "Scaling", "Tensors", "TensorFormats",
        "Execution", "ONNXFormat", "ArchitectureFormat", "Diagrams", "Charts", "Reports",
      ]),
    .executable(name: "convscope", targets: ["convscope"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2", traits: []),
  ],
  targets: [
    .target(name: "SymbolicIntegers", swiftSettings: strict),
    .target(name: "NetworkGraph", dependencies: ["SymbolicIntegers"], swiftSettings: strict),
    .target(name: "Architectures", dependencies: ["NetworkGraph"], swiftSettings: strict),
    .target(name: "Analysis", dependencies: ["NetworkGraph"], swiftSettings: strict),
    .target(name: "Scaling", dependencies: ["Analysis", "Architectures"], swiftSettings: strict),
    .target(name: "Tensors", dependencies: ["NetworkGraph"], swiftSettings: strict + optimized),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .target(
      name: "TensorFormats", dependencies: ["NetworkGraph", "Tensors", "CPNG"], swiftSettings: strict + optimized),
    .target(
      name: "CKernels", cSettings: strictC + optimizedC + emulated + [.enableWarning("all"), .enableWarning("extra")]),
    .target(name: "Execution", dependencies: ["Analysis", "Tensors", "CKernels"], swiftSettings: strict + optimized),
    .target(
      name: "ONNXFormat", dependencies: ["NetworkGraph", "Tensors", "TensorFormats", protobuf],
      exclude: ["Schema/onnx.proto"],
      swiftSettings: strict),
    .target(name: "ArchitectureFormat", dependencies: ["NetworkGraph", "Analysis", yams], swiftSettings: strict),
    .systemLibrary(name: "CGraphviz", pkgConfig: "libgvc", providers: [.apt(["libgraphviz-dev"])]),
    .target(name: "CGraphvizShim", dependencies: ["CGraphviz"], cSettings: strictC),
    .target(name: "Diagrams", dependencies: ["NetworkGraph", "CGraphvizShim"], swiftSettings: strict),
    .target(name: "Charts", swiftSettings: strict),
    .target(name: "ResultsStore", dependencies: ["Scaling", grdb, sqlite], swiftSettings: strict + optimized),
    .target(name: "Evaluation", dependencies: ["ResultsStore", subprocess], swiftSettings: strict),
    .target(
      name: "Reports", dependencies: ["Analysis", "Architectures", "Charts", "Execution", "Scaling"],
      swiftSettings: strict),
    .executableTarget(
      name: "convscope",
      dependencies: [
        "Architectures", "Analysis", "Execution", "Scaling", "TensorFormats", "ONNXFormat", "ArchitectureFormat",
        "Diagrams", "Charts", "Reports", "ResultsStore", "Evaluation", argumentParser,
      ],
      swiftSettings: strict),

    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
    .testTarget(name: "SymbolicIntegersTests", dependencies: ["SymbolicIntegers"], swiftSettings: strict),
    .testTarget(name: "NetworkGraphTests", dependencies: ["NetworkGraph", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ArchitecturesTests", dependencies: ["Architectures", "Analysis", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "AnalysisTests", dependencies: ["Analysis", "Architectures", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "TensorFormatsTests", dependencies: ["TensorFormats", "Architectures", "TestSupport"], swiftSettings: strict
    ),
    .target(name: "AllocationCounter", path: "Tests/AllocationCounter", cSettings: strictC),
    .testTarget(
      name: "ExecutionTests", dependencies: ["Execution", "Architectures", "TestSupport", "AllocationCounter"],
      swiftSettings: strict),
    .testTarget(
      name: "ONNXFormatTests",
      dependencies: ["ONNXFormat", "Execution", "Architectures", "Analysis", "TestSupport", protobuf],
      swiftSettings: strict),
    .testTarget(
      name: "ArchitectureFormatTests",
      dependencies: ["ArchitectureFormat", "Architectures", "Analysis", "TestSupport"],
      swiftSettings: strict),
    .testTarget(name: "DiagramsTests", dependencies: ["Diagrams", "Architectures"], swiftSettings: strict),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"], swiftSettings: strict),
    .testTarget(name: "ScalingTests", dependencies: ["Scaling", "TestSupport"], swiftSettings: strict),
    .testTarget(
      name: "ResultsStoreTests", dependencies: ["ResultsStore", grdb, "TestSupport"], swiftSettings: strict),
    .testTarget(name: "EvaluationTests", dependencies: ["Evaluation", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "ReportsTests", dependencies: ["Reports", "TestSupport"], swiftSettings: strict),
    .testTarget(name: "CommandLineTests", dependencies: ["convscope", "TestSupport"], swiftSettings: strict),
  ]
)
