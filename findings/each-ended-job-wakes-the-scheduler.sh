#!/usr/bin/env bash
# Snakemake 9.27.1: the limit on how fast jobs are started, on by default and far from being
# reached, makes every job that has ended wake the scheduler once a second from then on.
#
# 40 jobs that end at once, then two that take 15 s each, one after the other on one core. The
# passes of the scheduler are counted, as it is and with the limit taken off.
#
# Guess, written down before the run: a pass for each job that starts or ends, and one a second
#   while it waits, to see whether the limit still holds: some 130. Without the limit, some 90.
#
# Seen: 700 with the limit, 44 without. While the first long job runs and the second is
#   ready, there are some 40 passes a second, one for each job that has ended.
#   Reason: each pass arms a timer of a second (`_schedule_reevalutation`), which leads to a pass,
#   which arms a timer. Nothing ends such a chain as long as a job is ready, and each job that ends
#   begins another one. Each pass lists and sorts the ready jobs.
#
# Why it matters: a fan-out of some hundred short jobs with a few long ones is usual here, and so
#   are runs of hours on the one or two cores of a driver. With 100 jobs of 3 s on two cores, the
#   main process took 9.3 s of processor time with the limit and 3.5 s without. No option takes the
#   limit off (--max-jobs-per-timespan wants a number, and any number keeps the chains); a
#   Snakefile can: `onstart: workflow.scheduler.job_rate_limiter = None`.
#
# Related: issue #3804 (a crash at some 2,660 of 10,000 jobs, too many threads) and pull request
# #3744 look like the same chains.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SNAKEMAKE_PROFILE
export XDG_CACHE_HOME="$work/cache"
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check snakemake==9.27.1

cat > Snakefile <<'EOF'
if config["limit"] == "off":

    onstart:
        workflow.scheduler.job_rate_limiter = None


rule all:
    input: expand("short/{n}", n=range(40)), "long/0", "long/1"

rule short:
    output: "short/{n}"
    priority: 1
    shell: "touch {output}"

rule long:
    output: "long/{n}"
    shell: "sleep 15; touch {output}"
EOF

cat > counted.py <<'EOF'
"""Run Snakemake and write how often its scheduler looked at the open jobs."""
import sys

from snakemake.cli import main
from snakemake.scheduling.job_scheduler import JobScheduler

look, passes = JobScheduler.open_jobs.fget, 0


def counted(scheduler):
    global passes
    passes += 1
    return look(scheduler)


JobScheduler.open_jobs = property(counted)
try:
    main(sys.argv[1:])
finally:
    print(passes, file=open("passes", "w"))
EOF

passes_of() { # with the limit on or off
    rm -rf short long .snakemake
    venv/bin/python counted.py --cores 1 --quiet all --config limit="$1" > log 2>&1 || { cat log; exit 1; }
    cat passes
}

on=$(passes_of on) off=$(passes_of off)
echo "passes of the scheduler: $on with the limit, $off without it"
((on > 300 && off < 150)) || { echo "CHANGED: expected more than 300, and less than 150"; exit 1; }
echo; echo "As described: each ended job wakes the scheduler once a second."
