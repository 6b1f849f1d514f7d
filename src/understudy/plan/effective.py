"""The part of the config that affects results: the chosen model's settings, not its siblings', and
nothing that only says where or how often. A job is given no more than this, so that no other edit
of the config makes its outputs stale."""

from understudy.choices import CHOICES
from understudy.recognition.points import Point
from understudy.recognition.settings import INDIFFERENT

SHARED = ("model", "size", "held_out_every", "patience")  # of `avatar`, what affects every model
READING = ("focal", "least_score", "least_frames")  # of `fit`: how keypoints are read
JUDGED_BY = ("flag", "flagged")  # of `fit`: how a fit is judged once it is made
PLACES = ("device", "container", "weights", "tables", "results")
PUBLISHED = ("release",)  # decides nothing but the release


def avatar_settings(config: dict) -> dict:
    """The settings of `avatar` that affect an avatar of the chosen model."""
    avatar = config["avatar"]
    return {key: avatar[key] for key in (*SHARED, avatar["model"])}


def training_lpips(config: dict) -> str | None:
    """The weights file that the training loss needs, if any."""
    avatar = config["avatar"]
    return avatar[avatar["model"]].get("lpips")


def score_settings(config: dict) -> dict:
    """The settings of `avatar` that its score depends on."""
    return {key: config["avatar"][key] for key in ("size", "held_out_every", "lpips")}


def reading_settings(config: dict) -> dict:
    """The settings of `fit` that every reader of keypoints needs."""
    return {key: config["fit"][key] for key in READING}


def fit_settings(config: dict) -> dict:
    """The settings of `fit` that affect a fit."""
    return {key: value for key, value in config["fit"].items() if key not in JUDGED_BY}


def room_backend(config: dict) -> str:
    """What looks at backgrounds: the back-end of depth if it can, else lines alone."""
    word = config["features"]["depth"]
    return word if word in CHOICES["room"] else "lines"


def recogniser_settings(config: dict, model: str) -> dict:
    """The settings of a recogniser that its training and testing depend on."""
    settings = config["experiments"]["models"][model]
    unused = {*INDIFFERENT}
    if settings["optimiser"] != "sgd":
        unused.add("momentum")
    if settings["steps"] is not None:
        unused.add("epochs")
    return {key: value for key, value in settings.items() if key not in unused}


def needs_quality(config: dict, model: str, point: Point) -> bool:
    """Whether the quality of the synthetic videos decides what a recogniser is trained on."""
    is_limited = config["dataset"]["keep"]["most_risk"] < 1
    decides = is_limited or point.selection == "quality" or is_weighed(config, model)
    return bool(point.n_synthetic) and decides


def is_weighed(config: dict, model: str) -> bool:
    """Whether a synthetic video counts by its quality."""
    return bool(config["experiments"]["models"][model]["weighting"] == "quality")


def loading_settings(config: dict, model: str) -> dict:
    """The rest of a recogniser's settings."""
    settings = config["experiments"]["models"][model]
    return {key: settings[key] for key in INDIFFERENT if key in settings}


def effective_config(config: dict) -> dict:
    """All of the config that affects results, as the report shows it."""
    shown = {key: config[key] for key in config if key not in (*PLACES, *PUBLISHED)}
    experiments = dict(config["experiments"])
    experiments.pop("disjoint_by")  # decides only what a plan refuses
    models = {name: recogniser_settings(config, name) for name in experiments["models"]}
    features = dict(config["features"])
    word = features["depth"]
    if not word.startswith("depth_anything") or "metric" in word:
        features.pop("depth_relation")
    avatar = avatar_settings(config) | {"lpips": config["avatar"]["lpips"]}
    render = {key: value for key, value in config["render"].items() if key != "keep_rgba"}
    return {
        **shown,
        "render": render,
        "features": features,
        "avatar": avatar,
        "experiments": {**experiments, "models": models},
    }
