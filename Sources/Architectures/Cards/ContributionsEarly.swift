extension Contributions {
  /// Up to the first very deep networks.
  static let early: [Contribution] = [
    Contribution(
      "Neural Computation 1(4)",
      """
      Trained a network of local, weight-shared connections by backpropagation on real handwritten digits from zip \
      codes. Weight sharing built what is known of images (locality, equal treatment of all positions) into the \
      connections instead of learning it, which left fewer than ten thousand free parameters behind a hundred thousand \
      connections.
      """),
    Contribution(
      "Biological Cybernetics 36",
      """
      Arranged two kinds of cells in alternating layers after the visual cortex: S-cells that respond to a local \
      pattern at every position, and C-cells that answer when any S-cell nearby does. Convolution and pooling are \
      these two. Learning was unsupervised and layer by layer; backpropagation came later.
      """),
    Contribution(
      "Proceedings of the IEEE 86(11)",
      """
      Alternated convolutions with trainable sub-sampling for handwritten characters and read whole cheques with the \
      result. Connections from S2 to C3 were sparse, to break symmetry and to keep the count down, and the output was \
      a distance to fixed pictures of the characters rather than a linear classifier.
      """),
    Contribution(
      "NeurIPS 25",
      """
      Won ImageNet 2012 by a wide margin with eight learned layers trained on two graphics processors. Rectified \
      linear units in place of tanh made training several times faster, dropout and image augmentation held the 60 \
      million parameters in check, and the channels of some layers were split in two groups because one device could \
      not hold them.
      """),
    Contribution(
      "arXiv:1404.5997",
      """
      Distributed training by layer type: data parallelism for convolutions, where computation is, and model \
      parallelism for the fully connected layers, where parameters are. The network it used is AlexNet in a single \
      column, without groups and without local response normalisation; libraries offer this one as AlexNet.
      """),
    Contribution(
      "arXiv:1311.2901",
      """
      Looked inside AlexNet by projecting activations back to pixels. The first layer held dead and aliased filters, \
      so the authors shrank its kernel from 11 to 7 and its stride from 4 to 2, which kept more detail and won \
      ImageNet 2013. Wider middle layers helped a little more.
      """),
    Contribution(
      "arXiv:1409.1556",
      """
      Used nothing but 3x3 convolutions and showed that depth pays: 11 to 19 layers. Two stacked 3x3 kernels see as \
      far as one 5x5, three as far as one 7x7, with fewer parameters and more nonlinearities between. Channels double \
      whenever pooling halves the side. Most parameters sit in the first fully connected layer.
      """),
    Contribution(
      "arXiv:1409.4842",
      """
      Computed 1x1, 3x3 and 5x5 convolutions and a pooling side by side and concatenated them (the Inception module). \
      The naive module explodes, because pooling passes all channels on; 1x1 convolutions before the large kernels and \
      after the pool reduce the channels first. With global average pooling in place of large linear layers, 22 \
      layers took a twelfth of AlexNet's parameters. Two auxiliary classifiers fed gradients into the middle during \
      training.
      """),
    Contribution(
      "arXiv:1502.03167",
      """
      Normalised each channel by the mean and variance of the mini-batch, then scaled and shifted it with learned \
      parameters. Higher learning rates and less careful initialisation became possible, and training took a \
      fourteenth of the steps for equal accuracy. The network is GoogLeNet with every 5x5 replaced by two 3x3 \
      convolutions and with strided modules between the stages.
      """),
    Contribution(
      "arXiv:1512.00567",
      """
      Stated design principles for Inception (no early bottlenecks, factorise large kernels) and applied them: 5x5 \
      into two 3x3, 7x7 into 1x7 and 7x1, and a grid reduction that pools and convolves in parallel so that no \
      representation is squeezed. Label smoothing and a batch-normalised auxiliary classifier completed Inception v3.
      """),
    Contribution(
      "arXiv:1602.07261",
      """
      Rebuilt Inception with uniform modules (v4), and combined it with residual connections (Inception-ResNet). \
      Residuals sped training up greatly and changed the final accuracy little. Very wide residual modules needed \
      their outputs scaled down, by 0.1 to 0.3, to train at all.
      """),
    Contribution(
      "arXiv:1610.02357",
      """
      Took the Inception idea to its end: if correlations across channels and across positions can be treated apart, \
      treat them wholly apart. Every convolution becomes a depthwise 3x3 followed by a 1x1, in residual modules. It \
      has as many parameters as Inception v3 and does better.
      """),
    Contribution(
      "arXiv:1602.07360",
      """
      Asked how small a network can be at AlexNet's accuracy: 50 times fewer parameters. Its fire module squeezes \
      channels by a 1x1 convolution and expands them by 1x1 and 3x3 in parallel. Pooling comes late, so maps stay \
      large, and a convolution with global pooling replaces the linear layers. Version 1.1 moves pooling forward and \
      needs 2.4 times less computation.
      """),
  ]
}
