import NetworkGraph

/// Nodes that are run together: the main graph's, or a function's.
struct Body {
  var nodes: [NodeProto]
  var places: NodePlaces
  /// Values known before the nodes run; a name of which only the first counts.
  var given: [(name: String, operand: Operand?)]
  /// The values asked for.
  var results: [String]
  /// What errors call the body.
  var title: String
}

/// The values of one body, by number; each name is looked up once per occurrence.
struct ValueTable {
  private var numbers: [String: Int] = [:]
  private var names: [String] = []
  private var values: [Operand?] = []
  /// The node that computes each value; -1 where none does.
  private var producers: [Int] = []
  private var isUsed: [Bool] = []
  /// Numbers of all nodes' inputs and outputs; -1 where one is left out.
  private var inputs: [Int] = []
  private var inputStarts: [Int] = []
  private var outputs: [Int] = []
  private var outputStarts: [Int] = []

  init(_ body: Body) throws(ONNXError) {
    let estimate = body.given.count + 2 * body.nodes.count
    numbers.reserveCapacity(estimate)
    names.reserveCapacity(estimate)
    values.reserveCapacity(estimate)
    producers.reserveCapacity(estimate)
    isUsed.reserveCapacity(estimate)
    inputs.reserveCapacity(2 * estimate)
    outputs.reserveCapacity(estimate)
    for (name, operand) in body.given {
      let number = number(of: name)
      if producers[number] == Self.absent {
        producers[number] = Self.given
        values[number] = operand
      }
    }
    // By index: a node is a large value to copy.
    for index in body.nodes.indices {
      inputStarts.append(inputs.count)
      outputStarts.append(outputs.count)
      for name in body.nodes[index].input {
        let number = name.isEmpty ? -1 : number(of: name)
        inputs.append(number)
        if number >= 0 { isUsed[number] = true }
      }
      for name in body.nodes[index].output {
        let number = name.isEmpty ? -1 : number(of: name)
        outputs.append(number)
        guard number >= 0 else { continue }
        guard producers[number] == Self.absent else { throw .duplicateValue(name: name, place: body.title) }
        producers[number] = index
      }
    }
    inputStarts.append(inputs.count)
    outputStarts.append(outputs.count)
    for name in body.results { isUsed[number(of: name)] = true }
  }

  /// Producers of a value that no node computes: one known beforehand, and none.
  private static let given = -1
  private static let absent = -2

  private mutating func number(of name: String) -> Int {
    let next = names.count
    let number = numbers[name, default: next]
    guard number == next else { return number }
    numbers[name] = next
    names.append(name)
    values.append(nil)
    producers.append(Self.absent)
    isUsed.append(false)
    return next
  }

  /// The nodes in an order in which each comes after those it reads: the file's where that is one.
  func order(_ body: Body) throws(ONNXError) -> [Int] {
    let isOrdered = body.nodes.indices.allSatisfy { node in
      inputs[inputStarts[node]..<inputStarts[node + 1]].allSatisfy { $0 < 0 || producers[$0] < node }
    }
    if isOrdered { return Array(body.nodes.indices) }
    var order: [Int] = []
    // 0: not met, 1: waits for what it reads, 2: in order.
    var state = Array(repeating: UInt8(0), count: body.nodes.count)
    for start in body.nodes.indices where state[start] == 0 {
      var stack = [(node: start, next: inputStarts[start])]
      state[start] = 1
      while let (node, next) = stack.last {
        guard next < inputStarts[node + 1] else {
          state[node] = 2
          order.append(node)
          stack.removeLast()
          continue
        }
        stack[stack.count - 1].next += 1
        guard inputs[next] >= 0, producers[inputs[next]] >= 0 else { continue }
        let producer = producers[inputs[next]]
        if state[producer] == 1 { throw .cycle(value: names[inputs[next]], place: body.title) }
        if state[producer] == 0 {
          state[producer] = 1
          stack.append((producer, inputStarts[producer]))
        }
      }
    }
    return order
  }

  /// The operands of a node.
  func operands(of index: Int, place: NodePlace) throws(ONNXError) -> [Operand?] {
    var result: [Operand?] = []
    result.reserveCapacity(inputStarts[index + 1] - inputStarts[index])
    for number in inputs[inputStarts[index]..<inputStarts[index + 1]] {
      if number >= 0, producers[number] == Self.absent {
        throw .missingValue(name: names[number], reader: place.description)
      }
      result.append(number < 0 ? nil : values[number])
    }
    return result
  }

  func outputIsUsed(of index: Int) -> [Bool] {
    outputs[outputStarts[index]..<outputStarts[index + 1]].map { $0 >= 0 && isUsed[$0] }
  }

  mutating func bind(_ results: [Operand?], to index: Int) {
    for (number, result) in zip(outputs[outputStarts[index]..<outputStarts[index + 1]], results) where number >= 0 {
      values[number] = result
    }
  }

  /// The values that the body was asked for.
  func results(_ body: Body) throws(ONNXError) -> [Operand] {
    var results: [Operand] = []
    for name in body.results {
      guard let number = numbers[name], let value = values[number] else {
        throw .missingValue(name: name, reader: "the outputs of \(body.title)")
      }
      results.append(value)
    }
    return results
  }
}
