#!/usr/bin/env bash
# safetensors 0.8.0: save_file writes a file that nobody but its owner can read, whatever the umask
# and whatever rights the file had that it overwrites.
#
# Three ways to write one array under umask 002, as groups that share a folder have it: numpy.save,
# safetensors' save_file, and its save with Python's own open. Then save_file onto a file of rights 664.
#
# Guess, written down before the run: all have 664, as everything that open() makes; and a file that
#   is overwritten keeps its own.
#
# Seen: numpy.save and open 664, save_file 600. The file that was overwritten has 600 too, and is
#   another one (its inode differs): a lock held on it, or a hard link to it, is on the former content.
#
# Why it matters: weights, checkpoints and avatars that one person of a lab trains are for the others
#   to use. They get "permission denied" from a folder in which all else can be read, long after the
#   job ended well, and a copy that keeps rights carries it on.
#
# Needs Python 3.11 or newer; name another one with PYTHON=... Exits 1 if the behaviour changes.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
venv/bin/pip install -qq --disable-pip-version-check safetensors==0.8.0 numpy==2.2.6

cat > written.py <<'END'
import os
import sys

import numpy as np
from safetensors.numpy import save, save_file

arrays = {"x": np.arange(6, dtype=np.float32)}
os.umask(0o002)
np.save("numpy.npy", arrays["x"])
save_file(arrays, "save_file.safetensors")
with open("open.safetensors", "wb") as stream:
    stream.write(save(arrays))
with open("there.safetensors", "wb"):
    pass
before = os.stat("there.safetensors")
save_file(arrays, "there.safetensors")
rights = {
    name: oct(os.stat(name).st_mode & 0o777)
    for name in ("numpy.npy", "open.safetensors", "save_file.safetensors", "there.safetensors")
}
print(rights, "before:", oct(before.st_mode & 0o777))
same = before.st_ino == os.stat("there.safetensors").st_ino
print("the file that was there:", "the same" if same else "another one")
sys.exit(list(rights.values()) != ["0o664", "0o664", "0o600", "0o600"] or same)
END
venv/bin/python written.py || { echo "the behaviour has changed" >&2; exit 1; }
