"""Writes tool_prints.csv: what thop, torchinfo, fvcore, FlopCounterMode and ptflops print for networks and single operators.

Source: measurements with torch 2.15, torchvision 0.29.2, thop 0.1.1, torchinfo 1.8.0, fvcore 0.1.5 and ptflops 0.7.5
(PyTorch backend), one row for each case. Argument: the table of measurements.
"""
import csv, sys

columns = {"thop": "thop_macs", "torchinfo": "torchinfo_mult_adds", "fvcore": "fvcore_flops(=MACs)",
           "FlopCounterMode": "torch_FlopCounterMode_flops", "ptflops": "ptflops_pytorch_macs"}
with open(sys.argv[1]) as source:
    rows = [row for row in csv.DictReader(source)]
writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["case", *columns])
for row in rows:
    writer.writerow([row["case"], *[str(int(float(row[key]))) if row[key] else "" for key in columns.values()]])
