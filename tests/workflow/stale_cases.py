"""Edits of a finished run at its smallest size (tiny.yaml), each with the jobs that it makes due.

One person (esi) re-enacts two references (wave, bow), each in front of one of three rooms; two
trainings (real1_synthetic0, real1_synthetic1) of one model.
"""

from stale_edits import (
    LIBRARY,
    Case,
    a_file,
    cell,
    code,
    config,
    lost,
    model,
    rewritten,
    row,
    setting,
    together,
)

# What follows what. A job of a later stage is due with the one before it.
REPORT = {"build_report": 1}
FACTS = {"write_dataset": 1, "build_gallery": 1, "sheet_worst": 1, **REPORT}
ONE_CHECKED = {"check_videos": 1, "look_at_figures": 1, "measure_quality": 1}
TABLES = {"tabulate": 1, **REPORT}
TRAINING = {"list_clips": 1, "train_recogniser": 1, **TABLES}
TRAININGS = {"list_clips": 2, "train_recogniser": 2, **TABLES}
SEES_SYNTHETIC = TRAINING
JUDGED = {"measure_quality": 2, **FACTS, **SEES_SYNTHETIC}
LOOKED_AT = {"look_at_figures": 2, **JUDGED}
VIDEOS = {"join_checked": 1, **FACTS, **SEES_SYNTHETIC}
SHOWN = {"sheet_reference": 2, "preview_reference": 2}
COMPOSITES = {"composite_background": 2, "check_videos": 2, **LOOKED_AT, **SHOWN, **VIDEOS}
RENDERS = {"animate_avatar": 2, **COMPOSITES}
ROOMS = {"calibrate_background": 1, "sheet_background": 1}  # of a photo that is as it was
PICTURES = {"picture_avatar": 1, "sheet_identity": 1}
SCORES = {"score_avatar": 1, "measure_demo": 1, **FACTS}
AVATARS = {"train_avatar": 1, **PICTURES, **SCORES, **RENDERS}
FITS = {"fit_body": 3, "extract_depth": 1, "measure_coverage": 1, "flag_sources": 1, **AVATARS}
READINGS = {"extract_expression": 3, "extract_hands": 3, **FITS}
PERSON = {  # from the person's own video on
    "extract_keypoints": 1,
    "extract_masks": 1,
    "extract_expression": 1,
    "extract_hands": 1,
    "fit_body": 1,
    "measure_coverage": 1,
    "flag_sources": 1,
    "extract_depth": 1,
    **AVATARS,
}

FACT_CASES = [
    Case("a licence of a person", cell("identities", "licence", "CC0"), FACTS),
    Case("a consent", cell("identities", "consent", "publication"), FACTS),
    Case("a licence of a reference", cell("references", "licence", "CC0"), FACTS),
    Case("a subject of a reference", cell("references", "subject", "S1"), FACTS),
    Case("a start of 0", cell("references", "start", "0"), FACTS),
    Case("a licence of a room", cell("backgrounds", "licence", "CC0", "CC0", "CC0"), FACTS),
    Case("a scene of a room", cell("backgrounds", "scene", "gym", "bed", "class"), FACTS),
    Case("a camera's height", cell("backgrounds", "camera_height", "1.2"), {**ROOMS, **REPORT}),
    Case("a subject of a real video", cell("real", "subject", "R1")),
    Case("a licence of a real video", cell("real", "licence", "CC0")),
    Case("reordered people and references", rewritten("references", lambda rows: rows[::-1])),
    Case("reordered rooms", rewritten("backgrounds", lambda rows: rows[::-1])),
    Case("reordered real videos", rewritten("real", lambda rows: rows[::-1])),
    Case(
        "./ before paths",
        rewritten("references", lambda rows: [r.replace("results/", "./results/") for r in rows]),
    ),
    Case(
        "labels of the references exchanged",
        rewritten(
            "references",
            lambda rows: [
                "\t".join([*line.split("\t")[:2], label])
                for line, label in zip(rows, ("bow", "hand_waving"), strict=True)
            ],
        ),
        {**FACTS, **SEES_SYNTHETIC},
    ),
    Case("cameras of the training videos", cell("real", "camera", "C1", "C2")),
    Case(
        "cameras of the test videos",
        cell("real", "camera", "", "", "C1", "C2"),
        TRAININGS,
    ),
]
ROW_CASES = [
    Case(
        "a second reference's take",
        row(
            "references",
            "wave2",
            "results/tiny/world/clip/gita.hand_waving.gym.4.mp4",
            "hand_waving",
        ),
        {
            **{rule: 1 for rule in ("demo_clip", "normalise_reference", "extract_keypoints")},
            **{rule: 1 for rule in ("extract_expression", "extract_hands", "fit_body")},
            "flag_sources": 1,
            **{rule: 1 for rule in ("animate_avatar", "composite_background", "sheet_reference")},
            **{rule: 1 for rule in ("preview_reference", "measure_demo", "check_leakage")},
            **ONE_CHECKED,
            **VIDEOS,
        },
    ),
    Case(
        "a room that nobody draws",
        row("backgrounds", "nobody_draws_it", "results/tiny/world/rooms/gym.png"),
        {"find_bystanders": 1, **ROOMS, **REPORT},
    ),
    Case(
        "a label at the end, with its videos",
        together(
            config(lambda settings: settings["labels"].append("kicking")),
            rewritten(
                "real",
                lambda rows: [
                    *rows,
                    *(
                        f"k_{split}\tresults/tiny/world/real/dov.bow.hallway.11.mp4".replace(
                            ".11.", f".{style}."
                        )
                        + f"\tkicking\t{split}"
                        for split, style in (("train", 21), ("test", 22))
                    ),
                ],
            ),
            row(
                "references", "kick", "results/tiny/world/clip/ben.kicking.kitchen.3.mp4", "kicking"
            ),
        ),
        {
            "demo_clip": 3,
            **{rule: 1 for rule in ("normalise_reference", "extract_keypoints")},
            **{rule: 1 for rule in ("extract_expression", "extract_hands", "fit_body")},
            "flag_sources": 1,
            **{rule: 1 for rule in ("animate_avatar", "composite_background", "sheet_reference")},
            **{rule: 1 for rule in ("preview_reference", "measure_demo", "check_leakage")},
            **ONE_CHECKED,
            **VIDEOS,
            **TRAININGS,
        },
    ),
]
CONFIG_CASES = [
    Case("avatar.checkpoint_seconds", setting("avatar.checkpoint_seconds", 7)),
    Case(
        "avatar.exavatar under direct", setting("avatar.exavatar", {"epochs": 2, "scene": "plate"})
    ),
    Case("avatar.lpips", a_file("alex.pth", setting("avatar.lpips", "alex.pth")), SCORES),
    Case("avatar.direct.iterations", setting("avatar.direct.iterations", 61), AVATARS),
    Case("avatar.patience", setting("avatar.patience", 0.7), AVATARS),
    Case("render.crf", setting("render.crf", 20), RENDERS),
    Case("render.placement", setting("render.placement", "copy"), {**RENDERS, "measure_demo": 1}),
    Case("render.keep_rgba", setting("render.keep_rgba", False)),
    Case("backgrounds.resize", setting("backgrounds.resize", "stretch"), COMPOSITES),
    Case("fit.focal", setting("fit.focal", 1.3), READINGS),
    Case("fit.least_score", setting("fit.least_score", 0.35), READINGS),
    Case("fit.focal_sigma", setting("fit.focal_sigma", 0.2), FITS),
    Case(
        "fit.flag",
        setting("fit.flag", {"slide": 0.001}),
        {"flag_sources": 1, **FACTS, **SEES_SYNTHETIC},
    ),
    Case(
        "coverage.least_side",
        setting("coverage.least_side", 0.9),
        {"flag_sources": 1, **FACTS, **SEES_SYNTHETIC},
    ),
    Case("fit.flagged", setting("fit.flagged", "refuse"), REPORT),
    Case(
        "dataset.keep",
        setting("dataset.keep", {"unless_reference": ["slide"]}),
        {**FACTS, **SEES_SYNTHETIC},
    ),
    Case("dataset.keep.most_risk", setting("dataset.keep.most_risk", 0.5), {**FACTS, **TRAINING}),
    Case("features.depth_relation unused", setting("features.depth_relation", "reciprocal")),
    Case(
        "video.reference.fps",
        setting("video.reference.fps", 10),
        {
            **{rule: 2 for rule in ("normalise_reference", "extract_keypoints", "fit_body")},
            **{rule: 2 for rule in ("extract_expression", "extract_hands")},
            "flag_sources": 1,
            **RENDERS,
            "measure_demo": 1,
        },
    ),
    Case(
        "video.identity.seconds",
        setting("video.identity.seconds", 2),
        {
            "normalise_identity": 1,
            **PERSON,
        },
    ),
    Case("a whole number as another", setting("video.reference.seconds", 2.0)),
    Case("dataset.name", setting("dataset.name", "ours"), FACTS),
    Case("dataset.licence", setting("dataset.licence", "CC0"), FACTS),
    Case("device", setting("device", "cuda")),
    Case("weights", setting("weights", "elsewhere")),
    Case("a recogniser's workers and cache", model(workers=1, cache_gb=0.5)),
    Case("a recogniser's checkpoint_seconds", model(checkpoint_seconds=5)),
    Case("a recogniser's default spelt out", model(optimiser="adam", momentum=0.9)),
    Case("a recogniser's weighting", model(weighting="quality"), TRAININGS),
    Case("what a recogniser's optimiser does not use", model(momentum=0.5)),
    Case("a recogniser's epochs", model(epochs=3), TRAININGS),
    Case(
        "another recogniser",
        config(
            lambda settings: settings["experiments"]["models"].update(
                wide={**settings["experiments"]["models"]["resnet"], "width": 16}
            )
        ),
        TRAININGS,
    ),
    Case("experiments.seeds", setting("experiments.seeds", [0, 7]), TRAININGS),
    Case(
        "experiments.allowed_pairs",
        setting(
            "experiments.allowed_pairs",
            [{"test": "bow_gita", "other": "wave", "reason": "no copy"}],
        ),
        {"check_leakage": 1, **FACTS},
    ),
    Case("experiments.disjoint_by", setting("experiments.disjoint_by", "video")),
    Case(
        "labels in another order",
        setting("labels", ["bow", "hand_waving"]),
        {**FACTS, **TRAININGS},
    ),
    Case(
        "keys in another order",
        config(
            lambda settings: settings.update({key: settings.pop(key) for key in sorted(settings)})
        ),
    ),
]
CODE_CASES = [
    Case("the package's version", code(f"{LIBRARY}/__init__.py", '__version__ = "9.9.9"')),
    Case("a comment in an unused module", code(f"{LIBRARY}/features/sam/masks.py", "# a remark")),
    Case("a comment in a used module", code(f"{LIBRARY}/scene/composite.py", "# a remark")),
    Case("a comment in the rules", code("rules/avatar.smk", "# a remark")),
    Case(
        "a new back-end",
        code(f"{LIBRARY}/choices.py", '        "mine": "understudy.mine:f",', '        "mmpose"'),
    ),
    Case("an unused back-end", code(f"{LIBRARY}/features/openmmlab/keypoints.py")),
    Case("another unused back-end", code(f"{LIBRARY}/features/depth_anything/depth.py")),
    Case("what the config is checked against", code(f"{LIBRARY}/configuration/fit.py")),
    Case("an unused avatar model", code(f"{LIBRARY}/avatar/training/exavatar/losses.py")),
    Case("its settings", code(f"{LIBRARY}/avatar/training/exavatar/settings.py")),
    Case("an unused recogniser", code(f"{LIBRARY}/recognition/slowfast.py")),
    Case("the command line", code(f"{LIBRARY}/cli.py")),
    Case("an unused preset of the fit", code(f"{LIBRARY}/fitting/paper/losses.py")),
    Case(
        "the turntable", code(f"{LIBRARY}/avatar/inspection/portraits.py"), {**PICTURES, **REPORT}
    ),
    Case(
        "the floors of rooms",
        code(f"{LIBRARY}/room/floor.py"),
        {**{rule: 3 * jobs for rule, jobs in ROOMS.items()}, **REPORT},
    ),
    Case("an unused back-end of rooms", code(f"{LIBRARY}/room/depth_anything.py")),
    Case("LPIPS", code(f"{LIBRARY}/image_metrics/perceptual.py"), SCORES),
    Case("the compositor", code(f"{LIBRARY}/scene/composite.py"), COMPOSITES),
    Case(
        "the chosen back-end of the masks",
        code(f"{LIBRARY}/features/mediapipe/masks.py"),
        {
            "extract_masks": 1,
            "extract_depth": 1,
            "measure_coverage": 1,
            "flag_sources": 1,
            **AVATARS,
        },
    ),
    Case("the chosen avatar model", code(f"{LIBRARY}/avatar/training/direct/training.py"), AVATARS),
    Case("the risk of a video", code(f"{LIBRARY}/quality/risk.py"), JUDGED),
    Case("what is seen of figures", code(f"{LIBRARY}/quality/figure.py"), LOOKED_AT),
    Case("the datasheet", code(f"{LIBRARY}/dataset/datasheet.py"), FACTS),
    Case(
        "the recogniser's training",
        code(f"{LIBRARY}/recognition/train.py"),
        TRAININGS,
    ),
    Case("the report's page", code(f"{LIBRARY}/report/page.py"), REPORT),
]
ONE_COMPOSITE = {
    "composite_background": 1,
    "sheet_reference": 1,
    "preview_reference": 1,
    **ONE_CHECKED,
    **VIDEOS,
}
LOST_CASES = [
    Case("a synthetic video lost", lost("synthetic/wave"), ONE_COMPOSITE),
    Case(
        "a synthetic video lost, the dataset asked for",
        lost("synthetic/wave"),
        {"composite_background": 1, "join_checked": 1, "write_dataset": 1, **ONE_CHECKED},
        ("--", "dataset"),
    ),
    Case("the dataset lost", lost("dataset"), {"flag_sources": 1, **VIDEOS}),
    Case(
        "the quality of one reference lost",
        lost("quality/wave.parquet"),
        {**JUDGED, "measure_quality": 1},
    ),
    Case("a table of the dataset lost", lost("dataset/manifest.csv"), FACTS),
    Case("a list of the dataset lost", lost("dataset/lists/real_test.txt"), FACTS),
    Case("an avatar lost", lost("avatar/esi/avatar.safetensors"), AVATARS),
    Case(
        "an avatar with all that follows lost",
        lost("avatar", "white", "synthetic", "dataset"),
        {"flag_sources": 1, **AVATARS},
    ),
    Case(
        "an avatar lost, the avatars asked for",
        lost("avatar/esi/avatar.safetensors"),
        {"train_avatar": 1, "score_avatar": 1, "picture_avatar": 1},
        ("--", "avatars"),
    ),
    Case("an avatar's scores lost", lost("avatar/esi/metrics.json"), SCORES),
    Case(
        "a feature lost",
        lost("features/reference/bow/hands.npz"),
        {
            "extract_hands": 1,
            "fit_body": 1,
            "flag_sources": 1,
            "animate_avatar": 1,
            **ONE_COMPOSITE,
            "measure_demo": 1,
        },
    ),
    Case(
        "a white video lost",
        lost("white/bow/esi/source.mp4"),
        {
            "animate_avatar": 1,
            **ONE_COMPOSITE,
        },
    ),
    Case("a sheet lost", lost("sheets/reference/bow.jpg"), {"sheet_reference": 1, **REPORT}),
    Case(
        "a training's scores lost",
        lost("experiments/world/resnet/real1_synthetic0/seed0/metrics.json"),
        {"train_recogniser": 1, **TABLES},
    ),
    Case("a figure lost", lost("experiments/world/curves.svg"), TABLES),
    Case(
        "a figure lost, the experiments asked for",
        lost("experiments/world/curves.svg"),
        {"tabulate": 1},
        ("--", "experiments"),
    ),
]
CASES = [*FACT_CASES, *ROW_CASES, *CONFIG_CASES, *CODE_CASES, *LOST_CASES]
