extension Contributions {
  /// Attention, and the convolutional networks that answered it.
  static let modern: [Contribution] = [
    Contribution(
      "arXiv:2010.11929",
      """
      Cut the image into 16x16 patches, treated each as a word, and applied a plain transformer encoder with a class \
      token and learned positions. Without the built-in locality of convolutions it needs far more data: trained on \
      ImageNet alone it lost to ResNets, trained on 300 million images it won.
      """),
    Contribution(
      "arXiv:2012.12877",
      """
      Trained vision transformers on ImageNet alone in days on one machine by heavy augmentation and regularisation, \
      and distilled from a convolutional teacher through an extra token. The networks without that token are those of \
      ViT in three widths.
      """),
    Contribution(
      "arXiv:2103.14030",
      """
      Restricted attention to windows of 7x7 patches, so that cost grows with the image's area and not its square, \
      and shifted the windows in every second block so that information crosses their borders. Merging 2x2 patches \
      between stages gives maps at strides 4 to 32, as detectors want them.
      """),
    Contribution(
      "arXiv:2111.09883",
      """
      Scaled Swin to three billion parameters and 1,536-pixel images. Norms moved behind each layer keep activations \
      bounded, attention uses cosines at a learned temperature, and a small network computes the position bias from \
      log-spaced offsets, so that a window of another size can be used after training.
      """),
    Contribution(
      "arXiv:2204.01697",
      """
      Applied attention twice in every block: within windows, then across a sparse grid that spans the whole image, \
      both at linear cost, after an inverted-residual convolution. Global exchange is thus there from the first stage.
      """),
    Contribution(
      "arXiv:2201.09792",
      """
      Kept the patches of vision transformers and dropped attention: depthwise convolutions with large kernels mix \
      positions, 1x1 convolutions mix channels, at one resolution throughout. That such a network does well suggests \
      that patches themselves explain part of the transformers' success.
      """),
    Contribution(
      "arXiv:2201.03545",
      """
      Modernised ResNet-50 step by step towards a Swin transformer without attention, measuring each step: training \
      recipe, stage ratio, patchify stem, depthwise convolution, more width, inverted bottleneck, 7x7 kernels, fewer \
      activations and norms, layer norm, separate downsampling. The result matches Swin at equal cost. The steps and \
      their counts are in Tables 10 and 11.
      """),
    Contribution(
      "arXiv:2301.00808",
      """
      Made masked pre-training work for convolutional networks. ConvNeXt's channels collapsed into duplicates under \
      it, so a global response norm, which lets channels compete by their overall energy, was added after the \
      expansion and layer scale was dropped.
      """),
    Contribution(
      "arXiv:2202.09741",
      """
      Made attention from convolutions alone: a depthwise 5x5, a depthwise 7x7 with dilation 3 and a 1x1 together \
      see 21x21 positions, and their output multiplies the input. It adapts to the content and keeps the image \
      two-dimensional, at linear cost.
      """),
  ]
}
