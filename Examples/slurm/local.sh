#!/bin/bash
# Runs the array of search.sbatch on this machine, without Slurm: one process per part, all at once.
#
#   COMMAND='sh Examples/slurm/score.sh {alpha} {beta} {gamma}' PARTS=4 Examples/slurm/local.sh
set -euo pipefail
export SEARCH_FOLDER=${SEARCH_FOLDER:-Examples/slurm} PARTS=${PARTS:-4}
tasks=()
for part in $(seq "$PARTS"); do
  SLURM_ARRAY_TASK_ID=$part bash "$SEARCH_FOLDER/search.sbatch" & tasks+=($!)
done
for task in "${tasks[@]}"; do wait "$task"; done
bash "$SEARCH_FOLDER/finish.sh"
