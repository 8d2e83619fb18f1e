extension PublishedTable {
  /// Up to Inception.
  static let classics = [
    PublishedTable(
      source: "Zeiler and Fergus 2014, Table 2 (printed as errors)", side: 224,
      rows: [
        Row("alexnet_grouped", nil, nil, "59.5", "81.9", side: 227),
        Row("zfnet", nil, nil, "61.6", "83.5"),
        Row("zfnet_wide", nil, nil, "62.5", "84.0"),
      ]),
    PublishedTable(
      source: "pytorchcv's model table",
      rows: [
        Row("alexnet", "61,100,840", nil), Row("zfnet", "62,357,608", nil), Row("zfnet_wide", "107,627,624", nil),
        Row("squeezenet1_0", "1,248,424", nil), Row("squeezenet1_1", "1,235,496", nil),
      ]),
    PublishedTable(
      source: "Simonyan and Zisserman 2015, Table 2",
      rows: [
        Row("vgg11", "133M", nil), Row("vgg13", "133M", nil), Row("vgg16", "138M", nil), Row("vgg19", "144M", nil),
      ]),
    PublishedTable(
      source: "Szegedy et al. 2015, Table 1, sums quoted by Howard et al. 2017, Table 8",
      why: [
        .parameters: """
        The table's rows count in units of 1,024 and some disagree with the layers they describe: the stem has 2.7K \
        where a 7x7 convolution has 9,408 weights (2.7K is a 7x1 and a 1x7), 4c 463K for 497K, 4d 580K for 590K, 5a \
        1072K for 1018K, 5b 1388K for 1409K.
        """,
        .operations: """
        The stem's row has 34M where a 7x7 convolution on 112x112 positions does 118,013,952 (34M is a 7x1 and a \
        1x7), and other rows are rounded to the million or off by a few.
        """,
      ],
      rows: [Row("googlenet_paper", "6.8M", "1550M", "69.8")]),
    PublishedTable(
      source: "EfficientNet's comparison, Tan and Le 2019, Table 2", side: 299,
      rows: [
        Row("inception_v3", "24M", "5.7B", "78.8"),
        Row("legacy_xception", "23M", "8.4B", "79.0"),
        Row(
          "inception_v4", "48M", "13B", "80.0",
          why: [
            .parameters: "The layers of the paper's figures, and the authors' released weights, hold 42.7M.",
            .operations: "The layers do 12.3 G at 299 pixels; the table rounds up.",
          ]),
        Row("inception_resnet_v2", "56M", "13B", "80.1"),
      ]),
    PublishedTable(
      source: "Zhang et al. 2018 (ShuffleNet), comparison with SqueezeNet",
      why: [.operations: "The layers do 818.9 M; the text does not say what else it counts."],
      rows: [Row("squeezenet1_0", nil, "833M", "57.5")]),
  ]
}
