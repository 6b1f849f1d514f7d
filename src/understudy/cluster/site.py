"""What SLURM tells of a cluster: partitions, GPUs by kind, accounts, limits on queued jobs."""

import getpass
import grp
import os
import re
import shutil
from dataclasses import dataclass

from understudy.cluster.queue import NoAnswerError, slurm
from understudy.errors import UserError

GPU = re.compile(r"gpu(?::([\w.-]+))?:(\d+)(?:\(|,|$)")  # gpu:a100:4(S:0-1), gpu:2
NO_LIMIT = ("", "UNLIMITED", "INFINITE", "NOT_SET", "N/A", "n/a")


@dataclass(frozen=True)
class Partition:
    """A partition that this user may use. minutes: the longest job, None: no limit; processors,
    memory_mb: of its largest node; gpus: kind ("" if untyped) -> the most on one node."""

    name: str
    default: bool
    minutes: int | None
    processors: int
    memory_mb: int
    gpus: dict[str, int]


@dataclass(frozen=True)
class Site:
    """A cluster as one user may use it.

    account: the user's default, None without accounting; accounts: all of the user's; most_jobs:
    how many jobs the user may have in the queue, and the limit's name, None where none is set or
    told; gpus_by_number: whether jobs may ask for GPUs by --gpus (select/cons_tres), not by --gres
    alone; not_found: what SLURM did not tell, in words.
    """

    name: str
    partitions: list[Partition]
    account: str | None
    accounts: list[str]
    most_jobs: tuple[int, str] | None
    gpus_by_number: bool
    not_found: list[str]


def read_site() -> Site:
    """Ask SLURM on this machine; UserError if it is not there or shows no partition to use."""
    if not shutil.which("scontrol"):
        raise UserError("scontrol: no such command; run this where SLURM's commands are")
    config = _pairs(slurm("scontrol", "show", "config"), r"^(\w+)\s*=\s*(.*?)\s*$")
    not_found = []
    account: str | None = None
    accounts: list[str] = []
    most = None
    if "slurmdbd" in config.get("AccountingStorageType", ""):
        try:
            account, accounts = read_accounts()
            most = read_most_jobs()
        except NoAnswerError as error:
            not_found.append(f"accounts and limits on jobs in the queue ({error})")
    else:
        not_found.append("accounts and limits on jobs in the queue: the cluster keeps no accounts")
    partitions = read_partitions(account)
    if not partitions:
        raise UserError("SLURM shows no partition that is up and that you may use; ask its staff")
    if not any(partition.gpus for partition in partitions):
        not_found.append("GPUs: no partition that you may use has any")
    return Site(
        name=config.get("ClusterName", "cluster"),
        partitions=partitions,
        account=account,
        accounts=accounts,
        most_jobs=most,
        gpus_by_number=config.get("SelectType", "").endswith("cons_tres"),
        not_found=not_found,
    )


def read_partitions(account: str | None) -> list[Partition]:
    """The partitions that are up and open to the account and to this user's groups."""
    own = {os.getgid(), *os.getgroups()}
    groups = {entry.gr_name for entry in map(_group, own) if entry}
    nodes: dict[str, list[tuple[int, int, dict[str, int]]]] = {}
    for line in slurm("sinfo", "--noheader", "--Node", "--format=%R|%c|%m|%G").splitlines():
        name, processors, megabytes, resources = line.strip().split("|", 3)
        node = (_number(processors), _number(megabytes), _gpus(resources))
        nodes.setdefault(name, []).append(node)
    found = []
    for line in slurm("scontrol", "--oneliner", "show", "partition").splitlines():
        told = _pairs(line, r"(\w+)=(\S*)")
        name = told.get("PartitionName", "")
        of_it = nodes.get(name)
        closed = (
            told.get("State") != "UP"
            or not _open_to(told.get("AllowAccounts"), {account} - {None})
            or (account is not None and account in told.get("DenyAccounts", "").split(","))
            or not _open_to(told.get("AllowGroups"), groups)
        )
        if closed or not of_it:
            continue
        gpus: dict[str, int] = {}
        for *_, kinds in of_it:
            for kind, count in kinds.items():
                gpus[kind] = max(gpus.get(kind, 0), count)
        memory = max(size for _, size, _ in of_it)
        most = told.get("MaxMemPerNode", "")
        found.append(
            Partition(
                name=name,
                default=told.get("Default") == "YES",
                minutes=minutes_of(told.get("MaxTime", "")),
                processors=max(processors for processors, *_ in of_it),
                memory_mb=memory if most in NO_LIMIT else min(memory, _number(most)),
                gpus=gpus,
            )
        )
    return found


def queue_limit() -> tuple[int, str] | None:
    """`read_most_jobs`, or None without SLURM, without accounts or without an answer."""
    try:
        return read_most_jobs() if shutil.which("sacctmgr") else None
    except NoAnswerError:
        return None


def read_accounts() -> tuple[str | None, list[str]]:
    """The user's default account, and all of the user's accounts."""
    user = getpass.getuser()
    default = _accounting("user", user, "defaultaccount")
    every = _accounting("assoc", f"user={user}", "account")
    accounts = sorted({account for (account,) in every if account})
    return next((account for (account,) in default if account), None), accounts


def read_most_jobs() -> tuple[int, str] | None:
    """The smallest limit on the user's jobs in the queue, and its name."""
    user, found = getpass.getuser(), []
    qualities = set()
    for most, group, quality in _accounting(
        "assoc", f"user={user}", "maxsubmitjobs,grpsubmitjobs,defaultqos"
    ):
        qualities.add(quality or "normal")
        found += [(most, "MaxSubmitJobs of your association"), (group, "its GrpSubmitJobs")]
    for name, most, group in _accounting("qos", "", "name,maxsubmitjobsperuser,grpsubmitjobs"):
        if name in qualities:
            found += [(most, f"MaxSubmitJobsPerUser of the QOS {name}")]
            found += [(group, f"GrpSubmitJobs of the QOS {name}")]
    numbers = [(int(most), name) for most, name in found if most.isdigit()]
    return min(numbers, default=None)


def minutes_of(time: str) -> int | None:
    """Minutes of SLURM's days-hours:minutes:seconds, hours:minutes:seconds, minutes:seconds or
    minutes; None for no limit."""
    if time in NO_LIMIT:
        return None
    days, _, clock = time.rpartition("-")
    parts = [int(part) for part in clock.split(":")]
    if days:
        hours, minutes, _ = (*parts, 0, 0)[:3]
        return int(days) * 1440 + hours * 60 + minutes
    hours, minutes = parts[:2] if len(parts) == 3 else (0, parts[0])
    return hours * 60 + minutes


def _accounting(what: str, which: str, columns: str) -> list[list[str]]:
    command = ["sacctmgr", "--noheader", "--parsable2", "show", what, *([which] if which else [])]
    told = slurm(*command, f"format={columns}")
    return [line.split("|") for line in told.splitlines() if line]


def _pairs(text: str, pattern: str) -> dict[str, str]:
    return dict(re.findall(pattern, text, re.MULTILINE))


def _open_to(allowed: str | None, mine: set) -> bool:
    return allowed in (None, "ALL", "(null)") or not mine or bool(mine & set(allowed.split(",")))


def _group(number: int) -> grp.struct_group | None:
    try:
        return grp.getgrgid(number)
    except KeyError:  # a group that has no name on this machine
        return None


def _gpus(resources: str) -> dict[str, int]:
    found: dict[str, int] = {}
    for kind, count in GPU.findall(resources):
        found[kind] = found.get(kind, 0) + int(count)
    return found


def _number(text: str) -> int:
    digits = re.match(r"\d+", text)  # 64000+ where nodes differ
    return int(digits[0]) if digits else 0
