#!/bin/bash
# Runs Snakemake in its own allocation: `sbatch profiles/slurm/driver.sh`, from the checkout.
# Arguments go to Snakemake: `sbatch profiles/slurm/driver.sh --configfile my.yaml`. It submits what
# needs a GPU or much memory, and runs the rest (composites, fits, sheets) on its own cores. After
# any interruption, the same command resumes: see docs/slurm.md. UNDERSTUDY_PROFILE selects another
# profile than profiles/slurm.
#SBATCH --job-name=understudy-driver
#SBATCH --dependency=singleton
#SBATCH --cpus-per-task=8
#SBATCH --mem=32G
#SBATCH --time=7-00:00:00
#SBATCH --requeue
#SBATCH --output=understudy-driver.log
#SBATCH --open-mode=append
# Yours, if the cluster has no defaults: #SBATCH --partition=cpu, #SBATCH --account=lab
set -eu
bin=$PWD/.venv/bin
profile=${UNDERSTUDY_PROFILE:-profiles/slurm}
export PATH=$PWD/profiles/slurm/bin:$PATH  # sbatch waits while the queue is full
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$PWD/.snakemake/cache}  # nodes need not see the home
rm -f .snakemake/queue_refuses
"$bin/understudy" queue wait  # jobs of an earlier driver that was killed
"$bin/snakemake" --workflow-profile "$profile" --unlock "$@" > /dev/null
exec "$bin/snakemake" --workflow-profile "$profile" \
    --local-cores "${SLURM_CPUS_PER_TASK:-4}" "$@"
