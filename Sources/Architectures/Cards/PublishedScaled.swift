extension PublishedTable {
  /// Scaled families and design spaces.
  static let scaled = [
    PublishedTable(
      source: "Tan and Le 2019, Table 2",
      why: [
        .parameters: "The layers at the released coefficients hold 9.1M; the table prints a neighbouring digit.",
        .operations: """
        The layers at the released coefficients do one to five percent more or less; the paper does not say what \
        it leaves out.
        """,
      ],
      rows: [
        Row("efficientnet_b0 timm/efficientnet_b0 tf_efficientnet_b0", "5.3M", "0.39B", "76.3", "93.2"),
        Row("efficientnet_b1 timm/efficientnet_b1 tf_efficientnet_b1", "7.8M", "0.70B", "78.8", "94.4", side: 240),
        Row("efficientnet_b2 timm/efficientnet_b2 tf_efficientnet_b2", "9.2M", "1.0B", "79.8", "94.9", side: 260),
        Row("efficientnet_b3 timm/efficientnet_b3 tf_efficientnet_b3", "12M", "1.8B", "81.1", "95.5", side: 300),
        Row("efficientnet_b4 timm/efficientnet_b4 tf_efficientnet_b4", "19M", "4.2B", "82.6", "96.3", side: 380),
        Row("efficientnet_b5 timm/efficientnet_b5 tf_efficientnet_b5", "30M", "9.9B", "83.3", "96.7", side: 456),
        Row("efficientnet_b6 timm/efficientnet_b6 tf_efficientnet_b6", "43M", "19B", "84.0", "96.9", side: 528),
        Row("efficientnet_b7 timm/efficientnet_b7 tf_efficientnet_b7", "66M", "37B", "84.4", "97.1", side: 600),
      ]),
    PublishedTable(
      source: "Tan and Le, version of September 2020, Table 2",
      rows: [
        Row("efficientnet_b0 tf_efficientnet_b0", nil, nil, "77.1"),
        Row("efficientnet_b1 tf_efficientnet_b1", nil, nil, "79.1", side: 240),
        Row("efficientnet_b2 tf_efficientnet_b2", nil, nil, "80.1", side: 260),
        Row("efficientnet_b3 tf_efficientnet_b3", nil, nil, "81.6", side: 300),
        Row("efficientnet_b4 tf_efficientnet_b4", nil, nil, "82.9", side: 380),
        Row("efficientnet_b5 tf_efficientnet_b5", nil, nil, "83.6", side: 456),
        Row("efficientnet_b6 tf_efficientnet_b6", nil, nil, "84.0", side: 528),
        Row("efficientnet_b7 tf_efficientnet_b7", nil, nil, "84.3", side: 600),
      ]),
    PublishedTable(
      source: "pytorchcv's model table",
      rows: [Row("efficientnet_b8 tf_efficientnet_b8", "87,413,142", nil, side: 672)]),
    PublishedTable(
      source: "mmclassification's documentation",
      why: [.operations: "A misplaced point: the layers do 0.39 G and 0.69 G."],
      rows: [Row("efficientnet_b0", nil, "0.02G"), Row("efficientnet_b1", nil, "0.03G", side: 240)]),
    PublishedTable(
      source: "google/automl, efficientnetv2/README.md",
      why: [
        .parameters: "The released network's layers hold one percent less.",
        .operations: "The released network's layers do under one percent less.",
      ],
      rows: [
        Row("efficientnet_v2_s tf_efficientnetv2_s", "21.5M", "8.4B", "83.9", side: 384),
        Row("efficientnet_v2_m tf_efficientnetv2_m", "54.1M", "24.7B", "85.2", side: 480),
        Row("efficientnet_v2_l tf_efficientnetv2_l", "119.5M", "56.3B", "85.7", side: 480),
        Row("tf_efficientnetv2_b0", "7.1M", "0.72B", "78.7", side: 224),
        Row("tf_efficientnetv2_b1", "8.1M", "1.2B", "79.8", side: 240),
        Row("tf_efficientnetv2_b2", "10.1M", "1.7B", "80.5", side: 260),
        Row("tf_efficientnetv2_b3", "14.4M", "3.0B", "82.1", side: 300),
      ]),
    PublishedTable(
      source: "pycls, dev/model_complexity.json and dev/model_error.json (mean of 5 runs, printed as errors)",
      convention: "macs-bias", rows: pycls),
  ]

  /// EfficientNet and RegNet as pycls builds them. Torchvision rounds widths of some sizes up where pycls rounds to even.
  private static let pycls: [Row] =
    [
      Row("efficientnet_b0", "5,288,548", "385,825,092", "75.08"),
      Row("efficientnet_b1", "7,794,184", "686,817,992", "75.932", side: 240),
      Row("efficientnet_b2", "9,109,994", "993,578,282", "76.482", side: 260),
      Row("efficientnet_b3", "12,233,232", "1,827,162,472", "77.53", side: 300),
      Row("efficientnet_b4", "19,341,616", "4,393,801,064", "78.626", side: 380),
      Row("efficientnet_b5", "30,389,784", "10,266,426,072", "78.326", side: 456),
      Row("regnetx_002", "2,684,792", "199,040,872", "68.912"),
      Row("regnetx_004", "5,157,512", "397,678,568", "72.618"),
      Row("regnetx_006", "6,196,040", "600,891,112", "74.136"),
      Row("regnetx_008 regnet_x_800mf", "7,259,656", "799,700,712", "75.154"),
      Row("regnetx_016 regnet_x_1_6gf", "9,190,136", "1,602,850,792", "76.962"),
      Row("regnetx_032 regnet_x_3_2gf", "15,296,552", "3,176,622,952", "78.264"),
      Row("regnetx_040", "22,118,248", "3,964,499,816", "78.644"),
      Row("regnetx_064", "26,209,256", "6,460,292,264", "79.156"),
      Row("regnetx_080 regnet_x_8gf", "39,572,648", "7,995,133,416", "79.272"),
      Row("regnetx_120", "46,106,056", "12,086,679,016", "79.712"),
      Row("regnetx_160 regnet_x_16gf", "54,278,536", "15,940,756,456", "80.044"),
      Row("regnetx_320 regnet_x_32gf", "107,811,560", "31,735,930,792", "80.502"),
      Row("regnety_002", "3,162,996", "199,519,076", "70.342"),
      Row("regnety_004 regnet_y_400mf", "4,344,144", "401,849,056", "74.102"),
      Row("regnety_006", "6,055,160", "601,227,608", "75.46"),
      Row("regnety_008", "6,263,168", "797,183,328", "76.316"),
      Row("regnety_016 regnet_y_1_6gf", "11,202,430", "1,612,087,326", "77.934"),
      Row("regnety_032 regnet_y_3_2gf", "19,436,338", "3,176,496,162", "78.926"),
      Row("regnety_040", "20,646,656", "3,973,301,344", "79.36"),
      Row("regnety_064", "30,583,252", "6,355,221,876", "79.89"),
      Row("regnety_080", "39,180,068", "7,963,074,196", "79.948"),
      Row("regnety_120", "51,822,544", "12,092,395,504", "80.33"),
      Row("regnety_160 regnet_y_16gf", "83,590,140", "15,911,534,044", "80.392"),
      Row("regnety_320 regnet_y_32gf", "145,046,770", "32,279,583,362", "80.934"),
    ]
    + [
      ("regnet_x_400mf", "5,157,512", "397,678,568"), ("regnet_y_800mf", "6,263,168", "797,183,328"),
      ("regnet_y_8gf", "39,180,068", "7,963,074,196"),
    ].map { name, parameters, operations in
      let why = "Torchvision rounds a width that lies midway between multiples of the group width up, pycls to even."
      return Row(
        name, PrintedNumber(parameters), PrintedNumber(operations), why: [.parameters: why, .operations: why])
    }
}
