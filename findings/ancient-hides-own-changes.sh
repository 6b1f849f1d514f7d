#!/usr/bin/env bash
# Snakemake 9.27.1: a job behind ancient() misses its own changes when the job before it is due.
#
# The rule `train` reads ancient("weights.txt"), made by the rule `weights`, and a plain file
# labels.txt, and has params of its own.
#
# Guess, written down before the run: ancient() makes Snakemake ignore the time stamp of
#   weights.txt and no more. When the params of both rules change, one run makes both again,
#   and so it does when weights is due and labels.txt has changed.
#
# Seen: the run makes weights alone and exits 0. The model is still that of the old params (or
#   the old labels). The same command, given once more, finds `train` due and runs it. When
#   nothing but the params of `train` change, it runs at once.
#   Reason (dag.py, update_needrun): what is downstream of a due job is not checked for reasons
#   of its own, as it is thought to be triggered by that job anyway. If all the files that it
#   takes from that job are ancient, it then isn't triggered, "No other reason to run job_".
#
# Why it matters: ancient() is put on pretrained weights, reference data and indices, so that
#   a costly training isn't repeated when they are fetched again. Change these and the rate of
#   the training in one edit of the config, and the run ends well with a table of old numbers.
#   Run until a dry run says "Nothing to be done", or don't use ancient() on what a rule makes.
#
# No report of it was found in Snakemake's issues. Related: #661 and pull request #668, on
# ancient() for files made in the same run; #4166, where a second run is needed as well.
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

cat > Snakefile <<'END'
rule all:
    input: "model.txt"

rule weights:
    output: "weights.txt"
    params: release=config["release"]
    shell: "echo release {params.release} > {output}"

rule train:
    input: weights=ancient("weights.txt"), labels="labels.txt"
    output: "model.txt"
    params: rate=config["rate"]
    shell: "echo rate {params.rate}, $(cat {input.labels}) labels > {output}"
END

run() { # run the workflow with these values of the config, and show what ran
    echo "\$ snakemake --cores 1 --config $*"
    venv/bin/snakemake --cores 1 --config "$@" > log 2>&1 || { cat log; exit 1; }
    sed -n 's/^\(local\)\?rule \(.*\):$/  ran: \2/p; /^Nothing to be done/s/^/  /p' log
    echo "  model.txt: $(cat model.txt)"
}

expect() { # the rules that the last run ran, and the model after it
    [[ $(sed -n 's/^\(local\)\?rule \(.*\):$/\2/p' log | paste -sd ' ') == "$1" && $(cat model.txt) == "$2" ]] ||
        { echo "CHANGED: expected the rules '$1' and the model '$2'"; exit 1; }
}

echo old > labels.txt
run release=1 rate=1
expect "weights train all" "rate 1, old labels"

echo; echo "The params of train change: it runs."
run release=1 rate=2
expect "train all" "rate 2, old labels"

echo; echo "The params of weights and of train change: train does not run, until the next run."
run release=2 rate=3
expect "weights" "rate 2, old labels"
run release=2 rate=3
expect "train all" "rate 3, old labels"

echo; echo "The params of weights and the labels change: the same."
sleep 1
echo new > labels.txt
run release=3 rate=3
expect "weights" "rate 3, old labels"
run release=3 rate=3
expect "train all" "rate 3, new labels"
run release=3 rate=3
expect "" "rate 3, new labels"

echo; echo "As described: ancient() hid the changes of train itself for one run."
