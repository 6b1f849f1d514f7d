#!/usr/bin/env bash
# Snakemake 9.27.1: a logger plugin learns of a retried job's failure when the job's log is gone, and
# of a job that made no output not at all.
#
# The plugin here writes down each JOB_ERROR event and whether the log that it names is there, after
# a fifth of a second in which a plugin might write to a terminal or a server. `tried` fails at its
# first try and is retried; `broken` fails for good; `empty` ends well without its output.
#
# Guess, written down before the run: the handler of a JOB_ERROR can read the log that the event
#   names, since the interface passes it for that, and there is one such event for each failure.
#
# Seen: the log of `tried` is never there, that of `broken` always; `empty` has no JOB_ERROR, though
#   Snakemake exits 1 because of it.
#   Reason: handlers run behind a queue, in a thread of their own, while the main thread starts the
#   second try, which first deletes the log. (A filter on the logger "snakemake.logging" runs in the
#   main thread, before the record is queued, and can read it.) A missing output is reported as text
#   only: an ERROR event with a MissingOutputException in its message.
#
# Why it matters: a logger that shows why jobs fail loses the reason of the first failure, which is
#   the telling one if the second try dies of something else; and one that counts by events shows a
#   job without its output as running for ever.
#
# Related: no issue on either was found.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
unset SNAKEMAKE_PROFILE
export XDG_CACHE_HOME="$work/cache"
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check snakemake==9.27.1 \
    snakemake-interface-logger-plugins==2.1.0

mkdir -p path/snakemake_logger_plugin_probe
cat > path/snakemake_logger_plugin_probe/__init__.py <<'END'
import os
import time

from snakemake_interface_logger_plugins.base import LogHandlerBase
from snakemake_interface_logger_plugins.common import LogEvent


class LogHandler(LogHandlerBase):
    writes_to_stream = False
    writes_to_file = True
    has_filter = True
    has_formatter = True
    needs_rulegraph = False

    def __post_init__(self):
        self.baseFilename = os.path.abspath("told.txt")

    def emit(self, record):
        if getattr(record, "event", None) is LogEvent.JOB_ERROR:
            time.sleep(0.2)
            with open(self.baseFilename, "a") as told:
                print(record.rule_name, *map(os.path.exists, record.log), file=told)
END

cat > Snakefile <<'END'
rule all:
    input: expand("tried/{i}", i=range(5)), expand("broken/{i}", i=range(5)), "empty"

rule tried:
    output: "tried/{i}"
    log: "logs/tried/{i}.log"
    retries: 1
    shell: "if test -e first_{wildcards.i}; then sleep 2; touch {output}; "
        "else touch first_{wildcards.i}; echo why > {log}; exit 1; fi"

rule broken:
    output: "broken/{i}"
    log: "logs/broken/{i}.log"
    shell: "echo why > {log}; exit 1"

rule empty:
    output: "empty"
    shell: "true"
END

status=0
PYTHONPATH=path venv/bin/snakemake --cores 1 --keep-going --latency-wait 0 --logger probe \
    > said.txt 2>&1 || status=$?

echo "JOB_ERROR events, and whether the log was there:"
sort told.txt | uniq -c
echo "exit status: $status; missing output in Snakemake's text: $(grep -c MissingOutputException said.txt)"

seen=$(sort told.txt | uniq -c | sed 's/^ *//' | tr '\n' ';')
if [ "$seen" != "5 broken True;5 tried False;" ] || [ $status -ne 1 ]; then
    echo "CHANGED: expected 5 of broken with its log, 5 of tried without, none of empty" >&2
    exit 1
fi
echo "as seen before"
