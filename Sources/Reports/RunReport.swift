import Execution
import NetworkGraph
import SymbolicIntegers
import Tensors

/// What a run of a network gave.
public struct RunResult: Sendable {
  /// A named tensor: an output, or what a layer computed.
  public struct Item: Sendable {
    public var name: String
    public var tensor: Tensor

    public init(name: String, tensor: Tensor) {
      self.name = name
      self.tensor = tensor
    }
  }

  public var graph: Graph
  public var backend: String
  public var weights: String
  public var inputs: [String]
  public var outputs: [Item]
  public var layers: [Item]

  public init(
    graph: Graph, backend: String, weights: String, inputs: [String], outputs: [Item], layers: [Item]
  ) {
    self.graph = graph
    self.backend = backend
    self.weights = weights
    self.inputs = inputs
    self.outputs = outputs
    self.layers = layers
  }
}

/// The machine-readable form of a run.
private struct RunDocument: Encodable, Sendable {
  struct Item: Encodable, Sendable {
    var name: String
    var shape: [Int]
    /// JSON has no numbers beyond the finite ones: null stands for them.
    var values: [Float?]

    init(_ item: RunResult.Item) {
      name = item.name
      shape = item.tensor.shape
      values = item.tensor.values.map { $0.isFinite ? $0 : nil }
    }
  }

  var schema = "convscope.run/1"
  var model: String
  var backend: String
  var weights: String
  var inputs: [String]
  var outputs: [Item]
  var layers: [Item]
}

extension Report {
  /// The outputs of a run: how their values are spread, and the largest of them.
  ///
  /// CSV holds the largest values.
  /// - Parameter top: how many of the largest values of each output are listed.
  public static func run(_ result: RunResult, top: Int) -> Report {
    let items = result.layers + result.outputs
    return Report(
      title: "\(result.graph.name), input \(inputText(result.graph)), \(result.backend) back end",
      introduction: ["weights: \(result.weights); input: \(result.inputs.joined(separator: ", "))"],
      tables: [spread(items)] + result.outputs.map { largest([$0], top, title: "largest values of \($0.name)") },
      data: largest(result.outputs, top, title: ""),
      notes: items.compactMap { item in
        let count = item.tensor.nonFiniteCount
        return count == 0
          ? nil
          : "\(item.name): \(count) of \(item.tensor.values.count) values are not finite numbers: the weights or the input "
            + "hold such, or take the network out of the range of float32"
      },
      document: RunDocument(
        model: result.graph.name, backend: result.backend, weights: result.weights, inputs: result.inputs,
        outputs: result.outputs.map(RunDocument.Item.init), layers: result.layers.map(RunDocument.Item.init)))
  }

  private static func spread(_ items: [RunResult.Item]) -> Table {
    Table(
      columns: [
        Table.Column("name", "tensor"), Table.Column("shape", "shape"),
        Table.Column("minimum", "minimum", isNumeric: true), Table.Column("maximum", "maximum", isNumeric: true),
        Table.Column("mean", "mean", isNumeric: true), Table.Column("deviation", "deviation", isNumeric: true),
      ],
      rows: items.map { item in
        let values = item.tensor.values
        let count = Double(max(values.count, 1))
        let mean = values.reduce(0) { $0 + Double($1) } / count
        let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
        return [
          .text(item.name), .text(Tensor.description(of: item.tensor.shape)), .text(number(values.min())),
          .text(number(values.max())), .text(number(Float(mean))), .text(number(Float(variance.squareRoot()))),
        ]
      })
  }

  private static func largest(_ items: [RunResult.Item], _ top: Int, title: String) -> Table {
    Table(
      title: title,
      columns: [
        Table.Column("output", "output"), Table.Column("rank", "rank", isNumeric: true),
        Table.Column("index", "index", isNumeric: true), Table.Column("value", "value", isNumeric: true),
      ],
      rows: items.flatMap { item -> [[Cell]] in
        let values = item.tensor.values
        // What is no number comes last.
        let ranks = values.map { $0.isNaN ? -Float.infinity : $0 }
        let order = values.indices.sorted { (ranks[$1], $0) < (ranks[$0], $1) }.prefix(top)
        return order.enumerated().map { rank, index -> [Cell] in
          [
            .text(item.name), .text("\(rank + 1)"),
            .text(item.tensor.coordinates(of: index).map(String.init).joined(separator: ",")),
            .text(number(values[index])),
          ]
        }
      })
  }

  /// Six significant digits.
  private static func number(_ value: Float?) -> String {
    guard let value else { return "" }
    guard !value.isNaN else { return "nan" }
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale: Float = 1
    while abs(value) * scale < 100_000, scale < 1e30 { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}

extension Tensor {
  /// The coordinates of an element, axes of size 1 left out where there are others.
  fileprivate func coordinates(of index: Int) -> [Int] {
    var rest = index
    var result: [Int] = []
    for size in shape.reversed() where size > 1 {
      result.append(rest % size)
      rest /= size
    }
    return result.isEmpty ? [0] : result.reversed()
  }
}
