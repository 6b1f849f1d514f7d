#!/usr/bin/env bash
# snakemake-executor-plugin-slurm 2.8.0 with Snakemake 9.27.1: `gpu_model` among the default
# resources makes every job ask for a GPU, those without `gpu` too.
#
# Two rules, of which one has `gpu: 1`; --default-resources gpu_model=h100, as a profile says once
# which kind of GPU its site has. A stand-in for sbatch writes down what it is asked.
#
# Guess, written down before the run: gpu_model says which kind, and gpu how many. The rule without
#   gpu asks for none, and the other for --gpus=h100:1.
#
# Seen: both ask for --gpus=h100:1. The only way out is `gpu_model: ""` in each rule without a GPU.
#
# Why it matters: of a pipeline's jobs most need no GPU. They wait in the queue of those that do,
#   hold a GPU each while they run, and where the CPU partition has none they are never started.
#   Nothing fails, so it shows in the bill alone.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SNAKEMAKE_PROFILE
export XDG_CACHE_HOME="$work/cache" ASKED="$work/asked"
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check snakemake==9.27.1 \
    snakemake-executor-plugin-slurm==2.8.0

cat > Snakefile <<'END'
rule all:
    input: "plain.txt", "trained.txt"

rule plain:
    output: "plain.txt"
    shell: "touch {output}"

rule train:
    output: "trained.txt"
    resources: gpu=1
    shell: "touch {output}"
END

mkdir bin
printf '#!/bin/sh\necho "$@" >> "$ASKED"\nexit 1\n' > bin/sbatch
for command in squeue sacct scancel sinfo sacctmgr scontrol sshare; do
    printf '#!/bin/sh\nexit 0\n' > "bin/$command"
done
chmod +x bin/*

# Fails, as nothing is submitted.
PATH="$work/bin:$work/venv/bin:$PATH" snakemake --executor slurm --jobs 2 --retries 0 \
    --latency-wait 0 --default-resources gpu_model=h100 slurm_partition=p slurm_account=a \
    runtime=5 mem_mb=100 > out.txt 2>&1 || true

for rule in plain train; do
    gpus=$(grep "rule_$rule" asked | grep -o -- '--gpus[^ ]*' | head -1 || true)
    echo "$rule asks for: ${gpus:-no GPU}"
    [ "$gpus" = --gpus=h100:1 ] || { echo "the behaviour has changed" >&2; exit 1; }
done
