/// A step in the history of convolutional networks.
public struct Milestone: Sendable {
  public let name: String
  public let paper: Paper
  /// What the work brought, in a sentence, where it is not a family of the catalogue.
  public let contribution: String?
  /// The catalogue's first model of the family; nil where there is no network to measure.
  public let model: String?
}

/// The history of the field: every family of the catalogue, and works that left no network to measure.
public enum Timeline {
  /// What was not trained by gradient descent, or not a network in today's sense.
  private static let precursors = [
    Milestone(
      name: "Neocognitron",
      paper: Paper(
        "Fukushima", 1980,
        "Neocognitron: A Self-organizing Neural Network Model for a Mechanism of Pattern Recognition Unaffected by "
          + "Shift in Position", "Biological Cybernetics 36"),
      contribution: "Layers of cells that share a pattern of weights at every place alternate with layers that pool "
        + "neighbours: the structure of convolutional networks, learnt layer by layer without a teacher.",
      model: nil)
  ]

  /// All milestones, oldest first.
  public static var milestones: [Milestone] {
    var families: [String] = []
    var milestones = precursors
    for entry in Catalog.entries where families.last != entry.family {
      families.append(entry.family)
      milestones.append(Milestone(name: entry.family, paper: entry.paper, contribution: nil, model: entry.name))
    }
    return milestones
  }
}
