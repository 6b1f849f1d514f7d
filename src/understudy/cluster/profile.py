"""A profile for a cluster, from the shipped one and what SLURM tells: profiles/NAME/."""

import re
import shutil
from pathlib import Path

import yaml

from understudy.cluster.site import Partition, Site
from understudy.errors import UserError
from understudy.files import write_text

SHIPPED = "profiles/slurm"
WITHOUT_GPU = ("measure_coverage",)  # of the rules that are submitted
FEATURE = "extract_"  # begins the rules that take a GPU only if their back-end is a network
PLAIN_KIND = re.compile(r"[\w.]+")  # what Snakemake's executor (2.8.0) takes for a kind of GPU
DRIVER_MINUTES, DRIVER_PROCESSORS, DRIVER_MB = 7 * 1440, 8, 32_000  # as profiles/slurm/driver.sh


def write_profile(site: Site, checkout: Path, gpu_kind: str | None) -> tuple[Path, list[str]]:
    """Write profiles/NAME/ (config.yaml, partitions.yaml, driver.sh) into a checkout.

    gpu_kind: of the GPUs that jobs ask for; None: any. Returns the folder and, in words, what was
    decided. UserError if the folder is there already, or no partition has such GPUs.
    """
    name = re.sub(r"[^\w.-]+", "_", site.name)
    folder = checkout / "profiles" / name
    if folder.exists():
        raise UserError(f"{folder}: is there already; move it away to have it written anew")
    kinds = sorted({kind for partition in site.partitions for kind in partition.gpus if kind})
    if gpu_kind is not None and gpu_kind not in kinds:
        told = ", ".join(kinds) or "none that are told by kind"
        raise UserError(f"{gpu_kind}: no partition has such GPUs; there are {told}")
    place = _driver_partition(site.partitions)
    shipped = checkout / SHIPPED
    config = (shipped / "config.yaml").read_text(encoding="utf-8")
    driver = (shipped / "driver.sh").read_text(encoding="utf-8")
    write_text(folder / "config.yaml", _config(config, site, name, gpu_kind))
    write_text(folder / "partitions.yaml", _partitions(site.partitions))
    write_text(folder / "driver.sh", _driver(driver, site, place, name))
    shutil.copymode(shipped / "driver.sh", folder / "driver.sh")
    return folder, _told(site, place, gpu_kind, kinds)


def _driver_partition(partitions: list[Partition]) -> Partition:
    """Where the driver runs: without GPUs if possible, for as long as possible."""

    def rank(one: Partition) -> tuple[bool, float, bool]:
        return not one.gpus, float("inf") if one.minutes is None else one.minutes, one.default

    return max(partitions, key=rank)


def _config(text: str, site: Site, name: str, gpu_kind: str | None) -> str:
    text = _replaced(text, r"^# A SLURM cluster:.*$", _heading(site, name))
    text = _replaced(
        text,
        r"^slurm-partition-config: .*$",
        f"slurm-partition-config: profiles/{name}/partitions.yaml",
    )
    if site.account:
        text = _replaced(text, r"^  # slurm_account: .*$", f"  slurm_account: {site.account}")
    if site.most_jobs:
        most, limit = site.most_jobs
        jobs = max(1, min(500, most - 1))
        text = _replaced(
            text, r"^jobs: 500 .*$", f"jobs: {jobs}  # {limit}: {most}, the driver's included"
        )
    shipped = yaml.safe_load(text)
    for rule in shipped["set-resources"]:
        text = _within(text, rule, shipped["retries"], site, gpu_kind)
    return text


def _heading(site: Site, name: str) -> str:
    return (
        f"# The cluster {site.name}, as SLURM described it: `sbatch profiles/{name}/driver.sh` "
        "(docs/slurm.md)."
    )


def _within(text: str, rule: str, retries: int, site: Site, gpu_kind: str | None) -> str:
    """The requests of a rule kept within what the largest partition gives, and how it asks for its
    GPU."""
    on_gpu = rule not in WITHOUT_GPU
    fitting = [one for one in site.partitions if one.gpus and on_gpu] or site.partitions
    if gpu_kind and on_gpu:
        fitting = [one for one in fitting if gpu_kind in one.gpus]
    memory = max(one.memory_mb for one in fitting)
    times = [one.minutes for one in fitting]
    minutes = None if None in times else max(time for time in times if time is not None)
    start, end = block_of(text, rule)
    block = text[start:end]
    for key, most in (("mem_mb", memory), ("runtime", minutes)):
        asked = re.search(rf"^    {key}: (\d+) \* attempt$", block, re.MULTILINE)
        if asked and most is not None and int(asked[1]) * (1 + retries) > most:
            block = block.replace(asked[0], f"    {key}: min({asked[1]} * attempt, {most})")
    if on_gpu:
        block = _with_gpu(block, rule, site, gpu_kind)
    return text[:start] + block + text[end:]


def _with_gpu(block: str, rule: str, site: Site, kind: str | None) -> str:
    """A rule's requests with its GPU: of a kind if one is given, and by --gres where the cluster
    takes no --gpus. A kind that the executor refuses is asked for past it, in a partition that has
    it; rules that may do without a GPU then take any."""
    if not any(one.gpus for one in site.partitions):
        return block
    plain = kind is None or PLAIN_KIND.fullmatch(kind) is not None
    if not site.gpus_by_number:
        of_kind = f"{kind}:" if kind and plain else ""
        block += f'    gpu: 0\n    gres: "gpu:{of_kind}1"  # this cluster takes no --gpus\n'
    elif kind and plain:
        block += f"    gpu_model: {kind}\n"
    if plain or rule.startswith(FEATURE):
        return block
    block += (
        f"    slurm_partition: {next(one.name for one in site.partitions if kind in one.gpus)}\n"
    )
    if site.gpus_by_number:
        asked, extra = f"--gpus-per-node={kind}:1", "    slurm_extra: \"'"
        if extra in block:
            block = block.replace(extra, f"{extra}{asked} ")
        else:
            block += f"{extra}{asked}'\"\n"
        block += "    gpu: 0\n"
    return block


def block_of(text: str, rule: str) -> tuple[int, int]:
    """Where the requests of a rule begin and end in a profile, its name included; UserError if it
    is not named there."""
    found = re.search(rf"^  {rule}:[^\S\n]*\n(?:    .*\n|[^\S\n]*\n)+", text, re.MULTILINE)
    if found is None:
        raise UserError(f"the profile's set-resources do not name {rule}")
    return found.start(), found.end()


def with_requests(text: str, rule: str, asked: dict[str, int]) -> str:
    """A profile in which a rule's first attempt asks for these numbers; each further one for as
    much again, as in the shipped profile."""
    start, end = block_of(text, rule)
    block = text[start:end]
    for name, number in asked.items():
        block, count = re.subn(
            rf"^(    {name}: ).*$", rf"\g<1>{number} * attempt", block, flags=re.MULTILINE
        )
        if not count:
            block = block.rstrip("\n") + f"\n    {name}: {number} * attempt\n"
    return text[:start] + block + text[end:]


def _partitions(partitions: list[Partition]) -> str:
    """As Snakemake's executor reads it. Partitions with GPUs have no limits but time and GPUs, so
    that a job without a GPU fits the others better."""
    found = {}
    for one in partitions:
        limits: dict[str, object] = {}
        if one.minutes is not None:
            limits["max_runtime"] = one.minutes
        if one.gpus:
            limits["max_gpu"] = max(one.gpus.values())
            if kinds := sorted(kind for kind in one.gpus if kind):
                limits["available_gpu_models"] = kinds
        else:
            limits |= {"max_mem_mb": one.memory_mb, "max_threads": one.processors, "max_gpu": 0}
        found[one.name] = limits
    head = (
        "# The partitions that you may use. A job goes where its needs fit best (docs/slurm.md).\n"
    )
    return head + yaml.safe_dump({"partitions": found}, sort_keys=False)


def _driver(text: str, site: Site, place: Partition, name: str) -> str:
    minutes = DRIVER_MINUTES if place.minutes is None else min(place.minutes, DRIVER_MINUTES)
    days, rest = divmod(minutes, 1440)
    memory = min(DRIVER_MB, place.memory_mb)
    for pattern, new in (
        (
            r"^#SBATCH --cpus-per-task=.*$",
            f"#SBATCH --cpus-per-task={min(DRIVER_PROCESSORS, place.processors)}",
        ),
        (r"^#SBATCH --mem=.*$", f"#SBATCH --mem={memory}M"),
        (r"^#SBATCH --time=.*$", f"#SBATCH --time={days}-{rest // 60:02}:{rest % 60:02}:00"),
        (r"^# Yours, if the cluster.*$", f"#SBATCH --partition={place.name}"),
        (r"UNDERSTUDY_PROFILE:-profiles/slurm", f"UNDERSTUDY_PROFILE:-profiles/{name}"),
        (r"`sbatch profiles/slurm/driver.sh`", f"`sbatch profiles/{name}/driver.sh`"),
        (
            r"`sbatch profiles/slurm/driver.sh --configfile",
            f"`sbatch profiles/{name}/driver.sh --configfile",
        ),
    ):
        text = _replaced(text, pattern, new)
    if site.account:
        text = _replaced(
            text, r"^(#SBATCH --partition=.*)$", rf"\1\n#SBATCH --account={site.account}"
        )
    return text


def _replaced(text: str, pattern: str, new: str) -> str:
    changed, count = re.subn(pattern, new, text, count=1, flags=re.MULTILINE)
    if count != 1:
        raise ValueError(f"the shipped profile has no line like {pattern}")
    return changed


def _told(site: Site, place: Partition, gpu_kind: str | None, kinds: list[str]) -> list[str]:
    lines = [
        "partitions: " + ", ".join(_of_a_partition(one) for one in site.partitions),
        f"the driver runs in {place.name}",
    ]
    if site.account:
        others = [account for account in site.accounts if account != site.account]
        also = f" (also yours: {', '.join(others)})" if others else ""
        lines.append(f"account: {site.account}{also}")
    if site.most_jobs:
        lines.append(f"jobs in the queue: {site.most_jobs[0]} ({site.most_jobs[1]})")
    if gpu_kind is None and len(kinds) > 1:
        lines.append(f"jobs take GPUs of any kind; --gpu KIND asks for one of {', '.join(kinds)}")
    lines += [f"not found: {what}" for what in site.not_found]
    return lines


def _of_a_partition(one: Partition) -> str:
    gpus = " + ".join(f"{count} {kind or 'GPUs'}" for kind, count in sorted(one.gpus.items()))
    return f"{one.name} ({gpus} a node)" if gpus else one.name
