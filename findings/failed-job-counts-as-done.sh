#!/usr/bin/env bash
# Snakemake 9.27.1: after a job has failed, the next run may say "Nothing to be done".
#
# The rule `train` writes model.txt from labels.txt and the epochs in its params; the rule
# `score` reads model.txt and writes score.txt, which is what is asked for.
#
# Guess, written down before the run: when the params change and `train` fails, Snakemake
#   deletes its output, or puts the old one back if it is flagged update(). Either way the job
#   is still to be done, and the next run with the same config tries it again.
#
# Seen: the next run, and each one after it, says "Nothing to be done" and exits 0. The score is
#   still that of the old params. The same with a changed labels.txt in place of changed params.
#   - A plain model.txt is gone. --rerun-incomplete makes no difference; asking for model.txt by
#     name makes it again.
#   - With update() the old model.txt is back, with a fresh time stamp and the new params in its
#     record, so that asking for it by name does nothing either. If it is over 1 MB (no checksum
#     is kept of such files), the next run makes a new score of the old model.
#   Reason: postprocess in jobs.py calls persistence.finished() for failed jobs as well, so the
#   params and checksums on record are those of the failed try; and a missing file that lies
#   between others is no reason to run the rule that makes it.
#
# Why it matters: a training is what fails, for want of memory, disk or time, and to start the
#   workflow once more is what one does then, or what a script does for one. The run ends well,
#   and the table shows the old model under the new config. After a failure, force the failed
#   rule: --forcerun train.
#
# Related: pull request #2966 (closed) reports the plain case for an edited command; #3237,
# which came out of it, has failed jobs recorded, so that one edited again after the failure
# runs. #3808 is the same record with --keep-incomplete, #1978 missing intermediate files.
# update() puts old files back since #3833; no report of what it does to the record was found.
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

# The training fails while there is a file named full, as it would on a full disk.
mkdir plain update
cat > plain/Snakefile <<'END'
rule all:
    input: "score.txt"

rule train:
    input: "labels.txt"
    output: "model.txt"
    params: epochs=config["epochs"]
    shell: "(echo {params.epochs} epochs; cat {input}) > {output}; test ! -e full"

rule score:
    input: "model.txt"
    output: "score.txt"
    shell: "head -n 2 {input} > {output}"
END
sed 's/output: "model.txt"/output: update("model.txt")/' plain/Snakefile > update/Snakefile

first_lines() { if [[ -e $1 ]]; then head -n 2 "$1" | paste -sd ' '; else echo missing; fi; }

run() { # run the workflow with these arguments, and show how it ended
    ended=well
    "$work/venv/bin/snakemake" --cores 1 "$@" > log 2>&1 || ended=badly
    ran=$(sed -n 's/^\(local\)\?rule \(.*\):$/\2/p' log | paste -sd ' ')
    seen="$ended; ran: ${ran:-nothing}; model: $(first_lines model.txt); score: $(first_lines score.txt)"
    echo "\$ snakemake --cores 1 $*"
    sed -n '/^Nothing to be done\|^Restored/s/^/  /p' log
    echo "  ended $seen"
}

expect() { # what the last run was like
    [[ $seen == "$1" ]] || { cat log; echo "CHANGED: expected: ended $1"; exit 1; }
}

fail() { # run the workflow with these arguments on a full disk
    touch full
    run "$@"
    rm full
}

echo "== Plain output"
cd "$work/plain"
echo old > labels.txt
run --config epochs=1
expect "well; ran: train score all; model: 1 epochs old; score: 1 epochs old"
fail --config epochs=2
expect "badly; ran: train; model: missing; score: 1 epochs old"
run --config epochs=2
expect "well; ran: nothing; model: missing; score: 1 epochs old"
run --rerun-incomplete --config epochs=2
expect "well; ran: nothing; model: missing; score: 1 epochs old"
run model.txt score.txt --config epochs=2
expect "well; ran: train score; model: 2 epochs old; score: 2 epochs old"
sleep 1
echo new > labels.txt
fail --config epochs=2
expect "badly; ran: train; model: missing; score: 2 epochs old"
run --config epochs=2
expect "well; ran: nothing; model: missing; score: 2 epochs old"
run --forcerun train --config epochs=2
expect "well; ran: train score all; model: 2 epochs new; score: 2 epochs new"

echo; echo "== Output flagged update()"
cd "$work/update"
echo old > labels.txt
run --config epochs=1
expect "well; ran: train score all; model: 1 epochs old; score: 1 epochs old"
fail --config epochs=2
expect "badly; ran: train; model: 1 epochs old; score: 1 epochs old"
run --config epochs=2
expect "well; ran: nothing; model: 1 epochs old; score: 1 epochs old"
run model.txt --config epochs=2
expect "well; ran: nothing; model: 1 epochs old; score: 1 epochs old"
sleep 1
echo new > labels.txt
fail --config epochs=2
expect "badly; ran: train; model: 1 epochs old; score: 1 epochs old"
run --config epochs=2
expect "well; ran: nothing; model: 1 epochs old; score: 1 epochs old"

echo; echo "== Output flagged update(), of 2 MB"
(echo large; head -c 2000000 /dev/zero | tr '\0' x) > labels.txt
run --config epochs=3
expect "well; ran: train score all; model: 3 epochs large; score: 3 epochs large"
fail --config epochs=4
expect "badly; ran: train; model: 3 epochs large; score: 3 epochs large"
run --config epochs=4
expect "well; ran: score all; model: 3 epochs large; score: 3 epochs large"
run --forcerun train --config epochs=4
expect "well; ran: train score all; model: 4 epochs large; score: 4 epochs large"

echo; echo "As described: the failed job counted as done."
