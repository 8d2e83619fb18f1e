// swift-tools-version: 6.2
import PackageDescription

let convScope = Target.Dependency.product(name: "ConvScope", package: "ConvScope")

let package = Package(
  name: "ConvScopeBenchmarks",
  dependencies: [
    .package(name: "ConvScope", path: ".."),
    // Without traits nothing interposes on malloc, so its allocation counts read 0 and are not asked for.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    // The benchmark plugin looks for targets in a folder called Benchmarks.
    .executableTarget(
      name: "InProcess",
      dependencies: [convScope, .product(name: "Benchmark", package: "benchmark")],
      path: "Benchmarks/InProcess",
      plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
    .executableTarget(name: "timing", dependencies: [convScope]),
  ]
)
