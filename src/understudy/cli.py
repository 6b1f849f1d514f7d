"""The command `understudy`. Each subcommand imports what it needs when it runs, so that help and
completion are quick."""

import subprocess
import sys
from pathlib import Path

import click

from understudy import __version__
from understudy.choices import CHOICES
from understudy.converters.classes import NAMES, PAPER
from understudy.converters.draw import Caps
from understudy.errors import UserError

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
ANY = click.Path(path_type=Path)
AVATAR = "avatar.safetensors"
BODY = "body/SMPLX_NEUTRAL.npz"  # in the results folder: the embedded body

configfile = click.option(
    "--configfile",
    type=FILE,
    default=Path("config/config.yaml"),
    show_default=True,
    help="Configuration of the workflow.",
)


class Commands(click.Group):
    """Commands that turn a UserError into a one-line message."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except UserError as error:
            sys.exit(f"error: {error}")

    def list_commands(self, ctx: click.Context) -> list[str]:
        """In the order in which they are defined below."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__)
def main() -> None:
    """New people re-enact real actions.

    Run it in a checkout of Understudy. The workflow itself is run by Snakemake (see the README);
    these commands prepare a run, watch it, and look at what came out.
    """


@main.command()
@configfile
@click.option("--like", type=FILE, help="Configuration of an earlier run to take costs from.")
def plan(configfile: Path, like: Path | None) -> None:
    """Show which jobs are due and what they cost.

    Also draws the graph of the rules.
    """
    from understudy.forecast.show import show_plan

    show_plan(configfile, like)


@main.command()
@configfile
@click.option(
    "--profile",
    type=FOLDER,
    default=Path("profiles/slurm"),
    show_default=True,
    help="Profile with the resources that jobs ask for.",
)
@click.option("--suggest", is_flag=True, help="Print requests by what the jobs used, as a patch.")
@click.option("--apply", is_flag=True, help="Write them into the profile.")
def status(configfile: Path, profile: Path, suggest: bool, apply: bool) -> None:
    """Show what is done, what is left, what failed and why."""
    from understudy.forecast.show import show_status, show_suggestion

    if suggest or apply:
        show_suggestion(configfile, profile, apply)
    else:
        show_status(configfile, profile)


@main.command()
@configfile
@click.option("--delete", is_flag=True, help="Delete what is changed or broken.")
def verify(configfile: Path, delete: bool) -> None:
    """Check that every file is as its job made it.

    By digests that each run records at its end (digests.tsv in the results folder).
    """
    from understudy.forecast.show import show_verify

    show_verify(configfile, delete)


@main.command()
@configfile
def weights(configfile: Path) -> None:
    """Check the weights that a configuration needs."""
    from understudy.forecast.show import show_weights

    show_weights(configfile)


@main.command()
@configfile
def scenes(configfile: Path) -> None:
    """Find out what the background photos show.

    It needs the weights of features.scene.
    """
    from understudy.forecast.scenes import find_scenes

    find_scenes(configfile)


@main.command()
@configfile
@click.option("--cores", type=int, default=1, show_default=True, help="Cores to use.")
def leakage(configfile: Path, cores: int) -> None:
    """Look for test videos in the training data.

    Copies count, re-encoded ones too.
    """
    from understudy.checkout import checkout

    sys.exit(
        subprocess.run(
            [
                *(sys.executable, "-m", "snakemake", "--snakefile", checkout() / "Snakefile"),
                *("--workflow-profile", checkout() / "profiles/default", "--cores", str(cores)),
                *("--configfile", configfile, "--", "leakage"),
            ]
        ).returncode
    )


@main.command()
@click.argument("what", type=click.Choice([*CHOICES["dataset"], "people", "backgrounds"]))
@click.argument("folder", type=FOLDER)
@click.option("--out", type=FOLDER, required=True, help="Folder to write the tables to.")
@click.option(
    "--protocol",
    default="paper",
    show_default=True,
    help="Who is in the training and the test set.",
)
@click.option(
    "--train", type=int, default=Caps.train, show_default=True, help="Most training videos a class."
)
@click.option(
    "--test", type=int, default=Caps.test, show_default=True, help="Most test videos a class."
)
@click.option(
    "--references",
    default=str(Caps.references),
    show_default=True,
    help="Most a class; or FILE, a list of the references, one a line.",
)
@click.option(
    "--classes",
    default=PAPER,
    show_default=True,
    help="Classes to use: the paper's 16, all, names with commas between them, or a file of names.",
)
@click.option(
    "--labels",
    type=click.Choice(NAMES),
    default=NAMES[0],
    show_default=True,
    help="How labels are spelt: plain words (cook_cut), or as the dataset does (Cook.Cut).",
)
@click.option(
    "--missing", type=FILE, help="Leave out what this list names (NTU's missing skeletons)."
)
@click.option("--count", type=int, help="People, backgrounds: draw this many by seed.")
@click.option("--list", "listed", type=FILE, help="People, backgrounds: take those it names.")
@click.option("--avatars", type=FOLDER, help="People: avatars that ExAvatar's own code trained.")
@click.option("--licence", help="Licence to write into the tables.")
@click.option("--seed", type=int, default=0, show_default=True)
def tables(
    what: str,
    folder: Path,
    out: Path,
    protocol: str,
    train: int,
    test: int,
    references: str,
    classes: str,
    labels: str,
    missing: Path | None,
    count: int | None,
    listed: Path | None,
    avatars: Path | None,
    licence: str | None,
    seed: int,
) -> None:
    """Write the workflow's tables from a dataset.

    FOLDER is the dataset as its owners distribute it. What was left out is listed, with the reason.
    """
    from understudy.converters.convert import FILES, Wanted, convert_files, convert_recordings

    if what in FILES:
        lines = convert_files(what, folder, out, count, listed, avatars, licence, seed)
    else:
        drawn = references.isdecimal()
        caps = Caps(train, test, int(references) if drawn else Caps.references)
        picked = None if drawn else Path(references)
        wanted = Wanted(protocol, caps, classes, labels, missing, picked)
        lines = convert_recordings(what, folder, out, wanted, licence, seed)
    print("\n".join(lines))


@main.command()
@click.argument("avatar", type=ANY)
@click.option("--body", type=FILE, help=f"Body file it was made with.  [default: {BODY}]")
@click.option("--out", type=FOLDER, help="Folder to write to.  [default: inspect/ beside AVATAR]")
@click.option("--pose", default="arms_down", show_default=True, help="Pose of avatar.ply.")
@click.option("--fit", type=FILE, help="Fit file (.npz) whose poses motion.png shows.")
@click.option("--held-out", type=FILE, help="Held-out poses of the demo world, for held_out.png.")
def inspect(
    avatar: Path,
    body: Path | None,
    out: Path | None,
    pose: str,
    fit: Path | None,
    held_out: Path | None,
) -> None:
    """Look at an avatar.

    AVATAR is an avatar.safetensors or its folder. Writes turntable.mp4, one turn;
    poses.png, poses that its video never showed; and avatar.ply, for viewers of 3D Gaussian
    splatting.
    """
    avatar = avatar / AVATAR if avatar.is_dir() else avatar
    body = body or avatar.resolve().parents[2] / BODY
    for path, advice in (
        (avatar, "give an avatar.safetensors or its folder"),
        (body, "give the body the avatar was made with: --body FILE"),
        (fit, "give a fit .npz"),
        (held_out, "give held-out poses of the demo world"),
    ):
        if path and not path.is_file():
            raise UserError(f"{path}: no such file; {advice}")
    from understudy.avatar.inspection.inspect import inspect_avatar

    for path in inspect_avatar(avatar, body, out or avatar.parent / "inspect", pose, fit, held_out):
        print(path)


@main.command()
@configfile
@click.option("--out", type=FOLDER, help="Folder to write; it must not be there yet.")
@click.option("--creator", help="Who publishes it.")
@click.option("--url", help="Where it will be found.")
@click.option("--certificate", type=FILE, help="PEM: sign with this one, not a self-made one.")
@click.option("--key", type=FILE, help="PEM: the certificate's key.")
@click.option("--note", help="A line that every frame shows, such as 'AI-generated'.")
@click.option("--shards", type=float, help="Write tar shards of at most this many MB.")
@click.option("--partial", is_flag=True, help="After a failed run: of the videos that are there.")
@click.option("--verify", type=FOLDER, help="Instead: is this release as it was written?")
def release(
    configfile: Path,
    out: Path | None,
    creator: str | None,
    url: str | None,
    certificate: Path | None,
    key: Path | None,
    note: str | None,
    shards: float | None,
    partial: bool,
    verify: Path | None,
) -> None:
    """Write the dataset so that others can load, check and cite it.

    The videos that the list for training holds, with their labels and facts, in a folder that
    stands by itself. Each carries a signed C2PA manifest, which says that it is synthetic. Refused
    if an ingredient's licence or consent is unstated or forbids it. What no option says is as the
    configuration's section release has it.

    With --verify, each video has to be signed with --certificate, or else with the one that is in
    the release.
    """
    from understudy.configuration.check import checked_config
    from understudy.forecast.show import plan_of
    from understudy.release.installed import needs_signing
    from understudy.release.settings import ReleaseSettings

    with needs_signing():
        from understudy.release.publish import publish
        from understudy.release.release import dataset_of
        from understudy.release.verify import verified

    if verify is not None:
        print(verified(verify, certificate))
        return
    if out is None:
        raise click.UsageError("--out is needed")
    plan = plan_of(configfile)
    files = {"certificate": certificate, "key": key}
    options = {"creator": creator, "url": url, "note": note, "shards_mb": shards}
    options |= {name: str(path) for name, path in files.items() if path is not None}
    given = {name: value for name, value in options.items() if value is not None}
    config = checked_config({**plan.config, "release": {**plan.config["release"], **given}})
    dataset = dataset_of(Path(plan.layout.dataset("")), partial)
    about, settings = config["dataset"], ReleaseSettings(**config["release"])
    print("\n".join(publish(dataset, about["name"], about["licence"], settings, out)))


@main.command()
@click.argument("paths", type=ANY, nargs=-1, required=True)
@click.option("--coco", type=FILE, help="Write all as one COCO-WholeBody file.")
@click.option("--amass", type=FOLDER, help="Write each motion as AMASS does, into this folder.")
def labels(paths: tuple[Path, ...], coco: Path | None, amass: Path | None) -> None:
    """Export what is known of every frame of synthetic videos.

    PATHS are *.labels.npz files, or folders that hold some, such as results/demo/synthetic.
    """
    from understudy.export.labels import export_labels

    print("\n".join(export_labels(paths, coco, amass)))


@main.command()
@click.option("--gpu", help="Kind of GPU that jobs ask for, as SLURM names it.  [default: any]")
def profile(gpu: str | None) -> None:
    """Write a profile for this cluster.

    Run it on a login node. SLURM is asked for partitions, GPUs, accounts and limits; the profile
    is written to profiles/NAME of the cluster, with a driver to submit.
    """
    from understudy.checkout import checkout
    from understudy.cluster.profile import write_profile
    from understudy.cluster.site import read_site

    folder, lines = write_profile(read_site(), checkout(), gpu)
    print("\n".join(lines))
    print(f"{folder}: written; next: make plan, and sbatch {folder}/driver.sh")


@main.group()
def queue() -> None:
    """Manage jobs that an earlier run left in SLURM.

    Run it in the work folder before Snakemake is started again, so that no two jobs write one file.
    """


@queue.command("list")
def list_jobs() -> None:
    """List the jobs of this folder."""
    from understudy.cluster.wait import show_queue

    show_queue(Path.cwd())


@queue.command()
def wait() -> None:
    """Wait until they have ended."""
    from understudy.cluster.wait import wait_for_queue

    wait_for_queue(Path.cwd())


@queue.command()
def cancel() -> None:
    """Cancel them and wait until they have ended."""
    from understudy.cluster.wait import cancel_queue

    cancel_queue(Path.cwd())


@main.command(hidden=True)
@click.argument("plan", type=FILE)
@click.argument("out", type=FOLDER)
def dataset(plan: Path, out: Path) -> None:
    """Write the dataset of the videos that a failed run made; Snakemake calls this at the end."""
    from understudy.report.so_far import dataset_so_far, load_plan

    if told := dataset_so_far(load_plan(plan), out):
        print(told)


@main.command(hidden=True)
@click.argument("inputs", type=FILE)
@click.argument("out", type=FILE)
def report(inputs: Path, out: Path) -> None:
    """Write the report of a failed run; Snakemake calls this at the end."""
    from understudy.report.partial import build_partial_report

    build_partial_report(inputs, out)
