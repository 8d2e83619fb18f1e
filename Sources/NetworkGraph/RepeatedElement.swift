extension Array {
  /// So many times one element.
  ///
  /// As `init(repeating:count:)`, but specialised where it is called: that one asks the runtime for the type of its
  /// storage, which takes longer than to fill an array for the nodes of a small network.
  @inlinable
  package init(_ element: Element, count: Int) {
    self.init(repeatElement(element, count: count))
  }
}
