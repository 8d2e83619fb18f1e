// swift-tools-version: 6.1
import PackageDescription

let package = Package(
  name: "ConvScope",
  products: [
    .library(
      name: "ConvScope",
      targets: [
        "SymbolicIntegers", "NetworkGraph", "Architectures", "Analysis", "ONNXFormat", "Diagrams", "Reports",
      ]),
    .executable(name: "convscope", targets: ["convscope"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    .target(name: "SymbolicIntegers"),
    .target(name: "NetworkGraph", dependencies: ["SymbolicIntegers"]),
    .target(name: "Architectures", dependencies: ["NetworkGraph"]),
    .target(name: "Analysis", dependencies: ["NetworkGraph"]),
    .target(
      name: "ONNXFormat",
      dependencies: ["NetworkGraph", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Schema/onnx.proto"]),
    .systemLibrary(name: "CGraphviz", pkgConfig: "libgvc", providers: [.apt(["libgraphviz-dev"])]),
    .target(name: "CGraphvizShim", dependencies: ["CGraphviz"]),
    .target(name: "Diagrams", dependencies: ["NetworkGraph", "CGraphvizShim"]),
    .target(name: "Reports", dependencies: ["Analysis"]),
    .executableTarget(
      name: "convscope",
      dependencies: [
        "Architectures", "Analysis", "ONNXFormat", "Diagrams", "Reports",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "SymbolicIntegersTests", dependencies: ["SymbolicIntegers"]),
    .testTarget(name: "NetworkGraphTests", dependencies: ["NetworkGraph"]),
  ]
)
