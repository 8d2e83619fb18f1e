extension Contributions {
  /// Residual and dense connections, and what was added to them.
  static let deep: [Contribution] = [
    Contribution(
      "arXiv:1512.03385",
      """
      Observed that plain networks get worse when made deeper, on training data too, so that overfitting is not the \
      cause. Letting each block learn a correction to its input, added back by a shortcut without parameters, removed \
      the effect: 152 layers trained well and won ImageNet 2015. From 50 layers on, a bottleneck of 1x1, 3x3 and 1x1 \
      convolutions keeps the cost down. The paper strides in the first 1x1; most libraries now stride in the 3x3.
      """),
    Contribution(
      "arXiv:1603.05027",
      """
      Moved normalisation and activation before each convolution, so that the shortcut is a clean identity from the \
      first block to the last: signals and gradients pass unchanged. Networks of a thousand layers became trainable. \
      Anything on the shortcut itself, a gate, a scale, a 1x1 convolution, made training harder.
      """),
    Contribution(
      "arXiv:1605.07146",
      """
      Argued that residual networks had become too deep and thin: widening their blocks and stacking fewer gives the \
      same accuracy and trains several times faster, since wide convolutions use a processor better than many thin \
      ones. For ImageNet the inner 3x3 of the bottleneck has twice the channels.
      """),
    Contribution(
      "arXiv:1611.05431",
      """
      Split the bottleneck's 3x3 convolution into many equal groups and summed their results: a third dimension, \
      cardinality, beside depth and width. At equal cost, more groups of fewer channels each do better than fewer \
      wide ones, and the block stays as simple as ResNet's.
      """),
    Contribution(
      "arXiv:1709.01507",
      """
      Let channels weigh each other: the mean of each channel passes through a two-layer bottleneck and a sigmoid, \
      and the result scales the channels (squeeze and excitation). It costs well under one percent more computation \
      and about a tenth more parameters on ResNet-50, which then comes close to ResNet-101. It won ImageNet 2017 \
      and can be put in any block.
      """),
    Contribution(
      "arXiv:1812.01187",
      """
      Collected small changes that add up. In the network: a stem of three 3x3 convolutions, the stride moved off the \
      1x1 convolution that discards three quarters of its input, and average pooling before the shortcut's projection \
      (ResNet-D). In training: cosine decay, label smoothing, mixup and distillation. ResNet-50 gained four points of \
      top-1 accuracy.
      """),
    Contribution(
      "arXiv:1608.06993",
      """
      Connected each layer to all layers before it by concatenating their outputs. Every layer reads the features of \
      all others, so each adds only a few channels (the growth rate), and parameters fall to a third of a residual \
      network's at equal accuracy. A 1x1 bottleneck in the layers and halved channels between blocks keep it compact; \
      memory for the concatenations is the price.
      """),
    Contribution(
      "arXiv:2101.08692",
      """
      Analysed how signals grow through residual networks and replaced batch normalisation by what it was found to \
      do: scaled residual branches that keep the variance known at every block, and weights standardised per filter \
      with a gain for each activation function.
      """),
    Contribution(
      "arXiv:2102.06171",
      """
      Trained networks without normalisation at large batch sizes by clipping each unit's gradient in proportion to \
      its weights. Blocks are those of SE-ResNeXt-D with weight-standardised convolutions, groups of 128 channels, \
      GELU, and a scaled residual sum; depth grows as 1, 2, 6, 3 times the variant's number. It trained several times \
      faster than EfficientNet at equal accuracy.
      """),
  ]
}
