"""A training keeps the memory of its tensors."""

import platform
import subprocess
import sys

import pytest
import torch

from understudy.recognition.train import deterministic

# How often the system has to give pages to a process that makes and frees tensors of 4 to 40 MB.
FAULTS = """
import resource, sys
import torch
from understudy.recognition.memory import keep_memory
if sys.argv[1:]:
    keep_memory()
def make():
    for megabytes in (4, 40, 12):
        torch.ones(megabytes * 2**18)
make()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(20):
    make()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another allocator")
def test_freed_memory_is_used_again():
    lost, kept = (
        int(subprocess.check_output([sys.executable, "-c", FAULTS, *told], text=True))
        for told in ([], ["keep"])
    )
    assert kept < lost / 5


@pytest.mark.parametrize("filled", [True, False])
def test_memory_is_not_filled_in_a_training_alone(filled):
    settings = torch.utils.deterministic
    before, settings.fill_uninitialized_memory = settings.fill_uninitialized_memory, filled
    try:
        with deterministic():
            assert torch.are_deterministic_algorithms_enabled()
            assert not settings.fill_uninitialized_memory
        assert not torch.are_deterministic_algorithms_enabled()
        assert settings.fill_uninitialized_memory == filled
    finally:
        settings.fill_uninitialized_memory = before
