import NetworkGraph
import SymbolicIntegers

/// Reads a network from a description in YAML; the format is explained in `Documentation/architecture-files.md`.
///
/// Cost: linear in the file and in the layers it unfolds to. ``ArchitectureFileLimits`` bound both, so that no file can
/// keep the reader busy for long.
public enum ArchitectureFile {
  /// The network that the file at `path` describes, called as the file says, else like the file.
  ///
  /// - Parameters:
  ///   - inputShape: takes the place of the shape of the only input, whatever it is called.
  ///   - inputShapes: take the place of the shapes in the file, by the inputs' names. A side that the file writes as a
  ///     symbol gives its value to that symbol wherever the file uses it.
  ///   - assumptions: what takes the place of symbols, the file's own too.
  ///   - settings: values for the file's parameters, each as `name=value` or `name[index]=value`.
  /// - Throws: ``ArchitectureFileError``, with line and column where something in the file is at fault.
  public static func graph(
    contentsOf path: String, inputShape: Shape? = nil, inputShapes: [String: Shape] = [:],
    assumptions: Assumptions? = nil, settings: [String] = []
  ) throws(ArchitectureFileError) -> Graph {
    do throws(ArchitectureFileError) {
      return try graph(
        text: SourceText.read(path), name: stem(path), inputShape: inputShape, inputShapes: inputShapes,
        assumptions: assumptions, settings: settings)
    } catch {
      var error = error
      error.path = path
      throw error
    }
  }

  /// The network that a text describes, called `name` unless the text names it. Errors carry no path.
  static func graph(
    text: String, name: String, inputShape: Shape? = nil, inputShapes: [String: Shape] = [:],
    assumptions: Assumptions? = nil, settings: [String] = []
  ) throws(ArchitectureFileError) -> Graph {
    let description = try DescriptionReader.read(Item(parsing: text))
    var header = try Header(description, settings: settings, assumptions: assumptions)
    let inputs = try header.inputs(inputShape: inputShape, inputShapes: inputShapes)
    var assembler = Assembler(description: description, name: description.name ?? name, environment: header.environment)
    return try assembler.graph(inputs: inputs)
  }

  /// The file's name without folders and extension.
  private static func stem(_ path: String) -> String {
    let name = path.split(separator: "/").last ?? path[...]
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return String(name) }
    return String(name[..<dot])
  }
}

/// The bounds that keep every file quick to read.
public enum ArchitectureFileLimits {
  /// Bytes of a file.
  public static let bytes = 1 << 20
  /// Lists and mappings inside one another, in the file and, through blocks, in the network.
  public static let depth = 64
  /// Layers of the unfolded network, counting every iteration of a repeat and every use of a block.
  public static let layers = 100_000
  /// Characters of one formula.
  public static let formulaLength = 256
  /// Work of the formulas over symbols that one network evaluates, counting every iteration: for each an eighth of its
  /// squared length, in which a power counts a hundred characters.
  public static let symbolicWork = 400_000
  /// Terms and factors of one symbolic size.
  public static let sizeTerms = 256
  /// Terms and factors of all symbolic sizes of a network.
  public static let totalTerms = 1_000_000
  /// Axes of a tensor.
  public static let axes = 8
}
