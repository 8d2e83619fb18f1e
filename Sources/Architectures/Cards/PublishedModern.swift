extension PublishedTable {
  /// Transformers for comparison, and the convolutional networks after them.
  static let modern = [
    PublishedTable(
      source: "ConvNeXt's README",
      why: [
        .parameters: "The layers hold 28.6M; the table cuts digits off.",
        .operations: "The layers do 45.1 G; another table of the same README has 47.0G.",
      ],
      rows: [
        Row("convnext_tiny timm/convnext_tiny", "28M", "4.5G", "82.1"),
        Row("convnext_small timm/convnext_small", "50M", "8.7G", "83.1"),
        Row("convnext_base timm/convnext_base", "89M", "15.4G", "83.8"),
        Row("convnext_base timm/convnext_base", nil, "45.0G", "85.1", side: 384),
        Row("convnext_large timm/convnext_large", "198M", "34.4G", "84.3"),
        Row("convnext_large timm/convnext_large", nil, "101.0G", "85.5", side: 384),
        Row("convnext_xlarge", "350M", "60.9G", "87.0"),
        Row("convnext_xlarge", nil, "179.0G", "87.8", side: 384),
        Row("convnext_isotropic_small", "22M", "4.3G", "78.7"), Row("convnext_isotropic_base", "87M", "16.9G", "82.0"),
        Row("convnext_isotropic_large", "306M", "59.7G", "82.6"),
      ]),
    PublishedTable(
      source: "Guo et al. 2022, Tables 2 and 5",
      why: [
        .operations: "The layers do one percent less; the source does not name its counter."
      ],
      rows: [
        Row("van_b0", "4.1M", "0.9G", "75.4"), Row("van_b1", "13.9M", "2.5G", "81.1"),
        Row("van_b2", "26.6M", "5.0G", "82.8"), Row("van_b3", "44.8M", "9.0G", "83.9"),
        Row("van_b4", "60.3M", "12.2G", "84.2"), Row("van_b5", "90.0M", "17.2G"),
        Row("van_b6", "200M", "38.4G", "87.8"),
      ]),
    PublishedTable(
      source: "Dosovitskiy et al. 2021, Table 1",
      why: [
        .parameters: """
        The table counts without the classifier of 1,000 classes for Base (85.8M), and Large at 32x32 patches, where \
        position embeddings and patches make it 306.5M.
        """
      ],
      rows: [
        Row("vit_b_16", "86M", nil), Row("vit_l_16", "307M", nil), Row("vit_l_32", "307M", nil),
        Row("vit_h_14", "632M", nil, side: 224),
      ]),
    PublishedTable(
      source: "DeiT's README, model zoo",
      why: [.parameters: "The table leaves out the classifier or cuts digits off."],
      rows: [
        Row("deit_tiny_patch16_224", "5M", nil, "72.2", "91.1"),
        Row("deit_small_patch16_224", "22M", nil, "79.9", "95.0"),
        Row("deit_base_patch16_224", "86M", nil, "81.8", "95.6"),
      ]),
    PublishedTable(
      source: "ConvNeXt's comparison, Liu et al. 2022, Tables 10 and 11",
      why: [.operations: "The layers do 4.49 G."],
      rows: [
        Row("swin_t swin_tiny_patch4_window7_224", nil, "4.50G", "81.30"),
        Row("swin_b swin_base_patch4_window7_224", nil, "15.43G", "83.50"),
      ]),
    PublishedTable(
      source: "Trockman and Kolter 2022, Table 1",
      rows: [
        Row("convmixer_1536_20", "51.6M", nil, "81.37"), Row("convmixer_768_32", "21.1M", nil, "80.16"),
        Row("convmixer_1024_20_ks9_p14", "24.4M", nil, "76.94"),
      ]),
    PublishedTable(
      source: "Tu et al. 2022, Table 2", rows: [Row("maxvit_t", "31M", "5.6G", "83.62")]),
  ]
}
