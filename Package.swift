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
  ]
)
