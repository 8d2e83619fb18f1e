import Architectures
import TestSupport
import Testing

@testable import TensorFormats

/// Pictures prepared as published weights expect them, against what torchvision and timm make of one.
@Suite struct PreprocessingTests {
  @Test func `inputs are those that torchvision and timm prepare for their weights, bit for bit`() throws {
    let rows = try Golden.rows("preprocessing.csv")
    #expect(rows.count == 12)
    let picture = try Image(contentsOf: Golden.folder.appending(path: "images/portrait.ppm").path)
    for row in rows {
      let side = try #require(row.number("side"))
      let entry = try #require(Catalog.entry(named: row["model"]))
      let published = try #require(entry.preprocessing(side: side))
      let tensor = try ImagePreprocessing(
        side: published.crop, resizedSide: published.resize, keepsAspect: !published.isSquashed,
        interpolation: published.interpolation == .bicubic ? .bicubic : .bilinear, mean: published.mean,
        standardDeviation: published.standardDeviation
      ).tensor(picture)
      let step = try #require(row.number("step"))
      let samples = stride(from: 0, to: tensor.values.count, by: step).map { tensor.values[$0] }
      #expect(samples == row["values"].split(separator: " ").compactMap { Float($0) }, "\(row["model"])")
      let norm = tensor.values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
      #expect(abs(norm - (Double(row["norm"]) ?? 0)) < 1e-9 * norm, "\(row["model"])")
    }
  }

  /// timm 1.0.31 has trained weights of so many of the networks that torchvision has none of; two models say 1/2.
  @Test func `published preprocessing is known of the networks that have weights`() throws {
    let known = Catalog.entries.compactMap { entry in entry.preprocessing(side: 224).map { (entry.name, $0) } }
    #expect(known.filter { $0.1.source.hasPrefix("timm") }.count == 175)
    #expect(known.filter { $0.1.source.hasPrefix("torchvision") }.count == 80)
    #expect(
      Set(known.filter { $0.1.isSymmetric && $0.1.source.hasPrefix("torchvision") }.map(\.0)) == [
        "efficientnet_v2_l", "googlenet", "inception_v3",
      ])
    // SWAG's weights were trained at 384 pixels.
    let vit = try #require(Catalog.entry(named: "vit_b_16"))
    #expect(vit.preprocessing(side: 224)?.resize == 256)
    #expect(vit.preprocessing(side: 384)?.source == "torchvision's IMAGENET1K_SWAG_E2E_V1")
    #expect(vit.preprocessing(side: 448)?.resize == 512)
    #expect(Catalog.entry(named: "lecun1989")?.preprocessing(side: 16) == nil)
  }
}
