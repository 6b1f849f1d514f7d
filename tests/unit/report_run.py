"""A small made-up run for the tests of the report: videos of a moving bar, features, benchmarks."""

from pathlib import Path

import numpy as np
import torch
from fit_quality import sound
from PIL import Image

from understudy.artifacts.arrays import save_arrays
from understudy.artifacts.fit import PARTS, Fit, save_fit
from understudy.artifacts.masks import pack_masks
from understudy.body.pose import Pose
from understudy.files import file_digest, write_json, write_text
from understudy.recognition.plots import plot_accuracy, plot_confusion, plot_per_class
from understudy.recognition.tables import TableFiles, write_tables
from understudy.recognition.tabulate import read_runs, summarise
from understudy.video.write import VideoWriter

FRAMES, HEIGHT, WIDTH, FPS = 24, 96, 128, 12
LABELS = ["hand_waving", "kicking", "sit_down"]

RULEGRAPH = """Building DAG of jobs...
digraph snakemake_dag {
    graph[bgcolor=white, margin=0];
    node[shape=box, style=rounded, fontname=sans,                 fontsize=10, penwidth=2];
    edge[penwidth=2, color=grey];
"""
RULES = {  # rule -> what it waits for
    "all": ["report"],
    "report": ["sheet_identity", "sheet_reference", "tabulate", "write_dataset"],
    "sheet_identity": ["train_avatar", "extract_keypoints", "fit_body", "normalise_identity"],
    "sheet_reference": ["composite_background", "normalise_reference", "fit_body"],
    "tabulate": ["train_recogniser"],
    "train_recogniser": ["write_dataset", "demo_clip"],
    "write_dataset": ["composite_background", "train_avatar"],
    "composite_background": ["animate_avatar", "demo_background"],
    "animate_avatar": ["train_avatar", "fit_body", "build_body"],
    "train_avatar": ["normalise_identity", "extract_masks", "extract_depth", "fit_body"],
    "extract_depth": ["extract_masks", "fit_body", "normalise_identity"],
    "fit_body": ["extract_keypoints", "extract_expression", "extract_hands", "build_body"],
    "extract_expression": ["extract_keypoints", "build_body"],
    "extract_hands": ["extract_keypoints", "build_body"],
    "extract_masks": ["extract_keypoints", "normalise_identity"],
    "extract_keypoints": ["normalise_identity", "normalise_reference"],
    "normalise_identity": ["demo_identity"],
    "normalise_reference": ["demo_clip"],
    "demo_identity": [],
    "demo_clip": [],
    "demo_background": [],
    "build_body": [],
}


def rulegraph() -> str:
    """What `snakemake --rulegraph` prints for RULES."""
    number = {rule: i for i, rule in enumerate(RULES)}
    style = 'color = "0.25 0.6 0.85", style="rounded"'
    nodes = [f'\t{i}[label = "{rule}", {style}];\n' for rule, i in number.items()]
    edges = [f"\t{number[before]} -> {number[rule]}\n" for rule in RULES for before in RULES[rule]]
    return RULEGRAPH + "".join(nodes + edges) + "}\n"


def write_video(path: Path, shade: int) -> Path:
    """A bar that walks to the right."""
    path.parent.mkdir(parents=True, exist_ok=True)
    frames = np.full((FRAMES, HEIGHT, WIDTH, 3), shade, np.uint8)
    for t in range(FRAMES):
        frames[t, 20:80, 30 + 2 * t : 50 + 2 * t] = (220, 120, 40)
    with VideoWriter(path, WIDTH, HEIGHT, FPS) as video:
        video.write(frames)
    return path


def write_features(folder: Path, video: Path) -> dict[str, str]:
    """keypoints, masks and depth of `write_video`'s bar."""
    rng = np.random.default_rng(0)
    t = np.arange(FRAMES)
    xy = np.array([40.0, 50.0]) + rng.normal(size=(133, 2)) * (5, 15)
    xy = xy[None] + np.stack([2 * t, 0 * t], 1)[:, None]
    score = np.full((FRAMES, 133), 0.9, np.float32)
    about = {"video": video.name, "digest": file_digest(video), "fps": FPS, "size": [HEIGHT, WIDTH]}
    paths = {name: folder / f"{name}.npz" for name in ("keypoints", "masks", "depth")}
    save_arrays(
        paths["keypoints"],
        {"xy": xy.astype(np.float32), "score": score, "people": np.ones(FRAMES, np.int64)},
        {"kind": "keypoints", **about},
    )
    masks = np.zeros((FRAMES, HEIGHT, WIDTH), bool)
    for frame in t:
        masks[frame, 20:80, 30 + 2 * frame : 50 + 2 * frame] = True
    save_arrays(paths["masks"], pack_masks(masks), {"kind": "masks", **about})
    depth = np.where(masks[::6], 2.5, 4.0).astype(np.float16)
    save_arrays(paths["depth"], {"depth": depth, "frames": t[::6]}, {"kind": "depth", **about})
    return {name: str(path) for name, path in paths.items()}


def write_fit(path: Path, body_id: str, **numbers: float) -> Path:
    """Somebody standing still, three metres away; `numbers` of its quality."""
    pose = Pose.rest(FRAMES)
    pose.transl[:] = torch.tensor([0.0, 0.3, 3.0])
    pose.global_orient[:, 0] = torch.pi
    focal = 1.2 * WIDTH
    camera = torch.tensor([[focal, 0, WIDTH / 2], [0, focal, HEIGHT / 2], [0, 0, 1.0]])
    save_fit(
        path,
        Fit(
            pose=pose,
            betas=torch.zeros(10),
            joint_offset=torch.zeros(55, 3),
            K=camera,
            fps=FPS,
            size=(HEIGHT, WIDTH),
            confidence=np.ones(FRAMES),
            error=dict.fromkeys(PARTS, 1.0),
            up=np.array([0.0, -1.0, 0.0]),
            about={"body": body_id},
        ),
        sound(FRAMES, **numbers),
    )
    return path


def write_picture(path: Path, width: int = 600, height: int = 400) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    ramp = np.linspace(60, 200, width).astype(np.uint8)
    Image.fromarray(np.broadcast_to(ramp[None, :, None], (height, width, 3)).copy()).save(path)
    return str(path)


def write_runs(
    folder: Path,
    accuracies: dict[tuple[str, int, int, int], float],
    dataset: str = "demo",
    **point: str,
) -> list[Path]:
    """metrics.json and curve.csv of runs: (model, n_real, n_synthetic, seed) -> accuracy, 10
    tests per class; point: what is unusual about their synthetic videos."""
    paths = []
    for (model, n_real, n_synthetic, seed), accuracy in accuracies.items():
        right = round(10 * accuracy)
        confusion = [[right if i == j else (10 - right) // 2 for j in range(3)] for i in range(3)]
        name = "_".join(map(str, (model, n_real, n_synthetic, seed, *point.values())))
        path = folder / name / "metrics.json"
        metrics = {
            "dataset": dataset,
            "point": {"n_real": n_real, "n_synthetic": n_synthetic, **point},
            "model": model,
            "description": f"{model}-18, width 16 of 64, 8 frames of 64 px",
            "seed": seed,
            "accuracy": accuracy,
            "chance": 1 / 3,
            "mean_per_class": accuracy,
            "calibration_error": 0.25,
            "per_class": dict.fromkeys(LABELS, accuracy),
            "per_camera": {},
            "labels": LABELS,
            "confusion": confusion,
            "n_per_class": {"real": n_real, "synthetic": n_synthetic},
            "n_of_class": {
                "real": dict.fromkeys(LABELS, n_real),
                "synthetic": dict.fromkeys(LABELS, n_synthetic),
            },
            "n_train": {"real": 3 * n_real, "synthetic": 3 * n_synthetic},
            "n_test": 30,
            "steps": 40 + 10 * n_synthetic,
            "seconds": 20.0,
            "settings": {"width": 16},
        }
        write_json(path, metrics)
        write_text(
            path.with_name("curve.csv"), "epoch,loss,train_accuracy,lr\n1,2,0.1,1\n2,1,0.2,1\n"
        )
        paths.append(path)
    return paths


def table_files(folder: Path) -> TableFiles:
    names = ("table1.md", "table1.tex", "table1.csv", "gains.csv", "per_class.csv")
    return TableFiles(*(folder / name for name in names))


def write_experiments(folder: Path) -> dict:
    """table1 and the three figures, as the report takes them."""
    accuracies = {
        (model, n_real, n_synthetic, seed): 0.3 + 0.05 * n_real + 0.04 * n_synthetic + 0.02 * seed
        for model in ("resnet", "slowfast")
        for n_real in (1, 2)
        for n_synthetic in (0, 4, 8)
        for seed in (0, 1)
    }
    runs = read_runs(write_runs(folder / "runs", accuracies))
    write_tables(runs, table_files(folder))
    plot_accuracy(summarise(runs), folder / "accuracy.svg")
    plot_per_class(runs, folder / "per_class.svg")
    plot_confusion(runs, folder / "confusion.svg")
    captions = {"accuracy": "Accuracy", "per_class": "By class", "confusion": "Confusion"}
    return {
        "table": str(folder / "table1.md"),
        "summary": str(folder / "table1.csv"),
        "plots": [
            {"path": str(folder / f"{name}.svg"), "caption": caption}
            for name, caption in captions.items()
        ],
    }


def write_benchmarks(folder: Path) -> str:
    header = "s\th:m:s\tmax_rss\tmax_vms\tmax_uss\tmax_pss\tio_in\tio_out\tmean_load\tcpu_time\n"
    for i, rule in enumerate(rule for rule in RULES if rule not in ("all", "report")):
        for job in range(1 + i % 4):
            seconds = 2.5 * (i + 1) + 40 * (rule == "train_avatar")
            row = f"{seconds + job}\t0:00:10\t{300 + 55 * i}.5\t1\t1\t1\t0\t0\t95.0\t{seconds}\n"
            write_text(folder / rule / f"job{job}.tsv", header + row)
    return str(folder)
