extension PublishedTable {
  /// Residual, aggregated, recalibrated, dense and norm-free networks.
  static let residual = [
    PublishedTable(
      source: "He et al. 2016, Tables 1 to 4 (10-crop, printed as errors)",
      rows: [
        Row("plain18", nil, "1.8G", "72.06"), Row("plain34", nil, "3.6G", "71.46"),
        Row("resnet18", nil, "1.8G", "72.12"),
        Row(
          "resnet34", nil, "3.6G", "75.48",
          why: [.operations: "The table counts shortcuts without parameters; the three projections add 19.3 M."]),
        Row(
          "resnet50_paper", nil, "3.8G", "77.15",
          why: [.operations: "The layers do 3.86 G, which later papers print; this table cuts digits off."]),
        Row("resnet101_paper", nil, "7.6G", "78.25"),
        Row("resnet152_paper", nil, "11.3G", "78.57"),
      ]),
    PublishedTable(
      source: "Hu et al. 2018, Table 2 (printed as errors)",
      rows: [
        Row("resnet50_paper", "25.6M", "3.86G", "76.70", "93.45"),
        Row(
          "legacy_seresnet50", "28.1M", "3.87G", "77.72", "93.97",
          why: [.operations: "The layers do 3.860 G; averaging the maps for the attention adds 5.5 M additions."]),
      ]),
    PublishedTable(
      source: "released Caffe models of Hu et al. (printed as errors)",
      rows: [
        Row("legacy_seresnet50", nil, nil, "77.63", "93.64"), Row("legacy_seresnet101", nil, nil, "78.25"),
        Row("legacy_seresnet152", nil, nil, "78.66"), Row("legacy_seresnext50_32x4d", nil, nil, "79.03"),
        Row("legacy_seresnext101_32x4d", nil, nil, "80.19"), Row("legacy_senet154", nil, nil, "81.32", "95.53"),
      ]),
    PublishedTable(
      source: "EfficientNet's comparison, Tan and Le 2019, Table 2",
      rows: [
        Row("resnet50", "26M", "4.1B", "76.0"),
        Row(
          "resnet152", "60M", "11B", "77.8",
          why: [
            .operations:
              "With the stride in the 3x3 convolution the layers do 11.5 G; the table's 11.3 G is the paper's."
          ]),
        Row("resnet152_paper", "60M", "11B", "77.8"),
        Row(
          "resnext101_64x4d", "84M", "32B", "80.9", side: 320,
          why: [.parameters: "The layers hold 83.5M, which rounds to 83M."]),
        Row(
          "densenet169", "14M", "3.5B", "76.2",
          why: [.operations: "The layers do 3.36 G; the source does not say what else it counts."]),
        Row(
          "densenet264", "34M", "6.0B", "77.9",
          why: [
            .parameters: "The layers of DenseNet's own table hold 33.3M.",
            .operations: "The layers do 5.8 G; the source does not say what else it counts.",
          ]),
      ]),
    PublishedTable(
      source: "pycls, dev/model_complexity.json and dev/model_error.json (mean of 5 runs, printed as errors)",
      convention: "macs-bias",
      rows: [
        Row("resnet50", "25,557,032", "4,089,185,256", "76.81"),
        Row("resnet101", "44,549,160", "7,801,406,440", "78.586"),
        Row("resnet152", "60,192,808", "11,513,627,624", "79.13"),
        Row("resnext50_32x4d", "25,028,904", "4,230,480,872", "78.116"),
        Row("resnext101_32x4d", "44,177,704", "7,969,997,800", "79.336"),
        Row("resnext152_32x4d", "59,951,400", "11,709,514,728", "79.614"),
      ]),
    PublishedTable(
      source: "Wightman et al. 2021, procedures A1, A2 and A3",
      rows: [
        Row("resnet50", nil, nil, "80.4"), Row("resnet50", nil, nil, "79.8"), Row("resnet50", nil, nil, "78.1"),
      ]),
    PublishedTable(
      source: "mmpretrain's metafile (since corrected)",
      why: [.parameters: "A digit is missing: 21.8M, not 2.18M."], rows: [Row("resnet34", "2.18M", nil)]),
    PublishedTable(
      source: "TF-slim's table of pre-trained models",
      why: [
        .operations: """
        TF-slim strides in the last unit of a stage, not the first, so most of each stage runs on the smaller map.
        """
      ],
      rows: [Row("resnet50", nil, "3500M")]),
    PublishedTable(
      source: "README of thop, earlier versions",
      why: [
        .operations: """
        The same network had 3.53G, 3.86G and 4.14G in turn: binary units (1024 cubed), the stride in the 1x1 \
        convolution, norms and pools counted.
        """
      ],
      rows: [Row("resnet50", nil, "3.53G"), Row("resnet50", nil, "3.86G"), Row("resnet50", nil, "4.14G")]),
    PublishedTable(
      source: "Huang et al. 2017, Table 3 (single crop, printed as errors)",
      rows: [
        Row("densenet121", nil, nil, "74.98", "92.29"), Row("densenet169", nil, nil, "76.20", "93.15"),
        Row("densenet201", nil, nil, "77.42", "93.66"), Row("densenet264", nil, nil, "77.85", "93.88"),
      ]),
    PublishedTable(
      source: "Brock et al. 2021, Table 1 and 3, at the test resolution",
      rows: [
        Row("dm_nfnet_f0", "71.5M", "12.38B", "83.6", "96.8", side: 256),
        Row("dm_nfnet_f1", "132.6M", "35.54B", "84.7", "97.1", side: 320),
        Row("dm_nfnet_f2", "193.8M", "62.59B", "85.1", "97.3", side: 352),
        Row("dm_nfnet_f3", "254.9M", "114.76B", "85.7", "97.5", side: 416),
        Row("dm_nfnet_f4", "316.1M", "215.24B", "85.9", "97.6", side: 512),
        Row("dm_nfnet_f5", "377.2M", "289.76B", "86.0", "97.6", side: 544),
        Row("dm_nfnet_f6", "438.4M", "377.28B", "86.5", "97.9", side: 576),
      ]),
  ]
}
