// Written by Tests/Golden/weights.py from torchvision 0.29's weight metadata.

/// The trained weights of torchvision's classification models.
enum TorchvisionWeights {
  /// Every set, in the order of ``table``. A row that lacks a field is left out; a test counts them.
  static let all: [WeightSet] = table.split(separator: "\n").compactMap { line in
    let fields = line.split(separator: " ").map(String.init)
    guard fields.count == 10, let crop = Int(fields[6]), let resize = Int(fields[7]),
      let interpolation = WeightSet.Interpolation(rawValue: fields[8])
    else { return nil }
    let isDefault = fields[1].hasSuffix("*")
    var recipe = fields[9]
    if recipe.hasPrefix("classification") { recipe = "vision/tree/main/references/" + recipe }
    if recipe.hasPrefix("vision/") { recipe = "https://github.com/pytorch/" + recipe }
    func percent(_ text: String) -> PrintedNumber? { text == "-" ? nil : PrintedNumber(text) }
    return WeightSet(
      model: fields[0], name: isDefault ? String(fields[1].dropLast()) : fields[1], isDefault: isDefault,
      top1: percent(fields[2]), top5: percent(fields[3]), parameters: PrintedNumber(fields[4]),
      operations: PrintedNumber(fields[5] + "G"), crop: crop, resize: resize, interpolation: interpolation,
      recipe: recipe)
  }

  /// Model, set (a star marks DEFAULT), top-1, top-5, parameters, GMACs, crop, resize, interpolation, recipe.
  private static let table = """
    alexnet IMAGENET1K_V1* 56.522 79.066 61100840 0.714 224 256 bilinear classification#alexnet-and-vgg
    convnext_base IMAGENET1K_V1* 84.062 96.87 88591464 15.355 224 232 bilinear classification#convnext
    convnext_large IMAGENET1K_V1* 84.414 96.976 197767336 34.361 224 232 bilinear classification#convnext
    convnext_small IMAGENET1K_V1* 83.616 96.65 50223688 8.684 224 230 bilinear classification#convnext
    convnext_tiny IMAGENET1K_V1* 82.52 96.146 28589128 4.456 224 236 bilinear classification#convnext
    densenet121 IMAGENET1K_V1* 74.434 91.972 7978856 2.834 224 256 bilinear vision/pull/116
    densenet161 IMAGENET1K_V1* 77.138 93.56 28681000 7.728 224 256 bilinear vision/pull/116
    densenet169 IMAGENET1K_V1* 75.6 92.806 14149480 3.36 224 256 bilinear vision/pull/116
    densenet201 IMAGENET1K_V1* 76.896 93.37 20013928 4.291 224 256 bilinear vision/pull/116
    efficientnet_b0 IMAGENET1K_V1* 77.692 93.532 5288548 0.386 224 256 bicubic classification#efficientnet-v1
    efficientnet_b1 IMAGENET1K_V1 78.642 94.186 7794184 0.687 240 256 bicubic classification#efficientnet-v1
    efficientnet_b1 IMAGENET1K_V2* 79.838 94.934 7794184 0.687 240 255 bilinear vision/issues/3995#new-recipe-with-lr-wd-crop-tuning
    efficientnet_b2 IMAGENET1K_V1* 80.608 95.31 9109994 1.088 288 288 bicubic classification#efficientnet-v1
    efficientnet_b3 IMAGENET1K_V1* 82.008 96.054 12233232 1.827 300 320 bicubic classification#efficientnet-v1
    efficientnet_b4 IMAGENET1K_V1* 83.384 96.594 19341616 4.394 380 384 bicubic classification#efficientnet-v1
    efficientnet_b5 IMAGENET1K_V1* 83.444 96.628 30389784 10.266 456 456 bicubic classification#efficientnet-v1
    efficientnet_b6 IMAGENET1K_V1* 84.008 96.916 43040704 19.068 528 528 bicubic classification#efficientnet-v1
    efficientnet_b7 IMAGENET1K_V1* 84.122 96.908 66347960 37.746 600 600 bicubic classification#efficientnet-v1
    efficientnet_v2_l IMAGENET1K_V1* 85.808 97.788 118515272 56.08 480 480 bicubic classification#efficientnet-v2
    efficientnet_v2_m IMAGENET1K_V1* 85.112 97.156 54139356 24.582 480 480 bilinear classification#efficientnet-v2
    efficientnet_v2_s IMAGENET1K_V1* 84.228 96.878 21458488 8.366 384 384 bilinear classification#efficientnet-v2
    googlenet IMAGENET1K_V1* 69.778 89.53 6624904 1.498 224 256 bilinear classification#googlenet
    inception_v3 IMAGENET1K_V1* 77.294 93.45 27161264 5.713 299 342 bilinear classification#inception-v3
    maxvit_t IMAGENET1K_V1* 83.7 96.722 30919624 5.558 224 224 bicubic classification#maxvit
    mnasnet0_5 IMAGENET1K_V1* 67.734 87.49 2218512 0.104 224 256 bilinear https://github.com/1e100/mnasnet_trainer
    mnasnet0_75 IMAGENET1K_V1* 71.18 90.496 3170208 0.215 224 232 bilinear vision/pull/6019
    mnasnet1_0 IMAGENET1K_V1* 73.456 91.51 4383312 0.314 224 256 bilinear https://github.com/1e100/mnasnet_trainer
    mnasnet1_3 IMAGENET1K_V1* 76.506 93.522 6282256 0.526 224 232 bilinear vision/pull/6019
    mobilenet_v2 IMAGENET1K_V1 71.878 90.286 3504872 0.301 224 256 bilinear classification#mobilenetv2
    mobilenet_v2 IMAGENET1K_V2* 72.154 90.822 3504872 0.301 224 232 bilinear vision/issues/3995#new-recipe-with-reg-tuning
    mobilenet_v3_large IMAGENET1K_V1 74.042 91.34 5483032 0.217 224 256 bilinear classification#mobilenetv3-large--small
    mobilenet_v3_large IMAGENET1K_V2* 75.274 92.566 5483032 0.217 224 232 bilinear vision/issues/3995#new-recipe-with-reg-tuning
    mobilenet_v3_small IMAGENET1K_V1* 67.668 87.402 2542856 0.057 224 256 bilinear classification#mobilenetv3-large--small
    regnet_x_16gf IMAGENET1K_V1 80.058 94.944 54278536 15.941 224 256 bilinear classification#medium-models
    regnet_x_16gf IMAGENET1K_V2* 82.716 96.196 54278536 15.941 224 232 bilinear vision/issues/3995#new-recipe
    regnet_x_1_6gf IMAGENET1K_V1 77.04 93.44 9190136 1.603 224 256 bilinear classification#small-models
    regnet_x_1_6gf IMAGENET1K_V2* 79.668 94.922 9190136 1.603 224 232 bilinear vision/issues/3995#new-recipe-with-fixres
    regnet_x_32gf IMAGENET1K_V1 80.622 95.248 107811560 31.736 224 256 bilinear classification#large-models
    regnet_x_32gf IMAGENET1K_V2* 83.014 96.288 107811560 31.736 224 232 bilinear vision/issues/3995#new-recipe
    regnet_x_3_2gf IMAGENET1K_V1 78.364 93.992 15296552 3.177 224 256 bilinear classification#medium-models
    regnet_x_3_2gf IMAGENET1K_V2* 81.196 95.43 15296552 3.177 224 232 bilinear vision/issues/3995#new-recipe
    regnet_x_400mf IMAGENET1K_V1 72.834 90.95 5495976 0.414 224 256 bilinear classification#small-models
    regnet_x_400mf IMAGENET1K_V2* 74.864 92.322 5495976 0.414 224 232 bilinear vision/issues/3995#new-recipe-with-fixres
    regnet_x_800mf IMAGENET1K_V1 75.212 92.348 7259656 0.8 224 256 bilinear classification#small-models
    regnet_x_800mf IMAGENET1K_V2* 77.522 93.826 7259656 0.8 224 232 bilinear vision/issues/3995#new-recipe-with-fixres
    regnet_x_8gf IMAGENET1K_V1 79.344 94.686 39572648 7.995 224 256 bilinear classification#medium-models
    regnet_x_8gf IMAGENET1K_V2* 81.682 95.678 39572648 7.995 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_128gf IMAGENET1K_SWAG_E2E_V1* 88.228 98.682 644812894 374.57 384 384 bicubic https://github.com/facebookresearch/SWAG
    regnet_y_128gf IMAGENET1K_SWAG_LINEAR_V1 86.068 97.844 644812894 127.518 224 224 bicubic vision/pull/5793
    regnet_y_16gf IMAGENET1K_V1 80.424 95.24 83590140 15.912 224 256 bilinear classification#large-models
    regnet_y_16gf IMAGENET1K_V2* 82.886 96.328 83590140 15.912 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_16gf IMAGENET1K_SWAG_E2E_V1 86.012 98.054 83590140 46.735 384 384 bicubic https://github.com/facebookresearch/SWAG
    regnet_y_16gf IMAGENET1K_SWAG_LINEAR_V1 83.976 97.244 83590140 15.912 224 224 bicubic vision/pull/5793
    regnet_y_1_6gf IMAGENET1K_V1 77.95 93.966 11202430 1.612 224 256 bilinear classification#small-models
    regnet_y_1_6gf IMAGENET1K_V2* 80.876 95.444 11202430 1.612 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_32gf IMAGENET1K_V1 80.878 95.34 145046770 32.28 224 256 bilinear classification#large-models
    regnet_y_32gf IMAGENET1K_V2* 83.368 96.498 145046770 32.28 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_32gf IMAGENET1K_SWAG_E2E_V1 86.838 98.362 145046770 94.826 384 384 bicubic https://github.com/facebookresearch/SWAG
    regnet_y_32gf IMAGENET1K_SWAG_LINEAR_V1 84.622 97.48 145046770 32.28 224 224 bicubic vision/pull/5793
    regnet_y_3_2gf IMAGENET1K_V1 78.948 94.576 19436338 3.176 224 256 bilinear classification#medium-models
    regnet_y_3_2gf IMAGENET1K_V2* 81.982 95.972 19436338 3.176 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_400mf IMAGENET1K_V1 74.046 91.716 4344144 0.402 224 256 bilinear classification#small-models
    regnet_y_400mf IMAGENET1K_V2* 75.804 92.742 4344144 0.402 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_800mf IMAGENET1K_V1 76.42 93.136 6432512 0.834 224 256 bilinear classification#small-models
    regnet_y_800mf IMAGENET1K_V2* 78.828 94.502 6432512 0.834 224 232 bilinear vision/issues/3995#new-recipe
    regnet_y_8gf IMAGENET1K_V1 80.032 95.048 39381472 8.473 224 256 bilinear classification#medium-models
    regnet_y_8gf IMAGENET1K_V2* 82.828 96.33 39381472 8.473 224 232 bilinear vision/issues/3995#new-recipe
    resnet101 IMAGENET1K_V1 77.374 93.546 44549160 7.801 224 256 bilinear classification#resnet
    resnet101 IMAGENET1K_V2* 81.886 95.78 44549160 7.801 224 232 bilinear vision/issues/3995#new-recipe
    resnet152 IMAGENET1K_V1 78.312 94.046 60192808 11.514 224 256 bilinear classification#resnet
    resnet152 IMAGENET1K_V2* 82.284 96.002 60192808 11.514 224 232 bilinear vision/issues/3995#new-recipe
    resnet18 IMAGENET1K_V1* 69.758 89.078 11689512 1.814 224 256 bilinear classification#resnet
    resnet34 IMAGENET1K_V1* 73.314 91.42 21797672 3.664 224 256 bilinear classification#resnet
    resnet50 IMAGENET1K_V1 76.13 92.862 25557032 4.089 224 256 bilinear classification#resnet
    resnet50 IMAGENET1K_V2* 80.858 95.434 25557032 4.089 224 232 bilinear vision/issues/3995#issuecomment-1013906621
    resnext101_32x8d IMAGENET1K_V1 79.312 94.526 88791336 16.414 224 256 bilinear classification#resnext
    resnext101_32x8d IMAGENET1K_V2* 82.834 96.228 88791336 16.414 224 232 bilinear vision/issues/3995#new-recipe-with-fixres
    resnext101_64x4d IMAGENET1K_V1* 83.246 96.454 83455272 15.46 224 232 bilinear vision/pull/5935
    resnext50_32x4d IMAGENET1K_V1 77.618 93.698 25028904 4.23 224 256 bilinear classification#resnext
    resnext50_32x4d IMAGENET1K_V2* 81.198 95.34 25028904 4.23 224 232 bilinear vision/issues/3995#new-recipe
    shufflenet_v2_x0_5 IMAGENET1K_V1* 60.552 81.746 1366792 0.04 224 256 bilinear https://github.com/ericsun99/Shufflenet-v2-Pytorch
    shufflenet_v2_x1_0 IMAGENET1K_V1* 69.362 88.316 2278604 0.145 224 256 bilinear https://github.com/ericsun99/Shufflenet-v2-Pytorch
    shufflenet_v2_x1_5 IMAGENET1K_V1* 72.996 91.086 3503624 0.296 224 232 bilinear vision/pull/5906
    shufflenet_v2_x2_0 IMAGENET1K_V1* 76.23 93.006 7393996 0.583 224 232 bilinear vision/pull/5906
    squeezenet1_0 IMAGENET1K_V1* 58.092 80.42 1248424 0.819 224 256 bilinear vision/pull/49#issuecomment-277560717
    squeezenet1_1 IMAGENET1K_V1* 58.178 80.624 1235496 0.349 224 256 bilinear vision/pull/49#issuecomment-277560717
    swin_b IMAGENET1K_V1* 83.582 96.64 87768224 15.431 224 238 bicubic classification#swintransformer
    swin_s IMAGENET1K_V1* 83.196 96.36 49606258 8.741 224 246 bicubic classification#swintransformer
    swin_t IMAGENET1K_V1* 81.474 95.776 28288354 4.491 224 232 bicubic classification#swintransformer
    swin_v2_b IMAGENET1K_V1* 84.112 96.864 87930848 20.325 256 272 bicubic classification#swintransformer-v2
    swin_v2_s IMAGENET1K_V1* 83.712 96.816 49737442 11.546 256 260 bicubic classification#swintransformer-v2
    swin_v2_t IMAGENET1K_V1* 82.072 96.132 28351570 5.94 256 260 bicubic classification#swintransformer-v2
    vgg11 IMAGENET1K_V1* 69.02 88.628 132863336 7.609 224 256 bilinear classification#alexnet-and-vgg
    vgg11_bn IMAGENET1K_V1* 70.37 89.81 132868840 7.609 224 256 bilinear classification#alexnet-and-vgg
    vgg13 IMAGENET1K_V1* 69.928 89.246 133047848 11.308 224 256 bilinear classification#alexnet-and-vgg
    vgg13_bn IMAGENET1K_V1* 71.586 90.374 133053736 11.308 224 256 bilinear classification#alexnet-and-vgg
    vgg16 IMAGENET1K_V1* 71.592 90.382 138357544 15.47 224 256 bilinear classification#alexnet-and-vgg
    vgg16 IMAGENET1K_FEATURES - - 138357544 15.47 224 256 bilinear https://github.com/amdegroot/ssd.pytorch#training-ssd
    vgg16_bn IMAGENET1K_V1* 73.36 91.516 138365992 15.47 224 256 bilinear classification#alexnet-and-vgg
    vgg19 IMAGENET1K_V1* 72.376 90.876 143667240 19.632 224 256 bilinear classification#alexnet-and-vgg
    vgg19_bn IMAGENET1K_V1* 74.218 91.842 143678248 19.632 224 256 bilinear classification#alexnet-and-vgg
    vit_b_16 IMAGENET1K_V1* 81.072 95.318 86567656 17.564 224 256 bilinear classification#vit_b_16
    vit_b_16 IMAGENET1K_SWAG_E2E_V1 85.304 97.65 86859496 55.484 384 384 bicubic https://github.com/facebookresearch/SWAG
    vit_b_16 IMAGENET1K_SWAG_LINEAR_V1 81.886 96.18 86567656 17.564 224 224 bicubic vision/pull/5793
    vit_b_32 IMAGENET1K_V1* 75.912 92.466 88224232 4.409 224 256 bilinear classification#vit_b_32
    vit_h_14 IMAGENET1K_SWAG_E2E_V1* 88.552 98.694 633470440 1016.717 518 518 bicubic https://github.com/facebookresearch/SWAG
    vit_h_14 IMAGENET1K_SWAG_LINEAR_V1 85.708 97.73 632045800 167.295 224 224 bicubic vision/pull/5793
    vit_l_16 IMAGENET1K_V1* 79.662 94.638 304326632 61.555 224 242 bilinear classification#vit_l_16
    vit_l_16 IMAGENET1K_SWAG_E2E_V1 88.064 98.512 305174504 361.986 512 512 bicubic https://github.com/facebookresearch/SWAG
    vit_l_16 IMAGENET1K_SWAG_LINEAR_V1 85.146 97.422 304326632 61.555 224 224 bicubic vision/pull/5793
    vit_l_32 IMAGENET1K_V1* 76.972 93.07 306535400 15.378 224 256 bilinear classification#vit_l_32
    wide_resnet101_2 IMAGENET1K_V1 78.848 94.284 126886696 22.753 224 256 bilinear vision/pull/912#issue-445437439
    wide_resnet101_2 IMAGENET1K_V2* 82.51 96.02 126886696 22.753 224 232 bilinear vision/issues/3995#new-recipe
    wide_resnet50_2 IMAGENET1K_V1 78.468 94.086 68883240 11.398 224 256 bilinear vision/pull/912#issue-445437439
    wide_resnet50_2 IMAGENET1K_V2* 81.602 95.758 68883240 11.398 224 232 bilinear vision/issues/3995#new-recipe-with-fixres
    """
}
