#!/bin/bash
# Joins the stores of the parts that there are and prints the points by score. What no part has tried is tried now.
#SBATCH --job-name=compound-scaling-finish
set -euo pipefail
. "${SEARCH_FOLDER:-Examples/slurm}/search.conf"

"$CONVSCOPE" merge "$RESULTS"/part-*.sqlite -o "$RESULTS/all.sqlite"
"$CONVSCOPE" search "${SEARCH[@]}" --store "$RESULTS/all.sqlite" --evaluate "$COMMAND" --jobs "$JOBS" \
  --timeout "$TIMEOUT" --format csv -o "$RESULTS/all.csv"
"$CONVSCOPE" query "$RESULTS/all.sqlite" --columns alpha,beta,gamma,resolution,parameters,macs,score \
  --order-by -score --limit 20
