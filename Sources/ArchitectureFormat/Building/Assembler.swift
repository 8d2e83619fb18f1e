import NetworkGraph
import SymbolicIntegers

/// Lays the layers of a description out as a graph.
struct Assembler {
  /// What changes from layer to layer within one list and the lists inside it.
  struct Context {
    var environment: Environment
    /// Saved tensors of the file, or of one use of a block.
    var saved: [String: Feature]
    /// Names given in the current scope of parameter names.
    var names = Names()
    var depth = 0
  }

  private let description: Description
  let builder: GraphBuilder
  private var context: Context
  private var evaluator = Evaluator()
  private var budget = Budget()

  init(description: Description, name: String, environment: Environment) {
    self.description = description
    builder = GraphBuilder(name: name)
    context = Context(environment: environment, saved: [:])
  }

  /// The whole network.
  mutating func graph(
    inputs: [(name: String, shape: Shape, place: Place)]
  ) throws(ArchitectureFileError) -> Graph {
    var first: Feature?
    for input in inputs {
      try context.names.take(input.name, at: input.place)
      let feature = builder.input(input.name, TensorType(input.shape))
      try check(feature, at: input.place)
      context.saved[input.name] = feature
      first = first ?? feature
    }
    guard let first else { throw ArchitectureFileError(nil, .missingKey("input", owner: "the file")) }
    let last = try lay(description.layers, on: first)
    var outputs: [(name: String, feature: Feature)] = []
    for (name, word) in description.outputs { outputs.append((name, try saved(word))) }
    if outputs.isEmpty { outputs = [("output", last)] }
    do throws(GraphError) {
      return try builder.finish(outputs: outputs)
    } catch {
      throw ArchitectureFileError(description.place, .network(error))
    }
  }

  // MARK: Layers

  /// A list of layers, each on the output of the one before.
  private mutating func lay(_ layers: [Layer], on input: Feature) throws(ArchitectureFileError) -> Feature {
    guard context.depth <= ArchitectureFileLimits.depth else {
      throw ArchitectureFileError(layers.first?.place ?? description.place, .tooDeep)
    }
    context.depth += 1
    defer { context.depth -= 1 }
    var current = input
    for layer in layers { current = try lay(layer, on: current, defaultName: nil) }
    return current
  }

  /// One layer. `defaultName` is its name where the file gives none.
  private mutating func lay(
    _ layer: Layer, on current: Feature, defaultName: String?
  ) throws(ArchitectureFileError) -> Feature {
    try budget.spend(at: layer.place)
    if let when = layer.when {
      let here = context.environment.reading(current)
      guard try evaluator.condition(when, in: here, owner: layer.kind) else { return current }
    }
    let name = try layer.name.map { (item) throws(ArchitectureFileError) in try written(item) } ?? defaultName
    var inputs: [Feature] = []
    for word in layer.from { inputs.append(try saved(word)) }
    if inputs.isEmpty { inputs = [current] }
    var outputs: [Feature]
    switch layer.body {
    case .save(let word):
      context.saved[word.text] = current
      return current
    case .from(let word):
      return try saved(word)
    case .operation(let form, let settings):
      outputs = try operation(form, settings, layer, inputs, name)
    case .scope(let role, let layers):
      outputs = [try scope(layer, role, name, layers, on: inputs[0])]
    case .repetition(let repetition):
      outputs = [try named(layer, name, on: inputs[0]) { $0.repeated(repetition, layer, on: $1) }]
    case .residual(let residual):
      outputs = [try named(layer, name, on: inputs[0]) { $0.residual(residual, layer, on: $1) }]
    case .branches(let branches):
      outputs = [try named(layer, name, on: inputs[0]) { $0.branched(branches, layer, on: $1) }]
    case .use(let block, let arguments):
      outputs = [try use(block, arguments, layer, name, on: inputs[0])]
    }
    for (word, output) in zip(layer.save, outputs) { context.saved[word.text] = output }
    return outputs[0]
  }

  private mutating func operation(
    _ form: OperatorForm, _ settings: [String: Item], _ layer: Layer, _ inputs: [Feature], _ name: String?
  ) throws(ArchitectureFileError) -> [Feature] {
    var inputs = inputs
    if let item = settings["with"], form.takesSeveral {
      for word in try Word.list(item, key: "with", owner: form.name) { inputs.append(try saved(word)) }
    }
    let name = try self.name(name, of: layer, automatic: form.name)
    var call = Call(
      owner: form.name, place: layer.place, name: name, inputs: inputs, settings: settings,
      environment: context.environment.reading(inputs[0]), evaluator: evaluator)
    let outputs = try form.build(&call)
    evaluator = call.evaluator
    for output in outputs { try check(output, at: layer.place) }
    return outputs
  }

  /// A group, stage or head.
  private mutating func scope(
    _ layer: Layer, _ role: Scope.Role, _ name: String?, _ layers: [Layer], on input: Feature
  ) throws(ArchitectureFileError) -> Feature {
    if role == .head, name == nil {
      return try builder.inScope("head", role: .head, isNamed: false) {
        Result { () throws(ArchitectureFileError) in try lay(layers, on: input) }
      }.get()
    }
    let name = try self.name(name, of: layer, automatic: layer.kind)
    return try inside(name, role) { assembler throws(ArchitectureFileError) in try assembler.lay(layers, on: input) }
  }

  /// Runs `body` in a scope of `name`; without a name in the current one.
  private mutating func named(
    _ layer: Layer, _ name: String?, on input: Feature,
    _ body: (inout Assembler, Feature) -> Result<Feature, ArchitectureFileError>
  ) throws(ArchitectureFileError) -> Feature {
    guard let name else { return try body(&self, input).get() }
    _ = try self.name(name, of: layer, automatic: layer.kind)
    return try inside(name, layer.kind == "residual" ? .block : .plain) { assembler throws(ArchitectureFileError) in
      try body(&assembler, input).get()
    }
  }

  /// Runs `body` in a new scope of parameter names.
  private mutating func inside(
    _ name: String, _ role: Scope.Role, _ body: (inout Assembler) throws(ArchitectureFileError) -> Feature
  ) throws(ArchitectureFileError) -> Feature {
    let outer = context.names
    defer { context.names = outer }
    context.names = Names()
    return try builder.inScope(name, role: role) {
      Result { () throws(ArchitectureFileError) in try body(&self) }
    }.get()
  }

  // MARK: Structures

  private mutating func repeated(
    _ repetition: Repetition, _ layer: Layer, on input: Feature
  ) -> Result<Feature, ArchitectureFileError> {
    Result { () throws(ArchitectureFileError) in
      let table = try IterationTable(repetition, layer, in: context.environment, &evaluator)
      let outer = context.environment
      defer { context.environment = outer }
      var current = input
      for iteration in 0..<table.count {
        try budget.spend(at: layer.place)
        context.environment = outer.adding(table.values(of: iteration))
        let name = String(context.names.iterations)
        context.names.iterations += 1
        if repetition.layers.count == 1 {
          current = try lay(repetition.layers[0], on: current, defaultName: name)
        } else {
          try context.names.take(name, at: layer.place)
          current = try inside(name, .block) { assembler throws(ArchitectureFileError) in
            try assembler.lay(repetition.layers, on: current)
          }
        }
      }
      return current
    }
  }

  private mutating func residual(
    _ residual: Residual, _ layer: Layer, on input: Feature
  ) -> Result<Feature, ArchitectureFileError> {
    Result { () throws(ArchitectureFileError) in
      let output = try lay(residual.layers, on: input)
      var shortcut = input
      switch residual.shortcut {
      case .identity: break
      case .optional: if output.shape != input.shape { return output }
      case .always(let name, let layers):
        shortcut = try branch(name, "shortcut", layers, layer, on: input)
      case .onChange(let name, let layers):
        if output.shape != input.shape { shortcut = try branch(name, "shortcut", layers, layer, on: input) }
      }
      return try joined([output, shortcut], residual.join, layer)
    }
  }

  private mutating func branched(
    _ branches: Branches, _ layer: Layer, on input: Feature
  ) -> Result<Feature, ArchitectureFileError> {
    Result { () throws(ArchitectureFileError) in
      var outputs: [Feature] = []
      for (name, layers) in branches.branches {
        outputs.append(try branch(name, "branch", layers, layer, on: input))
      }
      return outputs.count == 1 ? outputs[0] : try joined(outputs, branches.join, layer)
    }
  }

  /// Layers beside others, in a scope of their own unless there are none.
  private mutating func branch(
    _ name: Item?, _ automatic: String, _ layers: [Layer], _ layer: Layer, on input: Feature
  ) throws(ArchitectureFileError) -> Feature {
    guard !layers.isEmpty else { return input }
    let written = try name.map { (item) throws(ArchitectureFileError) in try self.written(item) }
    let name = try self.name(written, of: layer, automatic: automatic)
    return try inside(name, .plain) { assembler throws(ArchitectureFileError) in try assembler.lay(layers, on: input) }
  }

  private mutating func joined(
    _ features: [Feature], _ join: Join, _ layer: Layer
  ) throws(ArchitectureFileError) -> Feature {
    let name = context.names.automatic(join.word, at: layer.place)
    let output = builder.add(join.operation, to: features, name: name, origin: .function)[0]
    try check(output, at: layer.place)
    return output
  }

  private mutating func use(
    _ use: Word, _ arguments: [Item.Entry], _ layer: Layer, _ name: String?, on input: Feature
  ) throws(ArchitectureFileError) -> Feature {
    guard let block = description.blocks[use.text] else {
      throw ArchitectureFileError(use.place, .unknownBlock(use.text, known: description.blocks.keys.sorted()))
    }
    let owner = "block '\(use.text)'"
    let outside = context.environment.reading(input)
    var frame: [String: Value] = [:]
    for (parameter, _, standard) in block.parameters {
      if let argument = arguments.first(where: { $0.key == parameter }) {
        frame[parameter] = try evaluator.value(argument.value, in: outside, key: parameter, owner: owner)
      } else if let standard {
        let inner = context.environment.forBlock(frame).reading(input)
        frame[parameter] = try evaluator.value(standard, in: inner, key: parameter, owner: owner)
      }
    }
    let name = try self.name(name, of: layer, automatic: use.text)
    let outer = context
    context.environment = outer.environment.forBlock(frame)
    context.saved = ["input": input]
    do throws(ArchitectureFileError) {
      let output = try inside(name, .block) { assembler throws(ArchitectureFileError) in
        try assembler.lay(block.layers, on: input)
      }
      context = outer
      return output
    } catch {
      var error = error
      if error.uses.count < 3 { error.uses.append(.init(block: use.text, place: layer.place)) }
      throw error
    }
  }

  // MARK: Helpers

  /// A name as written, with the formulas in braces replaced by their values.
  private mutating func written(_ item: Item) throws(ArchitectureFileError) -> String {
    guard let text = item.text else {
      throw ArchitectureFileError(
        item.place, .wrongType(key: "name", owner: "a layer", expected: "a word", found: item.summary))
    }
    return try evaluator.interpolated(text, at: item.place, in: context.environment)
  }

  /// Takes the given name, or an automatic one.
  private mutating func name(
    _ given: String?, of layer: Layer, automatic kind: String
  ) throws(ArchitectureFileError) -> String {
    guard let given else { return context.names.automatic(kind, at: layer.place) }
    try context.names.take(given, at: layer.name?.place ?? layer.place)
    return given
  }

  private func saved(_ word: Word) throws(ArchitectureFileError) -> Feature {
    guard let feature = context.saved[word.text] else {
      throw ArchitectureFileError(word.place, .unknownSaved(word.text, known: context.saved.keys.sorted()))
    }
    return feature
  }

  /// Throws what went wrong in the graph, and when its shapes have grown beyond the limits.
  private mutating func check(_ output: Feature, at place: Place) throws(ArchitectureFileError) {
    if let failure = builder.failure { throw ArchitectureFileError(place, .network(failure)) }
    try budget.charge(output.shape, at: place)
  }
}
