import NetworkGraph
import SymbolicIntegers

/// Multi-head attention within windows, with a bias for every offset in a window.
///
/// Liu et al. 2021, arXiv:2103.14030, equation 4; version 2 is Liu et al. 2022, arXiv:2111.09883, sections 3.2 and 3.3.
struct WindowAttention {
  var names: ReferenceNames
  var version: Swin.Version
  var heads: Int
  var height: Int
  var width: Int

  private var area: Dimension { Dimension(height) * width }
  private var offsets: Dimension { (Dimension(height) * 2 - 1) * (Dimension(width) * 2 - 1) }
  private var index: FixedValues { .relativePositionIndex(height: height, width: width) }

  func callAsFunction(_ input: Feature, isShifted: Bool) -> Feature {
    let isTimm = names == .timm
    let windows = Windows(height: height, width: width, isShifted: isShifted, padsFirst: !isTimm)
    if !isTimm && version == .v2 { return cosine(input, windows) }
    guard isTimm else {
      let table = input.parameter("relative_position_bias_table", [offsets, Dimension(heads)])
      let bias = bias(table, input.buffer("relative_position_index", index, [area * area], .int64))
      return naming { name in
        windows(input) { x, mask in
          var heads = AttentionHeads(name(x.linear("qkv", x.size(-1) * 3, origin: .function)), heads: Dimension(heads))
          heads.queries = name(heads.queries * attentionFactor(channels: heads.queries.size(-1)))
          let scores = heads.scores(factor: 1) + name(bias)
          let attention = name(masked(scores, by: mask().map(name)).softmax())
          return x.whileHeld { _ in heads.attended(by: attention) }
            .linear("proj", x.size(-1), origin: .function)
        }
      }
    }
    return windows(input) { x, mask in
      x.scope("attn") { x in
        let table = x.parameter("relative_position_bias_table", [offsets, Dimension(heads)])
        let index = x.constant("relative_position_index", index, [area, area], .int64)
        let bias = bias(table, index.flatten(from: 0))
        return naming { name in
          let heads = AttentionHeads(name(x.linear("qkv", x.size(-1) * 3)), heads: Dimension(heads))
          let scores = heads.scores(factor: attentionFactor(channels: heads.queries.size(-1))) + bias
          let attention = masked(scores, by: mask()).softmax(origin: .module).dropout("attn_drop", 0)
          return heads.attended(by: name(attention)).linear("proj", x.size(-1)).dropout("proj_drop", 0)
        }
      }
    }
  }

  /// The bias of each head for each pair of positions, 1 x heads x area x area, from one row per offset.
  private func bias(_ table: Feature, _ index: Feature) -> Feature {
    relativePositionBias(table: table, index: index, area: area)
  }

  private func cosine(_ input: Feature, _ windows: Windows) -> Feature {
    let logits = input.parameter("logit_scale", [Dimension(heads), 1, 1])
    let coordinates = input.buffer(
      "relative_coords_table", .logarithmicOffsets(height: height, width: width),
      [1, Dimension(height) * 2 - 1, Dimension(width) * 2 - 1, 2])
    let index = input.buffer("relative_position_index", index, [area * area], .int64)
    let table = coordinates.scope("cpb_mlp") {
      $0.linear("0", 512).relu("1").linear("2", Dimension(heads), bias: false)
    }.reshaped([offsets, Dimension(heads)])
    let bias = bias(table, index).activation(.sigmoid, "sigmoid", origin: .function) * 16
    let output = naming { name in
      windows(input) { x, mask in
        let heads = AttentionHeads(name(projected(x)), heads: Dimension(heads))
        // The largest scale is 100, whose logarithm this is.
        let scale = logits.activation(.clip(lower: -.infinity, upper: 4.605170185988092), "clamp", origin: .function)
          .apply(.elementwise(Elementwise(.exponential)), "exp", .function)
        let attention = name(masked(heads.cosines * scale + name(bias), by: mask().map(name)).softmax())
        return x.whileHeld { _ in heads.attended(by: attention) }.linear("proj", x.size(-1), origin: .function)
      }
    }
    input.builder.registersHere("cpb_mlp")
    return output
  }

  /// `body`, whose named tensors the reference implementation has names for until it returns.
  private func naming(_ body: (_ name: (Feature) -> Feature) -> Feature) -> Feature {
    var named: [Feature] = []
    let output = body { tensor in
      named.append(tensor)
      return tensor
    }
    for tensor in named { tensor.held(until: output) }
    return output
  }

  /// Queries, keys and values; the keys' part of the bias is there but not used.
  private func projected(_ x: Feature) -> Feature {
    let channels = x.size(-1)
    let product = x.linear("qkv", channels * 3, bias: false, origin: .function)
    return product.scope("qkv") { product in
      let parts = product.parameter("bias", [channels * 3]).split(3, axis: 0)
      let zero = product.constant("zero", .uniform(0), [channels])
      return product + .concatenate([parts[0], zero, parts[2]], axis: 0)
    }
  }
}

/// A learnt bias for every offset between two positions of a window, laid out for each pair: 1 x heads x area x area.
///
/// - Parameters:
///   - table: offsets x heads.
///   - index: the row of each ordered pair of positions.
func relativePositionBias(table: Feature, index: Feature, area: Dimension) -> Feature {
  table.gather("gather", axis: 0, index).reshaped([area, area, table.size(-1)]).transposed([2, 0, 1])
    .apply(.view(.unsqueeze(axes: [0])), "unsqueeze", .function)
}
