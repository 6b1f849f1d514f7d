"""A real SLURM on this machine: munge, slurmctld, two slurmd with fake GPUs; slurmdbd on demand.

Everything is in one folder and in child processes that die with their parent. Nothing needs a
service manager, control groups or a fixed port.
"""

import contextlib
import getpass
import os
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from tests.unit import debian

PACKAGES = ("slurmctld", "slurmd", "slurm-client", "munge", "slurmdbd", "mariadb-server")
PROGRAMS = ("slurmctld", "slurmd", "sbatch", "munged", "slurmdbd", "mariadbd", "setpriv")
CLIENTS = ("sbatch", "srun", "squeue", "scancel", "scontrol", "sinfo", "sacct", "sacctmgr")
NODES = ("node1", "node2")
ACCOUNT = "understudy"
LOCK = Path(tempfile.gettempdir()) / "understudy-slurm.lock"
PATIENCE = 240  # seconds: several clusters and everything else may start at once


def unavailable() -> str | None:
    """Why no SLURM can be started here; None: it can. Installs Debian's packages if it may."""
    with FileLock(LOCK):
        missing = _missing()
        if missing and debian.installable():
            debian.install(*PACKAGES)
            missing = _missing()
    if missing:
        return f"{', '.join(missing)} not found; as root: apt-get install {' '.join(PACKAGES)}"
    return None


def _missing() -> list[str]:
    return [name for name in PROGRAMS if not shutil.which(name, path=_path())]


def _path() -> str:
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


@dataclass
class Cluster:
    """A running SLURM: its folder, whether it keeps accounts, its GPUs per node and their kind (""
    if untyped), its partitions, of all nodes each, and further lines of slurm.conf."""

    folder: Path
    accounting: bool
    gpus: int = 1
    kind: str = "fake"
    partitions: tuple[str, ...] = ("cpu", "gpu")
    settings: tuple[str, ...] = ()
    processes: dict[str, subprocess.Popen] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs to talk to this cluster."""
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("SLURM")},
            "SLURM_CONF": str(self.folder / "slurm.conf"),
            "PATH": f"{self.folder / 'bin'}:{_path()}",
        }

    def ask(self, *command: str, check: bool = True) -> str:
        """The output of one of SLURM's commands."""
        answer = subprocess.run(
            command, env=self.environment, text=True, capture_output=True, timeout=PATIENCE
        )
        if check and answer.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {answer.stderr.strip()}")
        return answer.stdout.strip()

    def queue(self, *states: str, node: str | None = None) -> dict[str, str]:
        """job id -> comment (rule_NAME_wildcards_VALUES) of the jobs in these states.

        `node`: only those that run there.
        """
        on = [f"--nodelist={node}"] if node else []
        lines = self.ask("squeue", "-h", *on, f"--states={','.join(states)}", "-o", "%i|%k")
        return dict(line.split("|", 1) for line in lines.splitlines())

    def history(self) -> dict[str, str]:
        """job id -> comment of every job that was ever submitted."""
        return self.queue("all")

    def node(self, name: str, state: str) -> None:
        """Take a node down, or resume it."""
        reason = ["reason=test"] if state == "down" else []
        self.ask("scontrol", "update", f"nodename={name}", f"state={state}", *reason)


@contextlib.contextmanager
def running(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, started, and stopped at the end whatever happens."""
    try:
        with FileLock(LOCK):  # several at once have failed
            _start(cluster)
        yield cluster
    finally:
        _stop(cluster)


def wait_until(what: str, condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Poll a condition; RuntimeError when it does not come true in time."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise RuntimeError(f"no {what} within {seconds:g} s")
        time.sleep(0.1)


def _start(cluster: Cluster) -> None:
    folder = cluster.folder
    for name in ("log", "run", "state", "munge", "bin", "dev", *(f"spool.{n}" for n in NODES)):
        (folder / name).mkdir(parents=True, exist_ok=True)
    _write_files(cluster)
    socket_ = folder / "munge/socket"
    _launch(
        cluster,
        "munged",
        *("munged", "--foreground", "--force", f"--key-file={folder}/munge/key"),
        *(f"--socket={socket_}", f"--pid-file={folder}/run/munged.pid"),
        *(f"--log-file={folder}/log/munged.log", f"--seed-file={folder}/munge/seed"),
    )
    _wait_for(cluster, "munged", ["munge", "-n", "-S", str(socket_)])
    if cluster.accounting:
        _start_accounting(cluster)
    _launch(cluster, "slurmctld", "slurmctld", "-D", "-i")
    for node in NODES:
        _launch(cluster, node, "slurmd", "-D", "-N", node)

    def idle() -> bool:
        every = ("sinfo", "-h", "-N", "-p", cluster.partitions[-1], "-o", "%T")
        return cluster.ask(*every, check=False).split() == ["idle"] * len(NODES)

    wait_until("idle nodes", lambda: _alive(cluster) and idle())


def _start_accounting(cluster: Cluster) -> None:
    folder, user = cluster.folder, getpass.getuser()
    made = subprocess.run(
        [
            *("mariadb-install-db", "--no-defaults", f"--datadir={folder}/mysql"),
            *(f"--user={user}", "--auth-root-authentication-method=normal", "--skip-test-db"),
        ],
        text=True,
        capture_output=True,
    )
    if made.returncode != 0:
        raise RuntimeError(f"mariadb-install-db: {made.stdout[-2000:]}{made.stderr[-2000:]}")
    database = folder / "run/mysql.sock"
    _launch(
        cluster,
        "mariadbd",
        *("mariadbd", "--no-defaults", f"--user={user}", f"--datadir={folder}/mysql"),
        *(f"--socket={database}", "--skip-networking", "--innodb-lock-wait-timeout=900"),
        *("--innodb-flush-log-at-trx-commit=0", f"--pid-file={folder}/run/mariadbd.pid"),
    )
    client = ["--no-defaults", "-uroot", "-S", str(database)]
    _wait_for(cluster, "mariadbd", ["mariadb-admin", *client, "ping"])
    create = (
        "create database slurm_acct_db; create user slurm@localhost identified by 'slurm'; "
        "grant all on slurm_acct_db.* to slurm@localhost"
    )
    subprocess.run(["mariadb", *client, "-e", create], check=True, capture_output=True)
    _launch(cluster, "slurmdbd", "slurmdbd", "-D", MYSQL_UNIX_PORT=str(database))
    _wait_for(cluster, "slurmdbd", ["sacctmgr", "-n", "show", "cluster"])
    cluster.ask("sacctmgr", "-iQ", "add", "cluster", "test")
    cluster.ask("sacctmgr", "-iQ", "add", "account", ACCOUNT, "cluster=test")
    cluster.ask("sacctmgr", "-iQ", "add", "user", user, f"account={ACCOUNT}", "cluster=test")


def _launch(cluster: Cluster, name: str, *command: str, **environment: str) -> None:
    """A daemon as a child that is killed when this process dies."""
    with (cluster.folder / f"log/{name}.out").open("w") as log:
        cluster.processes[name] = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *command],
            env={**cluster.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )


def _wait_for(cluster: Cluster, name: str, command: list[str]) -> None:
    def answers() -> bool:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return subprocess.run(command, env=cluster.environment, **quiet).returncode == 0

    wait_until(name, lambda: _alive(cluster) and answers())


def _alive(cluster: Cluster) -> bool:
    """True; RuntimeError with the end of its log if a daemon died."""
    for name, process in cluster.processes.items():
        if process.poll() is not None:
            log = (cluster.folder / f"log/{name}.out").read_text()
            raise RuntimeError(f"{name} ended with {process.returncode}: {log[-600:]}")
    return True


def _stop(cluster: Cluster) -> None:
    if "slurmctld" in cluster.processes:
        with contextlib.suppress(subprocess.TimeoutExpired):
            cluster.ask("scancel", f"--user={getpass.getuser()}", check=False)
        with contextlib.suppress(RuntimeError):
            wait_until("end of jobs", lambda: not cluster.queue("running", "completing"), 10)
    for name in reversed(cluster.processes):
        process = cluster.processes[name]
        process.send_signal(signal.SIGKILL if name == "mariadbd" else signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    cluster.processes.clear()


def _write_files(cluster: Cluster) -> None:
    folder = cluster.folder
    key = folder / "munge/key"
    key.write_bytes(secrets.token_bytes(1024))
    key.chmod(0o600)
    (folder / "munge").chmod(0o711)
    for number in range(cluster.gpus):  # a plain file would leave CUDA_VISIBLE_DEVICES empty
        (folder / f"dev/gpu{number}").symlink_to(os.devnull)
    for name in CLIENTS:  # Snakemake's executor drops SLURM_CONF: the commands bring their own
        script = folder / "bin" / name
        found = shutil.which(name, path=_path())
        script.write_text(f'#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {found} "$@"\n')
        script.chmod(0o755)
    ports = _free_ports(2 + len(NODES))
    (folder / "slurm.conf").write_text(_slurm_conf(cluster, ports))
    type_ = f"Type={cluster.kind} " if cluster.kind else ""
    (folder / "gres.conf").write_text(
        "".join(
            f"NodeName={node} Name=gpu {type_}File={folder}/dev/gpu{number}\n"
            for node in NODES
            for number in range(cluster.gpus)
        )
    )
    if cluster.accounting:
        database = folder / "slurmdbd.conf"
        database.write_text(_slurmdbd_conf(cluster, ports[1]))
        database.chmod(0o600)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as open_:
        sockets = [open_.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def _slurm_conf(cluster: Cluster, ports: list[int]) -> str:
    folder, user, host = cluster.folder, getpass.getuser(), socket.gethostname().split(".")[0]
    kind = f"{cluster.kind}:" if cluster.kind else ""
    nodes = "\n".join(
        f"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={port} CPUs=8 "
        f"RealMemory=64000 Gres=gpu:{kind}{cluster.gpus} State=UNKNOWN"
        for node, port in zip(NODES, ports[2:], strict=True)
    )
    accounting = (
        f"""AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={ports[1]}
AccountingStoragePass={folder}/munge/socket
AccountingStorageTRES=gres/gpu
AccountingStoreFlags=job_comment"""
        if cluster.accounting
        else "AccountingStorageType=accounting_storage/none"
    )
    partitions = "\n".join(
        f"PartitionName={name} Nodes={','.join(NODES)} MaxTime=INFINITE State=UP "
        f"Default={'YES' if name == cluster.partitions[0] else 'NO'}"
        for name in cluster.partitions
    )
    settings = "\n".join(cluster.settings)
    return f"""ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool.%n
SlurmctldPidFile={folder}/run/slurmctld.pid
SlurmdPidFile={folder}/run/slurmd.%n.pid
SlurmctldLogFile={folder}/log/slurmctld.log
SlurmdLogFile={folder}/log/slurmd.%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=5
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SlurmdParameters=config_overrides
GresTypes=gpu
SchedulerParameters=sched_interval=2,sched_min_interval=0,bf_interval=2,batch_sched_delay=0
PriorityType=priority/basic
ReturnToService=0
SlurmctldTimeout=300
SlurmdTimeout=300
MessageTimeout=60
InactiveLimit=0
KillWait=5
MinJobAge=3600
JobRequeue=1
MailProg=/bin/true
{accounting}
{nodes}
{partitions}
{settings}
"""


def _slurmdbd_conf(cluster: Cluster, port: int) -> str:
    folder = cluster.folder
    return f"""AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={port}
SlurmUser={getpass.getuser()}
PidFile={folder}/run/slurmdbd.pid
LogFile={folder}/log/slurmdbd.log
StorageType=accounting_storage/mysql
StorageHost=localhost
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm_acct_db
CommunicationParameters=NoInAddrAny
"""
