import NetworkGraph
import SymbolicIntegers

/// A network as a value: the parameters of its family. Applied to an image it appends its layers.
///
/// Parameter names are those of the reference implementation's state dictionary. The properties of a family are its
/// parameters, and since it is `Codable` each can be changed by name (``with(settings:model:)``).
public protocol Architecture: Codable, Sendable {
  /// The layers from `image`, N x channels x height x width, to the logits, N x classes.
  func callAsFunction(_ image: Feature) -> Feature

  /// The same network with its rules worked out: factors on widths and depths are 1, and what they give stands in the
  /// tables.
  func tabulated() -> Self
}

extension Architecture {
  public func tabulated() -> Self { self }
}

/// Where an architecture was published.
public struct Paper: Hashable, Sendable {
  public var authors: String
  public var year: Int
  public var title: String
  /// Where to find it: an arXiv identifier or a venue.
  public var source: String

  public init(_ authors: String, _ year: Int, _ title: String, _ source: String) {
    self.authors = authors
    self.year = year
    self.title = title
    self.source = source
  }
}

/// A named architecture at its default input size.
public struct CatalogEntry: Sendable {
  /// Unique name, torchvision's where it has the model.
  public let name: String
  public let family: String
  public let paper: Paper
  /// The default input, batch 1.
  public let input: Shape
  public let architecture: any Architecture
  /// The compound coefficient that the authors give the network; 0 for the one that its family is scaled from. Nil where
  /// they say nothing.
  public let phi: Int?

  init(
    _ name: String, family: String, _ paper: Paper, input: Shape, phi: Int? = nil, _ architecture: any Architecture
  ) {
    self.name = name
    self.family = family
    self.paper = paper
    self.input = input
    self.phi = phi
    self.architecture = architecture
  }

  /// The network for an input of `shape`, by default ``input``.
  /// - Throws: ``GraphError`` when the network cannot take such an input.
  public func graph(input shape: Shape? = nil) throws(GraphError) -> Graph {
    let shape = shape ?? input
    guard shape.rank == input.rank else {
      throw .input(name: "input", shape: shape, rule: "\(name) takes \(input.rank) axes, as in \(input)")
    }
    return try Graph(name: name, input: TensorType(shape)) { architecture($0) }
  }

  /// The same network, described without factors (``Architecture/tabulated()``).
  public var tabulated: CatalogEntry {
    CatalogEntry(name, family: family, paper, input: input, phi: phi, architecture.tabulated())
  }

  /// The same entry with parameters of the architecture changed, each as `name=value`; its name tells the changes.
  /// - Throws: ``SettingError``.
  public func with(settings texts: [String]) throws(SettingError) -> CatalogEntry {
    guard !texts.isEmpty else { return self }
    let edited = try architecture.with(settings: texts, model: name)
    return CatalogEntry(
      ([name] + texts).joined(separator: " "), family: family, paper, input: input, phi: phi, edited)
  }
}
