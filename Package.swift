// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ConvScope",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .target(name: "SymbolicIntegers"),
    .target(name: "NetworkGraph", dependencies: ["SymbolicIntegers"]),
    .target(name: "Architectures", dependencies: ["NetworkGraph"]),
    .target(name: "Analysis", dependencies: ["NetworkGraph"]),
    .target(name: "Reports", dependencies: ["Analysis"]),
    .target(name: "TestSupport", path: "Tests/TestSupport"),
    .testTarget(name: "NetworkGraphTests", dependencies: ["NetworkGraph", "TestSupport"]),
    .testTarget(name: "ArchitecturesTests", dependencies: ["Architectures", "Analysis", "TestSupport"]),
    .testTarget(name: "AnalysisTests", dependencies: ["Analysis", "Architectures", "TestSupport"]),
  ]
)
