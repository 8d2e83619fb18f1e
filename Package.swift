// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ConvScope",
  products: [
    .library(name: "ConvScope", targets: ["SymbolicIntegers", "NetworkGraph", "Architectures", "Analysis", "Reports"]),
    .executable(name: "convscope", targets: ["convscope"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "SymbolicIntegers"),
    .target(name: "NetworkGraph", dependencies: ["SymbolicIntegers"]),
    .target(name: "Architectures", dependencies: ["NetworkGraph"]),
    .target(name: "Analysis", dependencies: ["NetworkGraph"]),
    .target(name: "Reports", dependencies: ["Analysis", "Architectures"]),
    .executableTarget(
      name: "convscope",
      dependencies: [
        "Architectures", "Analysis", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "NetworkGraphTests", dependencies: ["NetworkGraph"]),
    .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "Analysis", "TestSupport"]),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Architectures", "TestSupport"]),
  ]
)
