"""Measures what PyTorch keeps for the backward pass and what an eager inference holds at its peak (CPU, float32).

usage: memory_more.py [--log] library/model[:batch[:side[:setting=value]...]] ...
Prints CSV, with the operator at the peak; --log also lists every storage. memory_more.csv has one line for each of its
models, at its side; dm_nfnet_f0 with drop_rate=0.2 and drop_path_rate=0.25, which its paper trains with.
"""
import sys, weakref
import torch, torchvision, timm
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

torch.set_num_threads(1)
torch.backends.mha.set_fastpath_enabled(False)

SIDES = {"inception_v3": 299, "efficientnet_b3": 300, "efficientnet_v2_s": 384, "legacy_xception": 299}

def make(library, name, settings):
  torch.manual_seed(0)
  if library == "torchvision":
    extra = {"weights": None}
    base = name
    if name in ("googlenet", "googlenet_aux"):
      extra.update(aux_logits=name.endswith("_aux"), init_weights=False); base = "googlenet"
    if name in ("inception_v3", "inception_v3_noaux"):
      extra.update(aux_logits=not name.endswith("_noaux"), init_weights=False); base = "inception_v3"
    return torchvision.models.get_model(base, **extra)
  return timm.create_model(name, pretrained=False, **settings)

def own(model):
  return {t.untyped_storage()._cdata for t in list(model.parameters()) + list(model.buffers())}

def saved(model, x, log):
  model.train()
  excluded = own(model)
  seen, total = {}, 0
  def pack(t):
    nonlocal total
    s = t.untyped_storage()
    if s._cdata not in excluded and s._cdata not in seen:
      seen[s._cdata] = (s, t)
      total += s.nbytes()
      if log: print("saved", s.nbytes(), t.dtype, tuple(t.shape), flush=True)
    return t
  with torch.autograd.graph.saved_tensors_hooks(pack, lambda t: t):
    out = model(x)
  return total

class Live(TorchDispatchMode):
  def __init__(self, excluded, start, log):
    super().__init__()
    self.excluded, self.live, self.peak, self.op, self.known, self.log = excluded, start, start, "", {}, log
  def __torch_dispatch__(self, func, types, args=(), kwargs=None):
    out = func(*args, **(kwargs or {}))
    fresh = 0
    for t in tree_leaves(out):
      if not isinstance(t, torch.Tensor): continue
      s = t.untyped_storage(); key = s._cdata
      if key in self.excluded or key in self.known: continue
      size = s.nbytes()
      self.known[key] = size
      self.live += size; fresh += size
      def gone(key=key, size=size):
        self.known.pop(key, None); self.live -= size
      weakref.finalize(s, gone)
    if self.live > self.peak: self.peak, self.op = self.live, str(func)
    if self.log: print("live", self.live, "new", fresh, func, [tuple(t.shape) for t in tree_leaves(out) if isinstance(t, torch.Tensor)], flush=True)
    return out

def peak(model, x, log):
  model.eval()
  size = x.untyped_storage().nbytes()
  mode = Live(own(model) | {x.untyped_storage()._cdata}, size, log)
  with torch.no_grad(), mode:
    model(x)
  return mode.peak, mode.op

if __name__ == "__main__":
  args = sys.argv[1:]
  log = "--log" in args
  what = [a[2:] for a in args if a in ("--saved", "--peak")] or ["saved", "peak"]
  print("library,model,batch,h,saved_for_backward_bytes,peak_eager_inference_bytes,peak_op")
  for a in args:
    if a.startswith("--"): continue
    parts = a.split(":")
    library, name = parts[0].split("/", 1)
    batch = int(parts[1]) if len(parts) > 1 else 1
    side = int(parts[2]) if len(parts) > 2 else SIDES.get(name, 224)
    x = torch.randn(batch, 3, side, side)
    row = [library, name, batch, side]
    model = make(library, name, {k: float(v) for k, v in (p.split("=") for p in parts[3:])})
    try: row.append(saved(model, x, log) if "saved" in what else "")
    except ValueError as e: row.append("")
    row += list(peak(model, x, log)) if "peak" in what else ["", ""]
    print(*row, sep=",", flush=True)
