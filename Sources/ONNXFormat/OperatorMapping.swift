import NetworkGraph

/// The operators of the default ONNX operator set that have a counterpart in the graph or are evaluated while reading.
enum OperatorName: String, CaseIterable {
  case conv = "Conv"
  case convTranspose = "ConvTranspose"
  case maxPool = "MaxPool"
  case averagePool = "AveragePool"
  case lpPool = "LpPool"
  case maxUnpool = "MaxUnpool"
  case globalMaxPool = "GlobalMaxPool"
  case globalAveragePool = "GlobalAveragePool"
  case globalLpPool = "GlobalLpPool"
  case batchNormalization = "BatchNormalization"
  case layerNormalization = "LayerNormalization"
  case groupNormalization = "GroupNormalization"
  case instanceNormalization = "InstanceNormalization"
  case lrn = "LRN"
  case gemm = "Gemm"
  case matMul = "MatMul"

  case relu = "Relu"
  case clip = "Clip"
  case leakyRelu = "LeakyRelu"
  case pRelu = "PRelu"
  case thresholdedRelu = "ThresholdedRelu"
  case sigmoid = "Sigmoid"
  case hardSigmoid = "HardSigmoid"
  case tanh = "Tanh"
  case swish = "Swish"
  case hardSwish = "HardSwish"
  case gelu = "Gelu"
  case mish = "Mish"
  case softplus = "Softplus"
  case softsign = "Softsign"
  case elu = "Elu"
  case selu = "Selu"
  case celu = "Celu"
  case softmax = "Softmax"
  case logSoftmax = "LogSoftmax"

  case add = "Add"
  case sub = "Sub"
  case mul = "Mul"
  case div = "Div"
  case pow = "Pow"
  case mod = "Mod"
  case sum = "Sum"
  case mean = "Mean"
  case min = "Min"
  case max = "Max"
  case equal = "Equal"
  case less = "Less"
  case lessOrEqual = "LessOrEqual"
  case greater = "Greater"
  case greaterOrEqual = "GreaterOrEqual"
  case and = "And"
  case or = "Or"
  case xor = "Xor"
  case not = "Not"
  case exp = "Exp"
  case log = "Log"
  case sqrt = "Sqrt"
  case reciprocal = "Reciprocal"
  case erf = "Erf"
  case abs = "Abs"
  case neg = "Neg"
  case sign = "Sign"
  case floor = "Floor"
  case ceil = "Ceil"
  case round = "Round"
  case sin = "Sin"
  case cos = "Cos"
  case `where` = "Where"

  case concat = "Concat"
  case split = "Split"
  case slice = "Slice"
  case pad = "Pad"
  case reshape = "Reshape"
  case flatten = "Flatten"
  case squeeze = "Squeeze"
  case unsqueeze = "Unsqueeze"
  case transpose = "Transpose"
  case spaceToDepth = "SpaceToDepth"
  case depthToSpace = "DepthToSpace"
  case gather = "Gather"
  case gatherElements = "GatherElements"
  case gatherND = "GatherND"
  case scatter = "Scatter"
  case scatterElements = "ScatterElements"
  case scatterND = "ScatterND"
  case expand = "Expand"
  case tile = "Tile"
  case resize = "Resize"
  case upsample = "Upsample"

  case reduceMean = "ReduceMean"
  case reduceSum = "ReduceSum"
  case reduceMax = "ReduceMax"
  case reduceMin = "ReduceMin"
  case reduceProd = "ReduceProd"
  case reduceSumSquare = "ReduceSumSquare"
  case reduceL1 = "ReduceL1"
  case reduceL2 = "ReduceL2"
  case reduceLogSum = "ReduceLogSum"
  case reduceLogSumExp = "ReduceLogSumExp"

  case cast = "Cast"
  case castLike = "CastLike"
  case identity = "Identity"
  case dropout = "Dropout"
  case dequantizeLinear = "DequantizeLinear"

  case constant = "Constant"
  case constantOfShape = "ConstantOfShape"
  case shape = "Shape"
  case size = "Size"
  case range = "Range"
  case nonZero = "NonZero"

  /// The operator that a node of the file names; nil for one of another set and for one not listed here.
  init?(_ node: NodeProto) {
    guard Self.isDefault(node.domain) else { return nil }
    self.init(rawValue: node.opType)
  }

  /// Whether a domain is that of the default operator set.
  static func isDefault(_ domain: String) -> Bool { domain.isEmpty || domain == "ai.onnx" }
}

/// What one operator of the file comes to.
enum Mapping {
  /// One operator of the graph on the operands at these positions: evaluated where all of them are constant.
  case apply(Operator, [Int])
  /// Already part of the graph, or constant.
  case outputs([Operand?])

  /// An operator of the graph on the first operand.
  static func unary(_ operation: Operator) -> Mapping { .apply(operation, [0]) }
}

extension Importer {
  /// The counterpart of an operator: the one place where the set is opened. The mappings lie in files called like the
  /// operators' own in NetworkGraph.
  mutating func map(_ name: OperatorName, _ call: NodeCall) throws(MappingFailure) -> Mapping {
    switch name {
    case .conv: try convolution(call)
    case .convTranspose: try transposedConvolution(call)
    case .maxPool: try pool(call, .maximum)
    case .averagePool: try averagePool(call)
    case .lpPool: try pool(call, .powerMean(p: call.integer("p") ?? 2))
    case .maxUnpool: try maxUnpool(call)
    case .globalMaxPool: .unary(.adaptivePool(AdaptivePool(.maximum)))
    case .globalAveragePool: .unary(.adaptivePool(AdaptivePool(.average(countIncludePad: true))))
    case .globalLpPool: .unary(.adaptivePool(AdaptivePool(.powerMean(p: try call.integer("p") ?? 2))))
    case .batchNormalization: try batchNorm(call)
    case .layerNormalization: try layerNorm(call)
    case .groupNormalization: try groupNorm(call)
    case .instanceNormalization: try groupNorm(call, groups: nil)
    case .lrn: try localResponseNorm(call)
    case .gemm: try gemm(call)
    case .matMul: try matrixProduct(call)

    case .relu: .unary(.activation(Activation(.relu)))
    case .clip: try clip(call)
    case .leakyRelu: try activation(.leakyReLU(slope: call.real("alpha") ?? 0.01))
    case .pRelu: try parametricReLU(call)
    case .thresholdedRelu: try activation(.thresholdedReLU(threshold: call.real("alpha") ?? 1))
    case .sigmoid: activation(.sigmoid)
    case .hardSigmoid: try activation(.hardSigmoid(alpha: call.real("alpha") ?? 0.2, beta: call.real("beta") ?? 0.5))
    case .tanh: activation(.tanh)
    case .swish: try swish(call)
    case .hardSwish: activation(.hardSwish)
    case .gelu: try gelu(call)
    case .mish: activation(.mish)
    case .softplus: activation(.softplus)
    case .softsign: activation(.softsign)
    case .elu: try activation(.elu(alpha: call.real("alpha") ?? 1))
    case .selu: try selu(call)
    case .celu: try activation(.celu(alpha: call.real("alpha") ?? 1))
    case .softmax: try softmax(call, logarithm: false)
    case .logSoftmax: try softmax(call, logarithm: true)

    case .add: try elementwise(.add, call)
    case .sub: try elementwise(.subtract, call)
    case .mul: try elementwise(.multiply, call)
    case .div: try elementwise(.divide, call)
    case .pow: try elementwise(.power, call)
    case .mod: try elementwise(call.flag("fmod") ? .remainder : .modulo, call)
    case .sum: try elementwise(.add, call)
    case .mean: try elementwise(.mean, call)
    case .min: try elementwise(.minimum, call)
    case .max: try elementwise(.maximum, call)
    case .equal: try elementwise(.equal, call)
    case .less: try elementwise(.less, call)
    case .lessOrEqual: try elementwise(.lessOrEqual, call)
    case .greater: try elementwise(.greater, call)
    case .greaterOrEqual: try elementwise(.greaterOrEqual, call)
    case .and: try elementwise(.and, call)
    case .or: try elementwise(.or, call)
    case .xor: try elementwise(.xor, call)
    case .not: try elementwise(.not, call)
    case .exp: try elementwise(.exponential, call)
    case .log: try elementwise(.logarithm, call)
    case .sqrt: try elementwise(.squareRoot, call)
    case .reciprocal: try elementwise(.reciprocal, call)
    case .erf: try elementwise(.errorFunction, call)
    case .abs: try elementwise(.absolute, call)
    case .neg: try elementwise(.negate, call)
    case .sign: try elementwise(.sign, call)
    case .floor: try elementwise(.floor, call)
    case .ceil: try elementwise(.ceiling, call)
    case .round: try elementwise(.round, call)
    case .sin: try elementwise(.sine, call)
    case .cos: try elementwise(.cosine, call)
    case .where: try elementwise(.where, call)

    case .concat: try concatenation(call)
    case .split: try split(call)
    case .slice: try slice(call)
    case .pad: try pad(call)
    case .reshape: try reshape(call)
    case .flatten: try flatten(call)
    case .squeeze: try squeeze(call)
    case .unsqueeze: try unsqueeze(call)
    case .transpose: try transpose(call)
    case .spaceToDepth: try spaceDepth(call, .spaceToDepth)
    case .depthToSpace: try depthToSpace(call)
    case .gather: try gather(call)
    case .gatherElements: .apply(.gather(Gather(axis: try call.integer("axis") ?? 0, mode: .elements)), [0, 1])
    case .gatherND:
      .apply(.gather(Gather(axis: 0, mode: .tuples(batchAxes: try call.integer("batch_dims") ?? 0))), [0, 1])
    case .scatter, .scatterElements: try scatterElements(call)
    case .scatterND: try scatterND(call)
    case .expand: try expand(call)
    case .tile: try tile(call)
    case .resize: try resize(call)
    case .upsample: try upsample(call)

    case .reduceMean: try reduction(.mean, call)
    case .reduceSum: try reduction(.sum, call, axesAreInputSince: 13)
    case .reduceMax: try reduction(.maximum, call)
    case .reduceMin: try reduction(.minimum, call)
    case .reduceProd: try reduction(.product, call)
    case .reduceSumSquare: try reduction(.sumOfSquares, call)
    case .reduceL1: try reduction(.absoluteSum, call)
    case .reduceL2: try reduction(.euclideanNorm, call)
    case .reduceLogSum: try logarithmicReduction(call, ofExponentials: false)
    case .reduceLogSumExp: try logarithmicReduction(call, ofExponentials: true)

    case .cast: try cast(call)
    case .castLike: .unary(.identity(.cast(try call.type(1).elementType)))
    case .identity: .unary(.identity(.identity))
    case .dropout: try dropout(call)
    case .dequantizeLinear: try dequantize(call)

    case .constant: try constant(call)
    case .constantOfShape: try constantOfShape(call)
    case .shape: try shape(call)
    case .size:
      .outputs([fixed(call, TensorType([], .int64), .elements([.integer(try call.type(0).shape.elementCount)]))])
    case .range: try range(call)
    case .nonZero: try nonZero(call)
    }
  }
}

extension Importer {
  /// The counterpart of an operator that files written here define themselves.
  mutating func map(_ function: LocalFunction, _ call: NodeCall) throws(MappingFailure) -> Mapping {
    switch function {
    case .silu: activation(.silu)
    case .channelPReLU: try parametricReLU(call)
    case .linear: try linear(call, bias: true)
    case .linearWithoutBias: try linear(call, bias: false)
    case .matrixProduct: try orderedProduct(call)
    case .channelShuffle: try channelShuffle(call)
    case .standardizedConvolution: try standardizedConvolution(call, gain: false)
    case .scaledStandardizedConvolution: try standardizedConvolution(call, gain: true)
    case .globalResponseNorm: try globalResponseNorm(call)
    case .unitNormalization: try unitNormalization(call)
    case .channelLayerNorm: try channelLayerNorm(call)
    case .scale: try scale(call, bias: false)
    case .scaleAndShift: try scale(call, bias: true)
    case .multiply: .unary(.affine(Affine(factor: try call.real("factor") ?? 1)))
    case .affine:
      .unary(.affine(Affine(factor: try call.real("factor") ?? 1, offset: try call.real("offset") ?? 0)))
    case .roll: try roll(call, axes: 1)
    case .rollTwice: try roll(call, axes: 2)
    }
  }
}

extension Exporter {
  /// How a node is written: the one place where the operators of the graph are opened.
  mutating func spelling(of call: ExportCall) throws(ExportError) -> Spelling {
    switch call.node.operation {
    case .source: throw call.noCounterpart("a tensor is no operator")
    case .convolution(let operation): try spelling(operation, call)
    case .transposedConvolution(let operation): try spelling(operation, call)
    case .pool(let operation): try spelling(operation, call)
    case .adaptivePool(let operation): try spelling(operation, call)
    case .batchNorm(let operation): try spelling(operation, call)
    case .layerNorm(let operation): try spelling(operation, call)
    case .groupNorm(let operation): try spelling(operation, call)
    case .localResponseNorm(let operation): spelling(operation, call)
    case .globalResponseNorm(let operation): spelling(operation, call)
    case .unitNormalization(let operation): spelling(operation, call)
    case .linear(let operation): spelling(operation, call)
    case .matrixProduct(let operation): spelling(operation, call)
    case .activation(let operation): try spelling(operation, call)
    case .softmax(let operation): spelling(operation, call)
    case .elementwise(let operation): try spelling(operation, call)
    case .scale(let operation): spelling(operation, call)
    case .affine(let operation): spelling(operation, call)
    case .reduction(let operation): spelling(operation, call)
    case .concatenation(let operation): spelling(operation, call)
    case .split(let operation): try spelling(operation, call)
    case .slice(let operation): spelling(operation, call)
    case .pad(let operation): try spelling(operation, call)
    case .view(let operation): try spelling(operation, call)
    case .transpose(let operation): spelling(operation, call)
    case .channelShuffle(let operation): try spelling(operation, call)
    case .spaceDepth(let operation): spelling(operation, call)
    case .gather(let operation): spelling(operation, call)
    case .scatter(let operation): spelling(operation, call)
    case .expand(let operation): try spelling(operation, call)
    case .tile(let operation): try spelling(operation, call)
    case .roll(let operation): try spelling(operation, call)
    case .resize(let operation): try spelling(operation, call)
    case .identity(let operation): try spelling(operation, call)
    case .opaque(let operation): throw call.noCounterpart(operation.reason)
    }
  }
}
