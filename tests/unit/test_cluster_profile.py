"""A profile from what SLURM tells: of clusters of several shapes, and refused if it cannot be."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from snakemake_executor_plugin_slurm.partitions import get_best_partition, read_partition_file
from snakemake_executor_plugin_slurm.utils import set_gres_string
from snakemake_executor_plugin_slurm.validation import validate_slurm_extra

from understudy.checkout import checkout
from understudy.cluster.profile import write_profile
from understudy.cluster.site import Partition, Site, minutes_of, read_site
from understudy.errors import UserError

QUIET = SimpleNamespace(debug=print, info=print, warning=print)
CONFIG = """Configuration data as of 2026-01-01T00:00:00
AccountingStorageType   = accounting_storage/{accounting}
ClusterName             = {name}
SelectType              = select/{select}
"""
PARTITION = (
    "PartitionName={name} AllowGroups={groups} AllowAccounts={accounts} AllowQos=ALL "
    "Default={default} MaxNodes=UNLIMITED MaxTime={time} MaxMemPerNode={memory} State={state}"
)


def partition(name: str, **told: str) -> str:
    usual = {"groups": "ALL", "accounts": "ALL", "default": "NO", "time": "2-00:00:00"}
    usual |= {"memory": "UNLIMITED", "state": "UP"}
    return PARTITION.format(name=name, **{**usual, **told})


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Stands in for SLURM's commands: slurm({"scontrol show config": its output, …})."""

    def answers(told: dict[str, str]) -> None:
        (tmp_path / "bin").mkdir()
        for name in ("scontrol", "sinfo", "sacctmgr", "squeue"):
            cases = "".join(
                f"*'{words}'*) cat {_kept(tmp_path, text)};;\n" for words, text in told.items()
            )
            script = tmp_path / "bin" / name
            script.write_text(f'#!/bin/sh\ncase "{name} $*" in\n{cases}*) ;;\nesac\n')
            script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{os.environ['PATH']}")

    return answers


def _kept(folder: Path, text: str) -> Path:
    path = folder / f"told{len(list(folder.iterdir()))}"
    path.write_text(text + "\n")
    return path


def test_a_cluster_with_accounts_kinds_of_gpus_and_closed_partitions(slurm):
    slurm(
        {
            "show config": CONFIG.format(name="helix", accounting="slurmdbd", select="cons_tres"),
            "show partition": "\n".join(
                [
                    partition("cpu", default="YES", time="3-00:00:00"),
                    partition("gpu", time="1-00:00:00"),
                    partition("private", accounts="others"),
                    partition("down", state="DOWN"),
                    partition("staff", groups="no_such_group_here"),
                ]
            ),
            "sinfo": "cpu|64|256000|(null)\ncpu|32+|128000+|(null)\n"
            "gpu|48|500000|gpu:a100:4(S:0-1),nvme:1\ngpu|48|500000|gpu:v100:8\n"
            "private|8|8000|(null)\ndown|8|8000|(null)\nstaff|8|8000|(null)",
            "show user": "lab",
            "format=account": "lab\nteaching",
            "maxsubmitjobs,grpsubmitjobs,defaultqos": "||normal\n100||normal",
            "show qos": "normal|200|\nlong|5|",
        }
    )
    assert read_site() == Site(
        name="helix",
        partitions=[
            Partition("cpu", True, 4320, 64, 256000, {}),
            Partition("gpu", False, 1440, 48, 500000, {"a100": 4, "v100": 8}),
        ],
        account="lab",
        accounts=["lab", "teaching"],
        most_jobs=(100, "MaxSubmitJobs of your association"),
        gpus_by_number=True,
        not_found=[],
    )


def test_what_slurm_does_not_tell_is_said(slurm):
    slurm(
        {
            "show config": CONFIG.format(name="small", accounting="none", select="cons_tres"),
            "show partition": partition("all", time="UNLIMITED"),
            "sinfo": "all|8|64000|(null)",
        }
    )
    site = read_site()
    assert (site.account, site.most_jobs) == (None, None)
    assert [line.split(":")[0] for line in site.not_found] == [
        "accounts and limits on jobs in the queue",
        "GPUs",
    ]


def test_no_slurm_and_no_partition_are_told(slurm, monkeypatch):
    config = CONFIG.format(name="full", accounting="none", select="linear")
    slurm({"show config": config, "show partition": partition("down", state="DOWN")})
    with pytest.raises(UserError, match="no partition that is up and that you may use"):
        read_site()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UserError, match="scontrol: no such command; run this where SLURM"):
        read_site()


@pytest.mark.parametrize(
    ("time", "minutes"),
    [("UNLIMITED", None), ("2-00:00:00", 2880), ("12:30:00", 750), ("90:00", 90), ("45", 45)],
)
def test_times(time, minutes):
    assert minutes_of(time) == minutes


CPU = Partition("cpu", True, 2880, 64, 256000, {})
GPU = Partition("gpu", False, 720, 32, 40000, {"a100": 4, "l4": 2})
SHAPES = {
    "with accounts": Site("a", [CPU, GPU], "lab", ["lab"], (100, "MaxSubmit"), True, []),
    "without accounts": Site("b", [CPU, GPU], None, [], None, True, ["accounts"]),
    "gres alone": Site("c", [CPU, GPU], None, [], None, False, []),
    "one partition": Site("d e", [GPU], None, [], (1000, "MaxSubmit"), True, []),
    "untyped": Site(
        "f", [CPU, Partition("g", False, None, 8, 9000, {"": 2})], None, [], None, True, []
    ),
}


@pytest.fixture
def home(tmp_path):
    """A checkout of which only the shipped profile is there."""
    shipped = tmp_path / "profiles/slurm"
    shipped.mkdir(parents=True)
    for name in ("config.yaml", "driver.sh"):
        (shipped / name).write_bytes((checkout() / "profiles/slurm" / name).read_bytes())
        (shipped / name).chmod(0o755)
    return tmp_path


def asked(config: dict, rule: str, attempt: int, cuda: bool) -> SimpleNamespace:
    """A job of a rule as Snakemake's executor sees it."""
    found = {"gpu": int(cuda), **config["default-resources"], **config["set-resources"][rule]}
    numbers = {
        name: eval(value, {"attempt": attempt, "min": min})
        if name in ("mem_mb", "runtime")
        else value
        for name, value in found.items()
    }
    resources = SimpleNamespace(**numbers)
    resources.get = lambda name, default=None: getattr(resources, name, default)
    return SimpleNamespace(name=rule, threads=config["set-threads"][rule], resources=resources)


@pytest.mark.parametrize("site", SHAPES.values(), ids=SHAPES)
def test_each_job_of_each_attempt_has_a_partition(site, home, monkeypatch):
    folder, _ = write_profile(site, home, None)
    monkeypatch.chdir(home)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["slurm-partition-config"] == f"profiles/{folder.name}/partitions.yaml"
    partitions = read_partition_file(Path(config["slurm-partition-config"]))
    names = {bool(one.gpus): one.name for one in site.partitions}
    for rule in config["set-resources"]:
        for attempt in range(1, config["retries"] + 2):
            cuda = rule != "measure_coverage"
            job = asked(config, rule, attempt, cuda)
            place = get_best_partition(partitions, job, QUIET)
            assert place == (names[True] if cuda else names.get(False, names[True]))
            limits = next(one for one in site.partitions if one.name == place)
            assert job.resources.mem_mb <= limits.memory_mb
            assert limits.minutes is None or job.resources.runtime <= limits.minutes
            if site.gpus_by_number:
                job = asked(config, rule, attempt, cuda=False)
                assert get_best_partition(partitions, job, QUIET) == names.get(False, names[True])


def test_what_is_written(home):
    folder, told = write_profile(SHAPES["with accounts"], home, "a100")
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["jobs"] == 99
    assert config["default-resources"]["slurm_account"] == "lab"
    assert config["set-resources"]["train_avatar"]["gpu_model"] == "a100"
    assert config["set-resources"]["train_recogniser"]["runtime"] == "min(720 * attempt, 720)"
    assert "jobs in the queue: 100 (MaxSubmit)" in told
    driver = (folder / "driver.sh").read_text()
    assert "#SBATCH --time=2-00:00:00\n" in driver
    assert "#SBATCH --partition=cpu\n#SBATCH --account=lab\n" in driver
    assert "${UNDERSTUDY_PROFILE:-profiles/a}" in driver
    assert os.access(folder / "driver.sh", os.X_OK)
    with pytest.raises(UserError, match="profiles/a: is there already; move it away"):
        write_profile(SHAPES["with accounts"], home, None)


def test_by_gres_where_the_cluster_takes_no_numbers(home):
    folder, _ = write_profile(SHAPES["gres alone"], home, "l4")
    config = yaml.safe_load((folder / "config.yaml").read_text())
    assert config["set-resources"]["train_avatar"]["gres"] == "gpu:l4:1"
    assert config["set-resources"]["train_avatar"]["gpu"] == 0


def test_a_kind_that_is_not_there_is_refused(home):
    with pytest.raises(UserError, match="h100: no partition has such GPUs; there are a100, l4"):
        write_profile(SHAPES["with accounts"], home, "h100")
    assert [path.name for path in (home / "profiles").iterdir()] == ["slurm"]


def test_only_rules_that_take_a_gpu_ask_for_its_kind(home):
    folder, _ = write_profile(SHAPES["with accounts"], home, "l4")
    asks = yaml.safe_load((folder / "config.yaml").read_text())["set-resources"]
    assert {rule for rule, asked in asks.items() if "gpu_model" in asked} == {
        rule for rule in asks if rule != "measure_coverage"
    }


@pytest.mark.parametrize("by_number", [True, False])
def test_a_kind_that_the_executor_refuses_is_asked_for_past_it(home, by_number):
    kind = "nvidia_a100-sxm4-80gb"
    parts = [CPU, GPU, Partition("big", False, None, 64, 500000, {kind: 4})]
    folder, _ = write_profile(Site("h", parts, None, [], None, by_number, []), home, kind)
    config = yaml.safe_load((folder / "config.yaml").read_text())
    for rule in ("train_avatar", "score_avatar"):
        job = asked(config, rule, 1, cuda=True)
        validate_slurm_extra(job)
        extra = [f"--gpus-per-node={kind}:1"] if by_number else ["--gres=gpu:1"]
        call = f"{getattr(job.resources, 'slurm_extra', '')} {set_gres_string(job)}"
        assert [word.strip("'") for word in call.split() if "--g" in word] == extra
        assert job.resources.slurm_partition == "big"
    assert "--signal=TERM@60" in config["set-resources"]["train_avatar"]["slurm_extra"]
    job = asked(config, "extract_depth", 1, cuda=True)
    assert set_gres_string(job) == (" --gpus=1" if by_number else " --gres=gpu:1")
