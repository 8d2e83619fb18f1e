import NetworkGraph
import SymbolicIntegers

/// The types that a file declares for its values, with symbols for the sides that it names or leaves open.
struct DeclaredTypes {
  private let graph: GraphProto
  /// Declarations by name; made when first asked for.
  private var declarations: [String: TypeProto]?
  private var symbols: [String: Symbol] = [:]
  private var taken: Set<Symbol> = []
  /// What stands in the place of the file's symbols.
  private var replacements: [Symbol: Dimension] = [:]

  /// Whether the names of sides are formulas, as the exporter here writes them.
  private let namesAreFormulas: Bool

  init(_ graph: GraphProto, namesAreFormulas: Bool) {
    self.graph = graph
    self.namesAreFormulas = namesAreFormulas
  }

  /// The declared type of a value; unknown where there is none.
  mutating func type(ofValue name: String) -> TensorType {
    if declarations == nil {
      declarations = [:]
      for value in graph.valueInfo + graph.output { declarations?[value.name] = value.type }
    }
    guard let declaration = declarations?[name] else { return .unknown }
    var result = type(declaration)
    if result.isKnown, !replacements.isEmpty {
      result.shape = Shape(result.shape.dimensions.map { $0.substituting(replacements) })
    }
    return result
  }

  /// Notes that an input is given the shape `given` although the file declares another: the sides that the file names
  /// have these sizes wherever it declares a type.
  mutating func replace(_ declared: Shape, with given: Shape) {
    for (side, size) in zip(declared.dimensions, given.dimensions) where side != size {
      if side.symbols.count == 1, side == Dimension(side.symbols[0]) { replacements[side.symbols[0]] = size }
    }
  }

  /// The type that a declaration states; unknown where that is no tensor or has no shape.
  mutating func type(_ declaration: TypeProto) -> TensorType {
    guard case .tensorType(let tensor) = declaration.value, tensor.hasShape,
      tensor.shape.dim.count <= Importer.rankLimit
    else { return .unknown }
    let rank = tensor.shape.dim.count
    var dimensions: [Dimension] = []
    for (axis, dimension) in tensor.shape.dim.enumerated() {
      switch dimension.value {
      case .dimValue(let size) where size >= 0: dimensions.append(Dimension(Int(size)))
      case .dimParam(let name) where namesAreFormulas:
        dimensions.append((try? Dimension(parsing: name)) ?? Dimension(symbol(for: name)))
      case .dimParam(let name) where !name.isEmpty: dimensions.append(Dimension(symbol(for: name)))
      default: dimensions.append(Dimension(unique(Self.usualName(ofAxis: axis, rank: rank))))
      }
    }
    return TensorType(Shape(dimensions), ElementType(onnx: tensor.elemType))
  }

  /// What the field calls an axis of a feature map.
  private static func usualName(ofAxis axis: Int, rank: Int) -> String {
    switch (axis, rank) {
    case (0, _): "N"
    case (1, 2...): "C"
    case (2, 3): "L"
    case (2, 5): "D"
    case (_, 4), (_, 5): axis == rank - 1 ? "W" : "H"
    default: "d\(axis)"
    }
  }

  /// The symbol for a side's name: the name with every character that a symbol cannot have replaced.
  private mutating func symbol(for name: String) -> Symbol {
    if let symbol = symbols[name] { return symbol }
    var text = String(
      name.unicodeScalars.prefix(100).map {
        $0.isASCII && $0.properties.isAlphabetic || ("0"..."9").contains($0) ? Character($0) : "_"
      })
    if !(text.first?.isLetter ?? false) { text = "d" + text }
    let symbol = unique(text)
    symbols[name] = symbol
    return symbol
  }

  /// A symbol that nothing else is called.
  private mutating func unique(_ name: String) -> Symbol {
    var candidate = Symbol(name)
    var number = 2
    while candidate.map({ taken.contains($0) }) ?? true {
      candidate = Symbol("\(name)_\(number)")
      number += 1
    }
    // The loop only ends with a symbol.
    let symbol = candidate ?? Symbol("N")!
    taken.insert(symbol)
    return symbol
  }
}
