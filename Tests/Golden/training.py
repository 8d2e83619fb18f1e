"""Measures training with PyTorch: operations of the forward and the backward pass, and what autograd keeps.

usage: training.py flops > training_flops.csv; training.py memory > training_memory.csv
Operations are those of FlopCounterMode (two per multiply-accumulate) on the meta device, in training, attention in its
plain form, the input without a gradient. FlopCounterMode multiplies the gradient of a grouped convolution's weight by
the number of groups: `backward_flops` is what it prints, `backward_flops_corrected` takes that factor out again.
Memory is that of memory_more.py. `freeze` names the frozen part as ConvScope does, its modules are the table below.
"""
import sys
import torch, torchvision
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode, conv_backward_flop
from memory_more import make, saved

SIDES = {"inception_v3": 299, "efficientnet_v2_s": 384}

FROZEN = {
  ("resnet18", "stem..layer2"): "conv1 bn1 layer1 layer2",
  ("resnet18", "layer2"): "layer2",
  ("resnet50", "stem..layer4"): "conv1 bn1 layer1 layer2 layer3 layer4",
  ("resnet50", "stem..layer3"): "conv1 bn1 layer1 layer2 layer3",
  ("resnet50", "layer2..layer3"): "layer2 layer3",
  ("resnext50_32x4d", "stem,layer2"): "conv1 bn1 layer2",
  ("densenet121", "features.stem..features.transition2"):
    "features.conv0 features.norm0 features.denseblock1 features.transition1 features.denseblock2 features.transition2",
  ("googlenet_aux", "stage3..stage4"): "inception3a inception3b inception4a inception4b inception4c inception4d inception4e",
  ("mobilenet_v2", "features.stem..features.last"): "features",
  ("mobilenet_v2", "features.stage3..features.stage5"): " ".join(f"features.{i}" for i in range(4, 14)),
  ("efficientnet_b0", "features.4..head"): "features.4 features.5 features.6 features.7 features.8 classifier",
  ("efficientnet_b0", "..features.3"): "features.0 features.1 features.2 features.3",
  ("convnext_tiny", "features.stage2..features.stage3"): "features.2 features.3 features.4 features.5",
  ("vit_b_16", "class_token..encoder.norm"): "class_token conv_proj encoder",
  ("vit_b_16", "encoder.layers"): "encoder.layers",
  ("swin_t", "features.stage1..features.stage2"): "features.1 features.2 features.3",
}
FLOPS = [
  "alexnet", "vgg11_bn", "resnet18", "resnet50", "resnext50_32x4d", "densenet121", "googlenet_aux", "inception_v3",
  "squeezenet1_1", "mobilenet_v2", "mobilenet_v3_large", "mnasnet1_0", "shufflenet_v2_x1_0", "efficientnet_b0",
  "efficientnet_v2_s", "regnet_y_400mf", "convnext_tiny", "vit_b_16", "swin_t", "maxvit_t",
]

def cases(plain):
  return [(name, "") for name in plain] + list(FROZEN)

def model_of(name, freeze):
  model = make("torchvision", name, {})
  prefixes = FROZEN[name, freeze].split() if freeze else []
  for prefix in prefixes:
    assert any(n == prefix or n.startswith(prefix + ".") for n, _ in model.named_parameters()), prefix
  for n, p in model.named_parameters():
    p.requires_grad_(not any(n == prefix or n.startswith(prefix + ".") for prefix in prefixes))
  return model.train()

def without_group_factor(grad, x, w, bias, stride, padding, dilation, transposed, output_padding, groups, mask, *,
                         out_shape, **kwargs):
  def count(mask):
    return conv_backward_flop.__wrapped__(grad, x, w, bias, stride, padding, dilation, transposed, output_padding, groups, mask,
                                          out_shape=out_shape)
  total = count([mask[0], False, False])
  return total + (count([False, True, False]) // groups if mask[1] else 0)

def count(model, x, mapping):
  with sdpa_kernel(SDPBackend.MATH):
    with FlopCounterMode(display=False, custom_mapping=mapping) as forward:
      out = model(x)
    outputs = [out] if isinstance(out, torch.Tensor) else [o for o in out if o is not None]
    with FlopCounterMode(display=False, custom_mapping=mapping) as backward:
      sum(o.sum() for o in outputs).backward()
  return forward.get_total_flops(), backward.get_total_flops()

if __name__ == "__main__":
  if sys.argv[1] == "flops":
    print("model,freeze,batch,h,trainable,forward_flops,backward_flops,backward_flops_corrected")
    for name, freeze in cases(FLOPS):
      model = model_of(name, freeze).to("meta")
      side = SIDES.get(name, 224)
      x = torch.randn(2, 3, side, side, device="meta")
      forward, backward = count(model, x, None)
      _, corrected = count(model, x, {torch.ops.aten.convolution_backward: without_group_factor})
      trainable = sum(p.numel() for p in model.parameters() if p.requires_grad)
      print(name, f'"{freeze}"' if "," in freeze else freeze, 2, side, trainable, forward, backward, corrected, sep=",", flush=True)
  else:
    print("model,freeze,batch,h,saved_for_backward_bytes")
    for name, freeze in FROZEN:
      side = SIDES.get(name, 224)
      bytes = saved(model_of(name, freeze), torch.randn(2, 3, side, side), False)
      print(name, f'"{freeze}"' if "," in freeze else freeze, 2, side, bytes, sep=",", flush=True)
