"""Debian's packages that tests need, installed where that is allowed."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from filelock import FileLock

LOCK = Path(tempfile.gettempdir()) / "understudy-debian.lock"  # apt-get runs once at a time
POLICY = Path("/usr/sbin/policy-rc.d")  # Debian asks it if a package may start its service


def installable() -> bool:
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*packages: str) -> None:
    """Install packages, none of whose services is started; nothing without a network."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    quiet = {"env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    apt = ["apt-get", "-qq", "-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20"]
    with FileLock(LOCK):
        denies = not POLICY.exists()
        if denies:
            POLICY.write_text("#!/bin/sh\nexit 101\n")
            POLICY.chmod(0o755)
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                subprocess.run([*apt, "update"], timeout=120, **quiet)
                subprocess.run(
                    [*apt, "install", "-y", "--no-install-recommends", *packages],
                    timeout=600,
                    **quiet,
                )
        finally:
            if denies:
                POLICY.unlink()
