"""What clusters do to jobs from day to day, on a real SLURM with jobs that stand in for the real
ones: the queue's limit, memory that runs out, preemption of both kinds, a quota, a home that nobody
can write to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from tests.bench.standins.checkout import standins
from tests.bench.worlds import Shape
from tests.slurm.slurm_cluster import ACCOUNT, NODES, Cluster, running, wait_until
from tests.slurm.slurm_tools import SlurmRun
from understudy.cluster.queue import why_refused

KINDS = 6
MOST = 3  # jobs in the queue, at first
SCRIPTS = ("normalise_video", "extract_keypoints")
ASKED_MB, TAKEN_MB = 600, 700
# id of a reference -> what its job does (tests/bench/standins/script.py)
JOBS = {
    "r0000": {"memory_mb": TAKEN_MB, "seconds": 12},
    "r0001": {"waits": True},  # in a partition whose jobs are cancelled for others
    "r0002": {"waits": True},  # in one whose jobs go back to the queue
    "r0003": {"quota": True},
    "r0004": {},
}
CANCELS, REQUEUES, URGENT = "cancels", "requeues", "urgent"
SETTINGS = (
    "AccountingStorageEnforce=limits",
    "JobAcctGatherParams=OverMemoryKill",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=CANCEL",
    f"PartitionName={CANCELS} Nodes={NODES[0]} PriorityTier=1 PreemptMode=CANCEL MaxTime=INFINITE",
    f"PartitionName={REQUEUES} Nodes={NODES[1]} PriorityTier=1 PreemptMode=REQUEUE "
    "MaxTime=INFINITE",
    f"PartitionName={URGENT} Nodes={','.join(NODES)} PriorityTier=9 PreemptMode=OFF "
    "MaxTime=INFINITE",
)
PARTITION = f"{{'r0001': '{CANCELS}', 'r0002': '{REQUEUES}'}}.get(wildcards.id, 'cpu')"


@dataclass(frozen=True)
class Told:
    """What was seen: the limit's name while jobs waited for it; job id -> id of its reference; the
    memory (MB) that each asked for; what Snakemake said before the quota was raised."""

    limit: str
    jobs: dict[str, str]
    memory_mb: dict[str, int]
    said: str


@contextmanager
def limited(folder: Path) -> Iterator[Cluster]:
    """A cluster that kills jobs over their memory and has two partitions whose jobs give way."""
    with running(Cluster(folder, accounting=True, settings=SETTINGS)) as cluster:
        for partition in cluster.partitions:  # the urgent jobs preempt theirs else
            cluster.ask("scontrol", "update", f"partitionname={partition}", "preemptmode=off")
        yield cluster


def prepared(folder: Path, cluster: Cluster) -> SlurmRun:
    """A checkout in which keypoints of five references are to be made, by stand-ins."""
    checkout = standins(folder, SCRIPTS, Shape(len(JOBS), 1), {"extract_keypoints": JOBS})
    asked = {"mem_mb": f"{ASKED_MB} * attempt", "slurm_partition": PARTITION}
    asked["slurm_extra"] = "'--acctg-freq=task=1'"
    run = SlurmRun.prepared(checkout, cluster, {"extract_keypoints": asked}, retries=2)
    return replace(run, besides=as_the_driver(folder, cluster))


def live_through(run: SlurmRun) -> Told:
    """1: a limit on jobs in the queue, 2: memory that runs out, 3 and 4: preemption that cancels
    and that requeues, 5: a quota, 6: a home that cannot be written to; then the rest is made."""
    limit(run, MOST)
    (run.checkout.folder / "full").touch()
    targets = [keypoints(id_) for id_ in JOBS]
    process = run.start("--", *targets)
    wait_until("refused submission", lambda: why_refused(run.checkout.folder))
    told = why_refused(run.checkout.folder)
    limit(run, -1)
    for id_, partition in (("r0001", CANCELS), ("r0002", REQUEUES)):
        wait_until(f"job of {id_}", lambda id_=id_: begun(run, id_))
        give_way(run, partition)
    said = run.ended(process, 1)
    (run.checkout.folder / "full").unlink()
    run.snakemake("--", *targets)
    jobs = {job: comment.split("_")[-1] for job, comment in run.cluster.history().items()}
    jobs = {job: id_ for job, id_ in jobs.items() if id_ in JOBS}
    return Told(told or "", jobs, {job: memory_of(run.cluster, job) for job in jobs}, said)


def limit(run: SlurmRun, most: int) -> None:
    """Set how many jobs the user may have in the queue; -1: any number."""
    user = run.cluster.ask("id", "-un")
    asked = (f"account={ACCOUNT}", "set", f"MaxSubmitJobs={most}")
    run.cluster.ask("sacctmgr", "-iQ", "modify", "user", user, "where", *asked)


def keypoints(id_: str) -> str:
    return f"results/features/reference/{id_}/keypoints.npz"


def begun(run: SlurmRun, id_: str) -> bool:
    return (run.checkout.folder / f"{keypoints(id_)}.begun").exists()


def give_way(run: SlurmRun, partition: str) -> None:
    """Let a partition's job be preempted by a short one that needs its whole node."""
    node = NODES[0] if partition == CANCELS else NODES[1]
    asked = ("-p", URGENT, "-A", ACCOUNT, "-w", node, "--exclusive", "--mem=0", "--time=1")
    log = f"--output={run.checkout.folder}/urgent.log"
    urgent = run.cluster.ask("sbatch", "--parsable", *asked, log, "--wrap=sleep 1")
    wait_until("end of the urgent job", lambda: urgent in run.cluster.queue("completed"))
    if partition == REQUEUES:
        for job in run.cluster.queue("pending"):  # SLURM's own hold takes two minutes
            run.cluster.ask("scontrol", "update", f"jobid={job}", "starttime=now", check=False)


def memory_of(cluster: Cluster, job: str) -> int:
    """MB that a job asked for."""
    told = cluster.ask("squeue", "--noheader", "--states=all", "-j", job, "-o", "%m")
    return round(float(told[:-1]) * (1024 if told.endswith("G") else 1))


def as_the_driver(folder: Path, cluster: Cluster) -> dict[str, str]:
    """What driver.sh sets, on a cluster whose nodes cannot write to homes."""
    return {
        "HOME": "/proc/nohome",
        "PATH": f"{folder / 'profiles/slurm/bin'}:{cluster.environment['PATH']}",
        "XDG_CACHE_HOME": str(folder / ".snakemake/cache"),
        "UNDERSTUDY_RESUBMIT": "1",
    }


def asked_by(told: Told, id_: str) -> list[int]:
    """The memory that the tries of a reference's job asked for, in order."""
    return [told.memory_mb[job] for job in sorted(told.jobs, key=int) if told.jobs[job] == id_]
