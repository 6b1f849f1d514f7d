"""Values of the configuration, wrong ones by kind and right ones, each as the file that has it.

`values_right()` says how many of them the plan accepts or refuses as it should.
"""

import copy
import tempfile
from dataclasses import dataclass
from pathlib import Path

import yaml

from understudy.configuration.former import FORMER
from understudy.configuration.read import read_config
from understudy.configuration.words import shown
from understudy.errors import UserError
from understudy.plan.planned import read_plan

ROOT = Path(__file__).resolve().parents[2]
BASE = yaml.safe_load((ROOT / "tests/workflow/tiny.yaml").read_text())
BASE["tables"] = {name: str(ROOT / path) for name, path in BASE["tables"].items()}
HERE = str(ROOT / "LICENSE")  # a file that exists
NAN, INF = float("nan"), float("inf")
RESNET = "experiments.models.resnet"
GRID = "experiments.grid"
BOTH = {"n_real": 1, "n_synthetic": 1}
LONG = "a" * 81

WRONG: dict[str, list[tuple[str, object]]] = {  # kind -> (key, its value)
    "unknown key": [
        *((key, 1) for key in ("sede", "lables", "device_", "Results", "model", "epochs", "")),
        *((key, 1) for key in (1, 0.5, True, None, "a\nb")),
        *((f"tables.{key}", "a.tsv") for key in ("identity", "references.tsv", "test")),
        *((f"video.identity.{key}", 1) for key in ("fsp", "second", "width", "crf")),
        *((f"video.{key}", {}) for key in ("identities", "clip")),
        *((f"features.{key}", "mediapipe") for key in ("keypoint", "mask", "pose")),
        *((f"fit.{key}", 1.0) for key in ("foccal", "sigma", "flag_", "lr")),
        *((f"fit.flag.{key}", 1.0) for key in ("eror", "jiter")),
        *((f"avatar.{key}", 1) for key in ("sizes", "steps", "seed", "epochs", "weights")),
        *((f"avatar.direct.{key}", 1) for key in ("iteration", "max_egde", "rates", "size")),
        *((f"avatar.exavatar.{key}", 1) for key in ("epoch", "rate", "hidden")),
        *((f"render.{key}", 1) for key in ("view", "keep_rgb", "quality")),
        *((f"backgrounds.{key}", 1) for key in ("per_pairs", "n")),
        *((f"dataset.{key}", "CC0") for key in ("license", "title")),
        *((f"release.{key}", "A lab") for key in ("author", "shards", "date")),
        *((f"experiments.{key}", 1) for key in ("model", "grids", "seed", "epochs")),
        *((f"{RESNET}.{key}", 1) for key in ("epcohs", "learning_rate", "optimizer", "seed", 3)),
        *((f"{GRID}", [{**BOTH, key: 1}]) for key in ("n_reel", "seeds", "view")),
        *((f"demo.{key}", {}) for key in ("identities", "background_", "world_")),
        *((f"demo.identity.{key}", 64) for key in ("wdth", "size", "frames")),
        *((f"demo.background.{key}", 1) for key in ("fps", "seconds", "noise")),
        ("flame.vertexids", HERE),
    ],
    "former key": [(key, 1) for key in FORMER],
    "wrong type": [
        *(("seed", value) for value in ("0", 1.0, True, None, [0], {})),
        *(("device", value) for value in (0, True, ["cpu"], None, {"cpu": 1})),
        *(("labels", value) for value in ("bow", None, {"bow": 0}, 3, True, [["bow"]])),
        *(("labels", ["bow", value]) for value in (1, True, None, 0.5, {"a": 1})),
        *(("video", value) for value in (None, [], "resample", 18)),
        *(("video.identity.fps", value) for value in ("18", True, None, [18], "18 fps")),
        *(("video.identity.square", value) for value in (1, 0, "yes", None, "true")),
        *(("video.reference.size", value) for value in ("512", 512.0, [512, 512])),
        *(("video.reference.policy", value) for value in (1, None, True)),
        *(("results", value) for value in (1, None, True, ["out"])),
        *(("body", value) for value in (1, False, [HERE])),
        *(("features.keypoints", value) for value in (None, 1, ["mediapipe"])),
        *(("fit.focal", value) for value in ("1.0", "1e0", None, True)),
        *(("fit.focal_sigma", value) for value in ("0.3", None, [0.3])),
        *(("fit.least_frames", value) for value in ("10 %", None, True)),
        *(("fit.flag.slide", value) for value in ("15", None, [15])),
        *(("fit.flag", value) for value in (None, 2.0, [2.0])),
        *(("avatar.direct.iterations", value) for value in (4000.0, "4000", True, None)),
        *(("avatar.direct.align_at", value) for value in (0.5, "0.5", [True])),
        *(("avatar.exavatar.subdivisions", value) for value in (1.0, "2", True)),
        *(("render.views", value) for value in ("source", None, [0], [None])),
        *(("render.keep_rgba", value) for value in ("true", 1, None)),
        *(("backgrounds.per_pair", value) for value in (2.0, "2", True, None, [2])),
        *(("dataset.name", value) for value in (2024, None, True)),
        *(("release", value) for value in (None, [], "A lab")),
        *(("release.creator", value) for value in (2024, True, ["A lab"])),
        *(("release.url", value) for value in (1, True, ["https://a.org"])),
        *((f"release.{key}", value) for key in ("certificate", "key") for value in (1, True)),
        *(("release.note", value) for value in (True, 1, ["AI"])),
        *(("release.shards_mb", value) for value in ("500", True, [500])),
        *(("experiments.models", value) for value in (None, [], "resnet", ["resnet"])),
        *((RESNET, value) for value in (None, "resnet", 50, [])),
        *((f"{RESNET}.epochs", value) for value in (5.0, "5", True, None)),
        *((f"{RESNET}.lr", value) for value in ("1e-4", "0.001", None, True, [0.1])),
        *((f"{RESNET}.mixed_precision", value) for value in (1, "on", None)),
        *((f"{RESNET}.depth", value) for value in (50.0, "50", True)),
        *((GRID, value) for value in (None, {}, "all", [None], [[1, 1]], BOTH)),
        *((GRID, [{**BOTH, "n_real": value}]) for value in (1.0, "1", None, True, [1, "x"], {})),
        *(("experiments.seeds", value) for value in (0, None, "0", [0.0], [True], ["0"])),
        *(("demo.clip.fps", value) for value in ("12", None, True)),
        *(("demo", value) for value in (None, [], "world")),
    ],
    "out of range": [
        *(("seed", value) for value in (-1, 2**32, 10**30)),
        *(("device", value) for value in ("gpu", "CPU", "cuda:0", "tpu")),
        *(("video.identity.seconds", value) for value in (0, -18, 1e9)),
        *(("video.identity.fps", value) for value in (0, -1, 1e6)),
        ("video.identity", {"seconds": 0.1, "fps": 12}),
        *(("video.reference.size", value) for value in (-5, 0, 1, 10**6)),
        *(("video.reference.policy", value) for value in ("cut", "Trim")),
        *(("features.people", value) for value in ("allow", "Refuse")),
        *(("features.masks", value) for value in ("samm", "mediapipe2")),
        *(("fit.focal", value) for value in (0, -1.0, 1e6)),
        *(("fit.least_score", value) for value in (0, 1.5)),
        *(("fit.focal_sigma", value) for value in (0, -0.3)),
        *(("fit.least_frames", value) for value in (0, 1.1)),
        *(("fit.flag.bridged", value) for value in (-0.1, 1.01)),
        *(("fit.flagged", value) for value in ("ignore", "Refuse")),
        *(("avatar.size", value) for value in (-5, 0, 63, 10**9)),
        *(("avatar.direct.iterations", value) for value in (0, -1)),
        *(("avatar.direct.max_edge", value) for value in (0, -0.01, 9)),
        *(("avatar.direct.align_at", value) for value in ([0], [1.5], [0.5, -0.1])),
        *(("avatar.held_out_every", value) for value in (1, 0, -8)),
        *(("avatar.patience", value) for value in (0, 1.5)),
        *(("avatar.model", value) for value in ("gaussians", "ExAvatar")),
        *(("avatar.exavatar.subdivisions", value) for value in (-1, 3)),
        *(("render.views", [value]) for value in ("az181_el0", "az0_el90", "az-200_el0", "front")),
        *(("render.crf", value) for value in (-1, 52)),
        *(("backgrounds.per_pair", value) for value in (0, -3, 99)),
        *(("backgrounds.resize", value) for value in ("fill", "Cover")),
        *(("release.shards_mb", value) for value in (0, -500, 1e9)),
        *((f"{RESNET}.architecture", value) for value in ("nope", "ResNet", "i3d")),
        *((f"{RESNET}.depth", value) for value in (7, 34, -50)),
        *((f"{RESNET}.width", value) for value in (0, 12, -8)),
        *((f"{RESNET}.size", value) for value in (-5, 31, 10**6)),
        *((f"{RESNET}.batch", value) for value in (0, -4)),
        *((f"{RESNET}.epochs", value) for value in (0, -1)),
        *((f"{RESNET}.lr", value) for value in (0, -1e-4, 5)),
        *((f"{RESNET}.dropout", value) for value in (-0.1, 1, 1.5)),
        *((f"{RESNET}.clip_share", value) for value in (0, 1.1)),
        *((f"{RESNET}.zoom", value) for value in (0.9, 0, -1)),
        *((f"{RESNET}.workers", value) for value in (-1, 10**6)),
        *((f"{RESNET}.steps", value) for value in (0, -10)),
        (RESNET, {"architecture": "slowfast", "frames": 6}),
        *((GRID, [{**BOTH, "n_real": value}]) for value in (-1, "none", [0, -1])),
        *((GRID, [{**BOTH, "models": value}]) for value in ("x3d", ["resnet", "all"], "a b")),
        *((GRID, [{**BOTH, "identities": value}]) for value in (0, -2, 99, "both")),
        *((GRID, [{**BOTH, "background": value}]) for value in ("black", "Image")),
        *((GRID, [{"n_real": 0, "n_synthetic": value}]) for value in (0, [0, 1])),
        *(("experiments.seeds", value) for value in ([-1], [2**32])),
        *(("experiments.disjoint_by", value) for value in ("camera", "Subject")),
        *(("demo.identity.width", value) for value in (0, -64, 65, 10**6)),
        *(("demo.real.seconds", value) for value in (0, -2)),
        *(("demo.clip.crf", value) for value in (-1, 99)),
        *(("demo.clip.depth_every", value) for value in (0, -4)),
    ],
    "NaN and inf": [
        (key, value)
        for key in (
            *("video.identity.seconds", "video.reference.fps", "fit.focal", "fit.flag.jitter"),
            *("fit.least_frames", "fit.flag.least_seen", "avatar.direct.max_edge"),
            *("avatar.patience", f"{RESNET}.lr"),
            *(f"{RESNET}.zoom", f"{RESNET}.cache_gb", "demo.identity.noise", "demo.clip.seconds"),
            "release.shards_mb",
            *("seed", "avatar.size", "backgrounds.per_pair", f"{RESNET}.batch"),
        )
        for value in (NAN, INF, -INF)
    ]
    + [("avatar.direct.align_at", [INF])],
    "empty": [
        *((key, "") for key in ("results", "weights", "body", "container", "device")),
        *((key, "") for key in ("flame.model", "flame.vertex_ids", "tables.identities")),
        *((key, "") for key in ("tables.real", "features.hands", "avatar.lpips", "dataset.name")),
        *((key, "") for key in ("dataset.licence", "experiments.dataset", "demo.world")),
        *((key, "") for key in (f"{RESNET}.pretrained", f"{RESNET}.architecture")),
        *((f"release.{key}", "") for key in ("creator", "url", "certificate", "key", "note")),
        *((key, []) for key in ("labels", "avatar.direct.align_at")),
        *((key, []) for key in ("render.views", GRID, "experiments.seeds")),
        *((GRID, [{**BOTH, key: []}]) for key in ("n_real", "identities", "background", "views")),
        (GRID, [{**BOTH, "models": []}]),
        *((GRID, value) for value in ([{}], [{"n_real": 1}], [{"n_synthetic": 1}])),
        ("labels", ["bow", ""]),
        ("labels", ["bow", "  "]),
        ("results", "   "),
    ],
    "repeated": [
        ("labels", ["bow", "hand_waving", "bow"]),
        ("labels", ["bow", "bow"]),
        ("render.views", ["source", "source"]),
        ("render.views", ["az30_el0", "source", "az30_el0"]),
        ("experiments.seeds", [0, 1, 0]),
        ("experiments.seeds", [2, 2]),
        ("avatar.direct.align_at", [0.5, 0.5]),
        ("avatar.direct.align_at", [1, 0.5, 1.0]),
    ],
    "missing file": [
        *((key, "nope.bin") for key in ("body", "container", "avatar.lpips")),
        *((key, "no/such.pth") for key in ("avatar.exavatar.lpips", f"{RESNET}.pretrained")),
        *((f"tables.{name}", "none.tsv") for name in ("identities", "references", "backgrounds")),
        ("tables.real", "none.tsv"),
        *((key, str(ROOT)) for key in ("body", "container", "avatar.lpips", "tables.real")),
        *((key, HERE) for key in ("results", "weights", "demo.world")),
        ("features.hands", "hand4whole"),  # its weights
        ("features.masks", "sam"),
    ],
    "odd name": [
        *(("experiments.dataset", name) for name in ("..", ".", "a b", "a/b", "ü", "-a", LONG)),
        *(("experiments.dataset", name) for name in ("a\n", "{x}", "a.b", " a")),
        *((f"{RESNET[:-7]}", {name: {}}) for name in ("..", "a b", "a/b", "", "{x}", "-m", "ä")),
        *((f"{RESNET[:-7]}", {name: {}}) for name in (1, True, None, LONG, "a.b", "m\n")),
        *(("results", path) for path in ("..", ".", "/", "a/..", "a{b}", "a*", "~/out", "[a]")),
        *(("results", path) for path in (" out", "a\nb", "s3://a/b", "$HOME/x", "a?", "a\\b")),
        *(("demo.world", path) for path in ("..", "w{x}", "~", "a\tb", "./", "w*")),
        *(
            ("labels", ["bow", label])
            for label in (" bow", "a\tb", "a\nb", "bow ", "a\x00", "\u2028")
        ),
        *(("render.views", [view]) for view in ("az30", "az030_el0", "az3.5_el0", "Source", "a b")),
        *(("dataset.name", name) for name in ("a\nb", " a", "a\tb")),
        *(("release.url", url) for url in ("a.org", "ftp://a.org", "https://", "https://a b")),
        *((f"release.{key}", text) for key in ("creator", "note") for text in ("a\nb", " a")),
        *((f"release.{key}", "a{b}.pem") for key in ("certificate", "key")),
        *(("container", name) for name in ("dokcer://a", "docker://", "docker:// a")),
        *(("body", name) for name in ("a{b}.npz", "s3://a.npz", "a\nb")),
        *(("features.keypoints", name) for name in ("media pipe", "../x", "a:b")),
    ],
}

# A file's text -> what the error says besides its name.
DUPLICATES = {
    "labels: [bow]\nseed: 1\nseed: 2\n": ":3: key 'seed' already appears in line 2",
    "labels: [bow]\nlabels: [kick]\n": ":2: key 'labels' already appears in line 1",
    "labels: [bow]\nseed: 1\nseed: 1\n": ":3: key 'seed'",
    "labels: [bow]\nvideo: {identity: {fps: 8, fps: 9}}\n": ":2: key 'fps'",
    "labels: [bow]\navatar:\n  size: 96\n  model: direct\n  size: 64\n": ":5: key 'size'",
    "labels: [bow]\nfit: {}\ndemo: {}\nfit: {focal: 2}\n": ":4: key 'fit'",
    "experiments:\n  models:\n    a: {}\n    b: {}\n    a: {}\nlabels: [a]\n": ":5: key 'a'",
    "labels: [a]\nexperiments: {models: {a: {lr: 1, batch: 2, lr: 0.1}}}\n": ":2: key 'lr'",
    "labels: [a]\nexperiments:\n  grid:\n  - {n_real: 1, n_real: 2}\n": ":4: key 'n_real'",
    "labels: [a]\ntables:\n  real: a.tsv\n  real: b.tsv\n": ":4: key 'real'",
    "labels: [a]\n'seed': 1\nseed: 2\n": ":3: key 'seed'",
    "labels: [a]\nno: 1\noff: 2\n": ":3: key False",
    '{"labels": ["a"], "seed": 1, "seed": 2}': ": key 'seed' appears twice",
    '{"labels": ["a"], "video": {"identity": {"fps": 1, "fps": 2}}}': ": key 'fps' appears twice",
}
FILES: dict[bytes, str] = {
    b"": ": is empty",
    b"\n# nothing\n": ": is empty",
    b"---\n": ": is empty",
    b"- labels\n- [bow]\n": ": has no keys at its top level",
    b"labels\n": ": has no keys at its top level",
    b"3\n": ": has no keys at its top level",
    b"labels: [bow]\nresults: \xff\xfe\n": ": is not UTF-8",
    "labels: [bow]".encode("utf-16"): ": is not UTF-8",
    b"labels: [bow]\nvideo:\n\tidentity: {}\n": ":3: ",
    b"labels: [bow\nseed: 1\n": ":2: ",
    b"labels: [bow]\nseed: 'a\n": ":3: ",
    b"labels: [bow]\n  seed: 1\n": ":2: ",
    b"labels: [bow]\nseed: 1: 2\n": ":2: ",
    b"labels: [bow]\nseed: *other\n": ":2: ",
    b"labels: [bow]\nbody: !!python/object/apply:os.getcwd []\n": ":2: ",
    b"labels: [bow]\n---\nlabels: [kick]\n": ":2: ",
    b"labels: [bow]\nseed: \x00\n": ":2: is not YAML",
    b"labels: [bow]\n{a: 1}\n": ":3: ",
    b"labels: [bow]\n? [a, b]\n: 1\n": ":2: ",
    b"labels: [bow]\nseed: " + b"9" * 5000 + b"\n": ": is not YAML",
    b"labels: [bow]\nseed: 2020-13-45\n": ": is not YAML",
    b"seed: " + b"[" * 5000 + b"\n": ": is not YAML",
    b"<<<<<<< HEAD\nlabels: [bow]\n=======\nseed: 1\n": ":2: ",
    b'{"labels": ["bow",}': ":1: ",
}

RIGHT: list[tuple[str, object]] = [
    *(("seed", value) for value in (0, 7, 2**32 - 1)),
    ("device", "cuda"),
    *(("labels", [*BASE["labels"], label]) for label in ("drink water", "手を振る", "no", "1")),
    *(("results", path) for path in ("out", "./out/", "/tmp/out", "../out", "a/b.c", "my results")),
    *(("container", name) for name in (None, HERE, "docker://a/b:1", "oras://host/a@sha256:0")),
    *(("body", path) for path in (None, HERE)),
    *(("video.identity.fps", value) for value in (12, 12.0, 29.97, 5.5)),
    *(("video.reference.size", value) for value in (None, 64, 511)),
    ("video.reference.policy", "keep"),
    ("video", {}),
    ("fit", {}),
    *(("fit.preset", value) for value in ("paper", "understudy")),
    ("fit.flag.bridged", 0),
    ("fit.flag", {"slide": 15}),
    *(("avatar.lpips", path) for path in (None, HERE)),
    *(("avatar.direct.align_at", value) for value in ([1], [0.5, 1.0])),
    ("avatar.model", "exavatar"),
    ("render.views", ["source", "az30_el-10", "az-180_el0"]),
    ("backgrounds.per_pair", 2),
    ("dataset.name", "Ann's set: é"),
    *(("release.creator", name) for name in (None, "A lab", "Ann's: é")),
    *(("release.url", url) for url in (None, "https://example.org/a?b=1", "http://localhost:80")),
    *((f"release.{key}", path) for key in ("certificate", "key") for path in (None, "away.pem")),
    *(("release.note", note) for note in (None, "AI-generated")),
    *(("release.shards_mb", size) for size in (None, 500, 0.5)),
    ("release", {}),
    ("tables.real", None),
    ("experiments.models", {}),
    ("experiments.models", {"a": {}, "B-2_x": {"architecture": "slowfast", "depth": 101}}),
    *((f"{RESNET}.lr", value) for value in (1, 1e-6)),
    *((f"{RESNET}.steps", value) for value in (None, 1)),
    *((f"{RESNET}.dropout", value) for value in (0, 0.99)),
    *((f"{RESNET}.workers", value) for value in (0, 8)),
    (f"{RESNET}.pretrained", HERE),
    (GRID, [{"n_real": [1, 1], "n_synthetic": 0}, BOTH, BOTH]),
    (GRID, [{"n_real": "all", "n_synthetic": "all", "background": ["image", "white"]}]),
    (GRID, [{**BOTH, "identities": "all", "views": ["all", "source"]}]),
    (GRID, [{**BOTH, "n_real": 99, "models": value} for value in ("resnet", ["resnet"], "all")]),
    ("experiments.seeds", [3, 1, 2]),
    ("demo.identity", {}),
    ("demo.background.width", 64),
]


@dataclass(frozen=True)
class Case:
    """A configuration's file: kind, its bytes, and what a refusal must say; None: it is valid."""

    kind: str
    text: bytes
    told: str | None

    def refusal(self, folder: Path) -> str | None:
        """What the plan says of it; None if it is accepted. Raises whatever is not a UserError."""
        path = folder / "config.yaml"
        path.write_bytes(self.text)
        try:
            read_plan(read_config(path), ROOT / "workflow/schemas")
        except UserError as error:
            return str(error).replace(str(path), path.name)
        return None

    def is_right(self, folder: Path) -> bool:
        try:
            refusal = self.refusal(folder)
        except Exception:
            return False
        if self.told is None or refusal is None:
            return self.told == refusal
        return self.told in refusal and "\n" not in refusal


def cases() -> list[Case]:
    """Wrong values of every kind, then right ones."""
    wrong = [
        Case(kind, _with(key, value), _named(kind, key, value))
        for kind, values in WRONG.items()
        for key, value in values
    ]
    duplicates = [
        Case("duplicate YAML key", text.encode(), f"config.yaml{told}")
        for text, told in DUPLICATES.items()
    ]
    files = [Case("file", text, f"config.yaml{told}") for text, told in FILES.items()]
    right = [Case("right", _with(key, value), None) for key, value in RIGHT]
    return wrong + duplicates + files + right


def values_right() -> tuple[int, int]:
    """How many of all cases are accepted or refused as they should be, and how many there are."""
    with tempfile.TemporaryDirectory() as folder:
        results = [case.is_right(Path(folder)) for case in cases()]
    return sum(results), len(results)


def _with(key: object, value: object) -> bytes:
    """The base's file, but with this key."""
    config = copy.deepcopy(BASE)
    if key == "labels":  # another class has no test video
        config["tables"]["real"] = None
    *sections, last = _parts(key)
    section = config
    for name in sections:
        section = section.setdefault(name, {})
    section[last] = value
    return yaml.safe_dump(config, sort_keys=False, allow_unicode=True).encode()


def _parts(key: object) -> list:
    """tables.references.tsv is a key of `tables`; what is not text, one at the top."""
    if not isinstance(key, str):
        return [key]
    first, _, rest = key.partition(".")
    return key.split(".") if first != "tables" else [first, rest]


def _named(kind: str, key: object, value: object) -> str:
    """How a refusal names the key."""
    if kind == "former key":
        return f"config: {key} {FORMER[key]}"
    if kind != "unknown key":
        return str(key)
    if key == GRID:
        return f"{GRID}[0].{list(value[0])[-1]}: unknown key"
    name = key if isinstance(key, str) and key.isprintable() else shown(key)
    return f"config: {name}: unknown key"
