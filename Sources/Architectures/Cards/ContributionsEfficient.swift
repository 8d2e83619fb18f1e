extension Contributions {
  /// Networks for small devices, searched networks, and laws of scaling.
  static let efficient: [Contribution] = [
    Contribution(
      "arXiv:1704.04861",
      """
      Built a whole network from depthwise separable convolutions, eight to nine times cheaper than full 3x3 \
      convolutions, and offered two knobs: a width multiplier for all channels and the input resolution. Cost falls \
      with the square of either. Nearly all work is then in 1x1 convolutions, which are plain matrix products.
      """),
    Contribution(
      "arXiv:1801.04381",
      """
      Turned the residual block inside out: shortcuts join thin layers, and between them a 1x1 convolution widens six \
      times, a depthwise 3x3 filters, and a second 1x1 projects back with no activation after it. An activation on \
      the thin layer would destroy information, the authors argue. Only thin maps need to be kept in memory.
      """),
    Contribution(
      "arXiv:1905.02244",
      """
      Searched the block structure with a measured-latency target, pruned layer by layer, then redesigned the ends by \
      hand: half the stem channels and a last stage that widens after pooling. It adds squeeze-excite with a hard \
      sigmoid and the activation h-swish where they pay. The minimalistic variants leave out squeeze-excite, h-swish \
      and 5x5 kernels, for hardware that dislikes them.
      """),
    Contribution(
      "arXiv:1707.01083",
      """
      Noticed that 1x1 convolutions dominate small networks and put them into groups as well. Since groups would \
      never exchange information, channels are dealt out across groups in between (channel shuffle). The channels \
      saved are spent on width.
      """),
    Contribution(
      "arXiv:1807.11164",
      """
      Measured speed directly rather than counting operations, and drew four rules: equal input and output channels, \
      few groups, no fragmentation, few elementwise operations. The block that follows them splits its channels in \
      half, transforms one half, concatenates and shuffles.
      """),
    Contribution(
      "arXiv:1807.11626",
      """
      Searched for a network with latency measured on a phone as part of the reward, over a space in which every \
      stage chooses its own kernel, expansion, depth and attention. The result mixes 3x3 and 5x5 inverted residuals, \
      some with squeeze-excite (A1). B1 is the same without attention.
      """),
    Contribution(
      "arXiv:1707.07012",
      """
      Searched for a small cell on CIFAR-10 and stacked it for ImageNet: one cell that keeps the side, one that \
      halves it, each a graph of five combinations of separable convolutions and pools over the two cells before. \
      Depth and filters of the stack are then free to choose. The names give them: 6 @ 4032 is six repeats and 4,032 \
      final channels.
      """),
    Contribution(
      "arXiv:1712.00559",
      """
      Searched cells from simple to complex, guided by a model that predicts accuracy from structure, and so needed \
      an eighth of the computation that NASNet's search took. One cell serves both purposes; a stride makes it reduce.
      """),
    Contribution(
      "arXiv:1911.11907",
      """
      Saw that many feature maps are near copies of others and made half of them cheaply: a 1x1 convolution computes \
      some channels, depthwise filters derive the rest from those. In MobileNetV3's layout the exchange saves a third \
      of the work.
      """),
    Contribution(
      "arXiv:1905.11946",
      """
      Scaled depth, width and resolution together at fixed ratios from one searched baseline, B0, so that work grows \
      as two to the power of the coefficient. Scaling one dimension alone saturates early. The released \
      coefficients were rounded by hand: they are not powers of the published ratios.
      """),
    Contribution(
      "arXiv:1911.09665",
      """
      Used adversarial examples as extra training data with batch norms of their own, since their statistics differ \
      from clean images', and so gained accuracy on clean images too. It brought the larger B8.
      """),
    Contribution(
      "arXiv:1911.04252",
      """
      Trained a larger student on labels that a teacher gave to 300 million unlabelled images, with noise on the \
      student only, and repeated with the student as teacher. The largest student, L2, is an EfficientNet wider and \
      deeper than B7 at 800 pixels.
      """),
    Contribution(
      "arXiv:2104.00298",
      """
      Optimised training time as well as size. Early stages replace depthwise convolution and expansion by one full \
      3x3 (Fused-MBConv), which runs faster on accelerators although it counts more; later stages get more layers. \
      Training starts with small images and weak augmentation and raises both together.
      """),
    Contribution(
      "arXiv:2003.13678",
      """
      Designed a space of networks instead of one network, shrinking it step by step while the distribution of \
      errors improved. What is left is simple: block widths follow a quantised straight line of the block index, so \
      five numbers give a network. Good ones have no bottleneck and about 20 blocks. Y adds squeeze-excite to X.
      """),
  ]
}
