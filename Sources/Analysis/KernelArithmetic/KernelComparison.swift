/// Two ways to build the same part of a network, which the literature compares.
public struct KernelComparison: Sendable {
  public var title: String
  public var left: String
  public var right: String
  /// Where the comparison comes from.
  public var source: String
  /// What to see in it.
  public var remark: String

  public init(title: String, left: String, right: String, source: String = "", remark: String = "") {
    self.title = title
    self.left = left
    self.right = right
    self.source = source
    self.remark = remark
  }

  /// The comparisons every course and most papers use.
  public static let literature: [KernelComparison] = [
    KernelComparison(
      title: "one 5x5 versus two 3x3", left: "5x5", right: "3x3,3x3",
      source: "Simonyan and Zisserman 2015, arXiv:1409.1556, section 2.3",
      remark: "the same field with fewer weights and one more nonlinearity, for twice the output memory"),
    KernelComparison(
      title: "one 7x7 versus three 3x3", left: "7x7", right: "3x3,3x3,3x3",
      source: "Simonyan and Zisserman 2015, arXiv:1409.1556, section 2.3", remark: "81 % more weights in the 7x7"),
    KernelComparison(
      title: "7x7 versus 1x7 and 7x1", left: "7x7", right: "1x7,7x1",
      source: "Szegedy et al. 2016, arXiv:1512.00567, section 3.2", remark: "factorised in space: 2/k of the cost"),
    KernelComparison(
      title: "standard versus depthwise-separable", left: "out:kxk", right: "dwkxk,out:1x1",
      source: "Howard et al. 2017, arXiv:1704.04861, section 3.1", remark: "the ratio is 1/C_out + 1/k^2"),
    KernelComparison(
      title: "standard versus grouped", left: "3x3", right: "gG:3x3",
      source: "Krizhevsky et al. 2012; Xie et al. 2017, arXiv:1611.05431", remark: "G groups cost 1/G"),
    KernelComparison(
      title: "dense versus dilated", left: "5x5", right: "d2:3x3", source: "Yu and Koltun 2016, arXiv:1511.07122",
      remark: "the same field from 9 of 25 taps"),
    KernelComparison(
      title: "basic versus bottleneck", left: "3x3,3x3", right: "in4,r4:1x1,r4:3x3,1x1",
      source: "He et al. 2016, arXiv:1512.03385, figure 5",
      remark: "a bottleneck between four times the channels costs about what a basic block does"),
    KernelComparison(
      title: "bottleneck versus inverted bottleneck", left: "r4:1x1,r4:3x3,1x1", right: "e6:1x1,dw3x3,1x1",
      source: "Sandler et al. 2018, arXiv:1801.04381, section 3.3",
      remark: "at equal C the inverted one is wider inside; its blocks are thin where maps are stored"),
    KernelComparison(
      title: "naive versus reduced Inception module", left: "(r2:1x1|e3:r4:3x3|e3:r8:5x5|max3x3)",
      right: "(r2:1x1|r4:1x1,e3:r4:3x3|r4:1x1,e3:r8:5x5|max3x3,r4:1x1)",
      source: "Szegedy et al. 2015, arXiv:1409.4842, figure 2; widths as courses set them for C = 256",
      remark: "at C = 256, H = W = 28: 854 M and 271 M MACs; a total of 358 M for the second counts its 3x3 twice"),
    KernelComparison(
      title: "MBConv versus fused MBConv", left: "e4:1x1,dw3x3,1x1", right: "e4:3x3,1x1",
      source: "Tan and Le 2021, arXiv:2104.00298, figure 2; without squeeze-excitation",
      remark: "more work that runs faster on large maps, where depthwise kernels are bound by memory"),
    KernelComparison(
      title: "dense 21x21 versus large-kernel attention", left: "21x21", right: "dw5x5,d3:dw7x7,1x1,gate",
      source: "Guo et al. 2022, arXiv:2202.09741, section 3.1",
      remark: "5x5 and a dilated 7x7 reach 23, two more than the kernel they stand for"),
    KernelComparison(
      title: "convolution versus global self-attention", left: "3x3", right: "attention",
      source: "Vaswani et al. 2017, arXiv:1706.03762, table 1", remark: "attention is quadratic in HW"),
    KernelComparison(
      title: "global versus windowed self-attention", left: "attention", right: "attention7",
      source: "Liu et al. 2021, arXiv:2103.14030, equations 1 and 2", remark: "windows make it linear in HW"),
  ]
}
