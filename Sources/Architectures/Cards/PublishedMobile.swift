extension PublishedTable {
  /// Networks for small devices.
  static let mobile = [
    PublishedTable(
      source: "Howard et al. 2017, Tables 6 and 7",
      why: [.operations: "The layers do 290.8 M at 160 pixels; the table cuts digits off."],
      rows: [
        Row("mobilenetv1_100", "4.2M", "569M", "70.6"),
        Row("mobilenetv1_075", "2.6M", "325M", "68.4"), Row("mobilenetv1_050", "1.3M", "149M", "63.7"),
        Row("mobilenetv1_025", "0.5M", "41M", "50.6"), Row("mobilenetv1_100", nil, "418M", "69.1", side: 192),
        Row("mobilenetv1_100", nil, "290M", "67.2", side: 160), Row("mobilenetv1_100", nil, "186M", "64.4", side: 128),
      ]),
    PublishedTable(
      source: "TF-slim's MobileNet v1 checkpoints",
      why: [
        .parameters: """
        No reading of the layers gives the printed count exactly: with TF-slim's 1,001 classes it is 1,025 (or \
        fewer, for thinner networks) above the computed one.
        """,
        .operations: """
        The layers of the scaled table give the computed count; the paper's own table has 325M for 0.75 at 224 \
        pixels, so the checkpoint table is what deviates.
        """,
      ],
      rows: [
        Row("mobilenetv1_100", "4.24M", "569M", "70.9", "89.9"),
        Row("mobilenetv1_100", nil, "418M", "70.0", "89.2", side: 192),
        Row("mobilenetv1_100", nil, "291M", "68.0", "87.7", side: 160),
        Row("mobilenetv1_100", nil, "186M", "65.2", "85.8", side: 128),
        Row("mobilenetv1_075", "2.59M", "317M", "68.4", "88.2"),
        Row("mobilenetv1_075", nil, "233M", "67.2", "87.3", side: 192),
        Row("mobilenetv1_075", nil, "162M", "65.3", "86.0", side: 160),
        Row("mobilenetv1_075", nil, "104M", "62.1", "83.9", side: 128),
        Row("mobilenetv1_050", "1.34M", "150M", "63.3", "84.9"),
        Row("mobilenetv1_050", nil, "110M", "61.7", "83.6", side: 192),
        Row("mobilenetv1_050", nil, "77M", "59.1", "81.9", side: 160),
        Row("mobilenetv1_050", nil, "49M", "56.3", "79.4", side: 128),
        Row("mobilenetv1_025", "0.47M", "41M", "49.8", "74.2"),
        Row("mobilenetv1_025", nil, "34M", "47.7", "72.3", side: 192),
        Row("mobilenetv1_025", nil, "21M", "45.5", "70.3", side: 160),
        Row("mobilenetv1_025", nil, "14M", "41.5", "66.3", side: 128),
      ]),
    PublishedTable(
      source: "docstring of keras.applications.MobileNet",
      why: [.operations: "A slip for 569M, and the docstring has the same 529M for every resolution."],
      rows: [
        Row("mobilenetv1_100", nil, "529M"), Row("mobilenetv1_100", nil, "529M", side: 192),
        Row("mobilenetv1_100", nil, "529M", side: 160), Row("mobilenetv1_100", nil, "529M", side: 128),
      ]),
    PublishedTable(
      source: "Sandler et al. 2018, Table 4",
      why: [
        .parameters: "The released checkpoints hold 3.47M and 6.06M without norms, as the layers give.",
        .operations: "The table of checkpoints has 582M for the 1.4, as the layers give, and cuts 300.8M to 300M.",
      ],
      rows: [
        Row("mobilenet_v2 mobilenetv2_100", "3.4M", "300M", "72.0"), Row("mobilenetv2_140", "6.9M", "585M", "74.7"),
      ]),
    PublishedTable(
      source: "TF-slim's MobileNet v2 checkpoints",
      why: [
        .parameters: "The table leaves out the norms' scales and shifts.",
        .operations: "The table cuts digits off instead of rounding.",
      ],
      rows: mobileNetV2Checkpoints),
    PublishedTable(
      source: "Howard et al. 2019, Tables 3 and 5, and TF-slim's checkpoints",
      why: [
        .parameters: "The table cuts or rounds to a neighbouring digit.",
        .operations: "The table cuts digits off or counts one percent more; it does not name its counter.",
      ],
      rows: [
        Row("mobilenet_v3_large mobilenetv3_large_100 tf_mobilenetv3_large_100", "5.4M", "219M", "75.2"),
        Row("mobilenetv3_large_075 tf_mobilenetv3_large_075", "4.0M", "155M", "73.3"),
        Row("mobilenet_v3_small mobilenetv3_small_100 tf_mobilenetv3_small_100", "2.5M", "56M", "67.4"),
        Row(
          "mobilenet_v3_small mobilenetv3_small_100 tf_mobilenetv3_small_100", "2.9M", "66M", "67.5",
          why: [
            .parameters: "The first version of the paper had another small network, which this one replaced.",
            .operations: "The first version of the paper had another small network, which this one replaced.",
          ]),
        Row("mobilenetv3_small_075 tf_mobilenetv3_small_075", "2.0M", "44M", "65.4"),
        Row("tf_mobilenetv3_large_minimal_100", "3.9M", "209M", "72.3"),
        Row(
          "tf_mobilenetv3_small_minimal_100", "2.0M", "65M", "61.9",
          why: [
            .operations: """
            The released network's layers do 52.3 M; 65M is next to the 66M of the larger small network in the \
            paper's first version.
            """
          ]),
      ]),
    PublishedTable(
      source: "Zhang et al. 2018, Tables 1 and 2 (printed as errors)",
      why: [.operations: "The paper states one budget for all groups of a width; the layers scatter around it."],
      rows: shuffleNets),
    PublishedTable(
      source: "ShuffleNet authors' README",
      why: [.parameters: "The README cuts digits off instead of rounding."],
      rows: [
        Row("shufflenet_v1_g3_x2_0", "5.4M", nil), Row("shufflenet_v1_g3_x1_5", "3.4M", nil),
        Row("shufflenet_v1_g3", "1.9M", nil), Row("shufflenet_v1_g3_x0_5", "0.7M", nil),
        Row("shufflenet_v1_g8_x2_0", "6.5M", nil), Row("shufflenet_v1_g8_x1_5", "4.3M", nil),
        Row("shufflenet_v1_g8", "2.4M", nil), Row("shufflenet_v1_g8_x0_5", "1.0M", nil),
      ]),
    PublishedTable(
      source: "Ma et al. 2018, Table 8, and the authors' README (printed as errors)",
      why: [.operations: "The layers do about one percent less; the paper does not name its counter."],
      rows: [
        Row("shufflenet_v2_x0_5", "1.4M", "41M", "61.1"), Row("shufflenet_v2_x1_0", "2.3M", "146M", "69.4"),
        Row("shufflenet_v2_x1_5", "3.5M", "299M", "72.6"), Row("shufflenet_v2_x2_0", "7.4M", "591M", "75.0"),
      ]),
    PublishedTable(
      source: "Han et al. 2020, Table 7",
      why: [.operations: "The released network is computed; the paper does not name its counter."],
      rows: [Row("ghostnet_100", "5.2M", "141M", "73.9", "91.4")]),
  ]

  private static let mobileNetV2Checkpoints = [
    Row("mobilenetv2_140", "6.06M", "582M", "75.0", "92.5"), Row("mobilenetv2_130", "5.34M", "509M", "74.4", "92.1"),
    Row("mobilenet_v2 mobilenetv2_100", "3.47M", "300M", "71.8", "91.0"),
    Row("mobilenet_v2 mobilenetv2_100", nil, "221M", "70.7", side: 192),
    Row("mobilenet_v2 mobilenetv2_100", nil, "154M", "68.8", side: 160),
    Row("mobilenet_v2 mobilenetv2_100", nil, "99M", "65.3", side: 128),
    Row("mobilenet_v2 mobilenetv2_100", nil, "56M", "60.3", side: 96),
    Row("mobilenetv2_075", "2.61M", "209M", "69.8"), Row("mobilenetv2_075", nil, "153M", "68.7", side: 192),
    Row("mobilenetv2_075", nil, "107M", "66.4", side: 160), Row("mobilenetv2_075", nil, "69M", "63.2", side: 128),
    Row("mobilenetv2_075", nil, "39M", "58.8", side: 96), Row("mobilenetv2_050", "1.95M", "97M", "65.4"),
    Row("mobilenetv2_050", nil, "71M", "63.9", side: 192), Row("mobilenetv2_050", nil, "50M", "61.0", side: 160),
    Row("mobilenetv2_050", nil, "32M", "57.7", side: 128), Row("mobilenetv2_050", nil, "18M", "51.2", side: 96),
    Row("mobilenetv2_035", "1.66M", "59M", "60.3"), Row("mobilenetv2_035", nil, "43M", "58.2", side: 192),
    Row("mobilenetv2_035", nil, "30M", "55.7", side: 160), Row("mobilenetv2_035", nil, "20M", "50.8", side: 128),
    Row("mobilenetv2_035", nil, "11M", "45.5", side: 96),
  ]

  private static let shuffleNets = [
    Row("shufflenet_v1_g1", nil, "143M", "66.4"), Row("shufflenet_v1_g2", nil, "140M", "67.3"),
    Row("shufflenet_v1_g3", nil, "137M", "67.4"), Row("shufflenet_v1_g4", nil, "133M", "67.2"),
    Row("shufflenet_v1_g8", nil, "137M", "67.6"), Row("shufflenet_v1_g1_x0_5", nil, "38M", "54.9"),
    Row("shufflenet_v1_g2_x0_5", nil, "38M", "55.6"), Row("shufflenet_v1_g3_x0_5", nil, "38M", "56.8"),
    Row("shufflenet_v1_g4_x0_5", nil, "38M", "58.4"), Row("shufflenet_v1_g8_x0_5", nil, "38M", "57.7"),
    Row("shufflenet_v1_g1_x0_25", nil, "13M", "42.9"), Row("shufflenet_v1_g2_x0_25", nil, "13M", "43.2"),
    Row("shufflenet_v1_g3_x0_25", nil, "13M", "45.0"), Row("shufflenet_v1_g4_x0_25", nil, "13M", "45.8"),
    Row("shufflenet_v1_g8_x0_25", nil, "13M", "47.3"), Row("shufflenet_v1_g3_x1_5", nil, "292M", "71.5"),
    Row("shufflenet_v1_g3_x2_0", nil, "524M", "73.7"),
  ]
}
