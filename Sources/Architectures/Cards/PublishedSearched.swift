extension PublishedTable {
  /// Networks found by search.
  static let searched = [
    PublishedTable(
      source: "Zoph et al. 2018, Tables 2 and 3",
      why: [
        .parameters: "The layers hold 88,753,150, and 4,033 more with the 1,001 classes of the authors' code.",
        .operations: "The layers of the released cell give the computed count.",
      ],
      rows: [
        Row("nasnetamobile", "5.3M", "564M", "74.0", "91.6"),
        Row("nasnetalarge", "88.9M", "23.8B", "82.7", "96.2", side: 331),
      ]),
    PublishedTable(
      source: "Liu et al. 2018, Tables 4 and 5, as later papers quote them",
      why: [
        .operations: "The layers of the released cell give the computed count; the paper does not name its counter."
      ],
      rows: [
        Row("pnasnet5mobile", "5.1M", "588M", "74.2", "91.9"),
        Row("pnasnet5large", "86.1M", "25.0B", "82.9", "96.2", side: 331),
      ]),
    PublishedTable(
      source: "EfficientNet's comparison, Tan and Le 2019, Table 2", side: 331,
      why: [.operations: "PNASNet's own paper prints 25.0B."],
      rows: [Row("nasnetalarge", "89M", "24B", "82.7"), Row("pnasnet5large", "86M", "23B", "82.9")]),
    PublishedTable(
      source: "Tan et al. 2019, Table 1",
      rows: [Row("semnasnet_100", "3.9M", "312M", "75.2", "92.5")]),
  ]
}
