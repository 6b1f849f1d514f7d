"""A recogniser that starts from the user's weights."""

import pytest
import torch
from safetensors.torch import save_file

from tests.unit.walks import LABELS, TINY, write_lists
from understudy.errors import UserError
from understudy.recognition import train
from understudy.recognition.models import Recogniser
from understudy.recognition.pretrained import load_pretrained
from understudy.recognition.settings import RecogniserSettings

SLOWFAST = RecogniserSettings.from_dict({**TINY.to_dict(), "architecture": "slowfast"})


def of_seed(seed: int, settings: RecogniserSettings = TINY, classes: int = 2) -> Recogniser:
    torch.manual_seed(seed)
    return Recogniser(settings, classes)


def is_head(name: str) -> bool:
    return ".proj." in name


@pytest.mark.parametrize("settings", [TINY, SLOWFAST], ids=["resnet", "slowfast"])
@pytest.mark.parametrize("wrap", ["", "model_state", "state_dict"])
def test_all_but_the_last_layer_is_taken(tmp_path, settings, wrap):
    """From a model of 400 classes, as PyTorchVideo's zoo and other trainers save them."""
    theirs = of_seed(1, settings, classes=400).net.state_dict()
    prefix = "module." if wrap == "state_dict" else ""
    stored = {f"{prefix}{name}": tensor for name, tensor in theirs.items()}
    torch.save({wrap: stored, "epoch": 3} if wrap else stored, tmp_path / "weights.pyth")
    model = of_seed(2, settings)
    before = {name: tensor.clone() for name, tensor in model.net.state_dict().items()}
    load_pretrained(model, tmp_path / "weights.pyth")
    heads = 0
    for name, tensor in model.net.state_dict().items():
        assert torch.equal(tensor, before[name] if is_head(name) else theirs[name]), name
        heads += is_head(name)
    assert heads == 2


def spoilt(state: dict, how: str) -> dict:
    names = [name for name in state if not is_head(name)]
    if how == "missing":
        return {name: tensor for name, tensor in state.items() if name != names[0]}
    if how == "unknown":
        return {**state, "blocks.9.extra": torch.zeros(1)}
    return {**state, names[0]: torch.zeros(3)}


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ("missing", "has no blocks.0.conv.weight;"),
        ("unknown", "unknown to the model: blocks.9.extra;"),
        ("shape", "has a different shape for blocks.0.conv.weight;"),
    ],
)
def test_wrong_weights_are_named(tmp_path, how, told):
    path = tmp_path / "weights.safetensors"
    save_file(spoilt(of_seed(1).net.state_dict(), how), path)
    with pytest.raises(UserError, match=told):
        load_pretrained(of_seed(2), path)


class Code:
    def __reduce__(self):
        return print, ("code ran",)


@pytest.mark.parametrize("name", ["weights.pt", "weights.safetensors"])
def test_a_file_of_something_else_is_one_line(tmp_path, capsys, name):
    path = tmp_path / name
    for content in (b"", b"no weights"):
        path.write_bytes(content)
        with pytest.raises(UserError, match=f"{name}: holds no weights"):
            load_pretrained(of_seed(2), path)
    if name == "weights.pt":
        for stored in ({"state_dict": Code()}, [1, 2]):
            torch.save(stored, path)
            with pytest.raises(UserError, match=f"{name}: holds no weights"):
                load_pretrained(of_seed(2), path)
    assert "code ran" not in capsys.readouterr().out


def test_a_training_starts_from_them(tmp_path):
    torch.set_num_threads(1)
    lists = write_lists(tmp_path)
    torch.save(of_seed(1).net.state_dict(), tmp_path / "weights.pt")
    values = {**TINY.to_dict(), "epochs": 1, "lr": 1e-12}
    results = []
    for pretrained in (None, str(tmp_path / "weights.pt")):
        chosen = RecogniserSettings.from_dict({**values, "pretrained": pretrained})
        results.append(train.train_recogniser(*lists, LABELS, tmp_path, chosen, seed=5))
        results.append((tmp_path / "predictions.csv").read_text())
    assert results[1] != results[3]
    assert results[2]["description"].endswith("started from weights.pt")
