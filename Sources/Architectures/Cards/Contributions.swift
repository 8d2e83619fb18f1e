/// What each paper changed, told once a paper and found by where the paper is.
struct Contribution: Sendable {
  /// ``Paper/source`` of the entries it belongs to.
  var paper: String
  var text: String

  init(_ paper: String, _ text: String) {
    self.paper = paper
    self.text = text
  }
}

/// Every paper's contribution.
enum Contributions {
  static let all = early + deep + efficient + modern
}
