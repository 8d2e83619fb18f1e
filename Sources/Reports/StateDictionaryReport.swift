import NetworkGraph
import SymbolicIntegers

/// One tensor of a state dictionary.
private struct StateTensor: Encodable, Sendable {
  var name: String
  var shape: [Quantity]
  var elementType: String
  var kind: String
}

extension Report {
  /// The tensors of a network's state with names and shapes, in the order of the reference implementation.
  ///
  /// JSON is the list itself.
  public static func stateDictionary(_ graph: Graph) -> Report {
    let rows = graph.parameters.map { parameter -> [Cell] in
      [
        .text(graph.name(of: parameter)), .shape(parameter.spec.shape), .text("\(parameter.spec.elementType)"),
        .text(parameter.spec.kind.title),
      ]
    }
    func total(_ kind: ParameterSpec.Kind) -> Dimension {
      graph.parameters.reduce(0) { $1.spec.kind == kind ? $0 + $1.spec.shape.elementCount : $0 }
    }
    let bytes = graph.parameters.reduce(Dimension(0)) {
      $0 + $1.spec.shape.elementCount * $1.spec.elementType.byteCount
    }
    let table = Table(
      columns: [
        Table.Column("name", "name"), Table.Column("shape", "shape", isNumeric: true),
        Table.Column("element_type", "element type"), Table.Column("kind", "kind"),
      ], rows: rows)
    let counters = graph.parameters.count { $0.spec.kind == .counter }
    return Report(
      title: "State dictionary of \(graph.name)", tables: [table], data: table,
      notes: [
        """
        \(graph.parameters.count) tensors: \(Quantity(total(.trainable)).exact) parameters, \
        \(Quantity(total(.buffer)).exact) elements of buffers, \(counters) step counters; \
        \(Quantity(bytes).exact) bytes in all.
        """
      ],
      document: graph.parameters.map { parameter in
        StateTensor(
          name: graph.name(of: parameter), shape: parameter.spec.shape.dimensions.map(Quantity.init),
          elementType: "\(parameter.spec.elementType)", kind: parameter.spec.kind.title)
      })
  }
}

extension ParameterSpec.Kind {
  /// The word of reports.
  var title: String {
    switch self {
    case .trainable: "parameter"
    case .buffer: "buffer"
    case .counter: "counter"
    }
  }
}
