"""The network that compares photos with sentences: its official layout, and photos looked at with
a small one of random weights."""

import json

import numpy as np
import pytest
import torch
import yaml
from PIL import Image

from tests.unit.scene_tables import SCHEMAS, write_tables
from understudy.errors import UserError
from understudy.features.check_weights import check_weights
from understudy.forecast.scenes import find_scenes
from understudy.networks import clip, torchvision_cpu
from understudy.places.clip import look
from understudy.places.found import load_scenes
from understudy.places.kinds import KINDS
from understudy.plan.planned import read_plan
from understudy.plan.scenes import scenes_file

torchvision_cpu.install()
import open_clip  # noqa: E402

FILE = "CLIP-ViT-B-32-laion2B-s34B-b79K.bin"
TINY = {
    "embed_dim": 16,
    "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 16},
    "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 16, "heads": 2, "layers": 1},
}
LABELS = ["cook_cut", "waltz"]


@pytest.fixture
def tiny(tmp_path, monkeypatch):
    """A folder with the weights of a small network of the same layout, and three photos."""
    (tmp_path / "tiny.json").write_text(json.dumps(TINY))
    open_clip.add_model_config(tmp_path / "tiny.json")
    monkeypatch.setitem(clip.NETWORKS, "clip_vit_b_32", "tiny")
    torch.manual_seed(0)
    torch.save(clip.build("clip_vit_b_32").state_dict(), tmp_path / FILE)
    rng = np.random.default_rng(0)
    (tmp_path / "photos").mkdir()
    for name in ("a", "b", "c"):
        picture = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
        image = Image.fromarray(picture).resize((80, 60), Image.Resampling.NEAREST)
        image.save(tmp_path / f"photos/{name}.jpg")
    return tmp_path


def test_the_official_layout_is_expected():
    shapes = clip.shapes("clip_vit_b_32")
    assert len(shapes) == 302
    official = {
        "visual.conv1.weight": (768, 3, 32, 32),
        "visual.transformer.resblocks.11.attn.in_proj_weight": (2304, 768),
        "visual.proj": (768, 512),
        "transformer.resblocks.11.mlp.c_fc.weight": (2048, 512),
        "token_embedding.weight": (49408, 512),
        "positional_embedding": (77, 512),
        "text_projection": (512, 512),
        "logit_scale": (),
    }
    assert official.items() <= shapes.items()
    assert clip.shapes("clip_vit_l_14")["visual.conv1.weight"] == (1024, 3, 14, 14)


def test_photos_and_sentences_are_points_as_the_package_itself_finds(tiny):
    network = clip.load_network("clip_vit_b_32", tiny / FILE)
    image = Image.open(tiny / "photos/a.jpg")
    ours = clip.seen(network, image)
    package = open_clip.image_transform(32, is_train=False)(image)[None]
    with torch.inference_mode():
        theirs = torch.nn.functional.normalize(network.encode_image(package), dim=-1)[0]
        text = network.encode_text(open_clip.get_tokenizer("tiny")(["a photo of a kitchen"]))
    assert torch.nn.functional.cosine_similarity(ours, theirs, dim=0) > 0.99
    written = clip.written(network, ["a photo of a kitchen"])
    torch.testing.assert_close(written, torch.nn.functional.normalize(text, dim=-1))
    shares = clip.near(network, ours, clip.written(network, ["a", "b", "c"]))
    assert shares.sum() == pytest.approx(1)


def test_each_photo_gets_a_kind_and_ranks_that_hang_on_it_alone(tiny):
    images = {name: str(tiny / f"photos/{name}.jpg") for name in ("a", "b", "c")}
    found = look("clip_vit_b_32", tiny / FILE, images, LABELS)
    assert all(photo.kind in KINDS and 0 < photo.share <= 1 for photo in found.values())
    assert all(set(photo.suits) == set(LABELS) for photo in found.values())
    alone = look("clip_vit_b_32", tiny / FILE, {"b": images["b"]}, ["waltz"])["b"]
    assert alone.suits["waltz"] == found["b"].suits["waltz"] and alone.kind == found["b"].kind


def test_labels_of_the_table_spread_over_the_ranks(tiny):
    images = {"a": str(tiny / "photos/a.jpg")}
    labels = ["clapping", "cook_cut", "walk", "read", "bow", "laydown", "kicking", "throw"]
    ranks = look("clip_vit_b_32", tiny / FILE, images, labels)["a"].suits.values()
    assert len(set(ranks)) > 4 and min(ranks) >= 0 and max(ranks) <= 1


def test_another_network_is_told(tiny):
    assert check_weights({"scene": "clip"}, tiny)[0].wrong == ""
    state = torch.load(tiny / FILE) | {"visual.proj": torch.zeros(3, 3)}
    torch.save({"state_dict": {f"module.{name}": x for name, x in state.items()}}, tiny / FILE)
    (checked,) = check_weights({"scene": "clip"}, tiny)
    assert "visual.proj is 3×3, not 64×16" in checked.wrong
    with pytest.raises(UserError, match=r"visual\.proj"):
        clip.load_network("clip_vit_b_32", tiny / FILE)


def test_from_the_photos_to_the_plan(tiny, monkeypatch, capsys):
    """make scenes, then a plan; a photo that changes has to be looked at again."""
    monkeypatch.chdir(tiny)
    write_tables(tiny, LABELS, {"a": "", "b": "castle", "c": "kitchen"}, 1, 1)
    config = {
        "labels": LABELS,
        "tables": {name: f"{name}.tsv" for name in ("identities", "references", "backgrounds")},
        "weights": str(tiny),
        "features": {"scene": "clip"},
        "backgrounds": {"match": "embedding", "per_pair": 1},
    }
    (tiny / "mine.yaml").write_text(yaml.safe_dump(config))
    with pytest.raises(UserError, match="run make scenes"):
        read_plan(config, SCHEMAS)
    find_scenes(tiny / "mine.yaml")
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in told] == ["a", "b", "c"]
    assert "but the table says castle, which counts" in told[1]
    suits = {id_: photo.suits for id_, photo in load_scenes(scenes_file("results")).items()}
    fits = {label: {id_ for id_ in suits if suits[id_][label] >= 0.5} for label in LABELS}
    if all(fits.values()):
        plan = read_plan(config, SCHEMAS)
        for reference, _, _, background in plan.synthetic:
            assert background in fits[reference.removesuffix("_0")]
    (tiny / "photos/a.jpg").write_bytes((tiny / "photos/b.jpg").read_bytes())
    with pytest.raises(UserError, match="has not yet compared a with all labels"):
        read_plan(config, SCHEMAS)
