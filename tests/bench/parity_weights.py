"""Which of our parameters is which of the public code's, for `tests.bench.parity_avatar`."""

import torch
from torch import Tensor


def parameters(frame) -> dict[str, Tensor]:
    from pytorch3d.transforms import matrix_to_axis_angle

    turns = matrix_to_axis_angle(frame.rotations)
    parts = {"root_pose": turns[0], "body_pose": turns[1:22], "jaw_pose": turns[22]}
    parts |= {"leye_pose": turns[23], "reye_pose": turns[24]}
    parts |= {"lhand_pose": turns[25:40], "rhand_pose": turns[40:]}
    return parts | {"expr": frame.expression, "trans": frame.transl}


def copy_weights(human, person) -> None:
    for name, (own, public) in _networks(human, person).items():
        if name == "color_change.linear.0.weight":
            own = _as_public(own)
        public.copy_(own)
    person.shape_param.copy_(human.betas)
    person.joint_offset.copy_(human.joint_offset)


def _as_public(weight: Tensor) -> Tensor:
    """Ours reads features, normal, pose; the public one features, pose, normal."""
    return torch.cat([weight[:, :96], weight[:, 99:], weight[:, 96:99]], 1)


def _networks(human, person) -> dict[str, tuple[Tensor, Tensor]]:
    """Our parameter and the public one, by our name."""
    found = {
        "planes": (human.planes.texels, person.triplane),
        "face_planes": (human.face_planes.texels, person.triplane_face),
    }
    layers = {
        "geometry": (person.geo_net, (person.mean_offset_net, person.scale_net)),
        "geometry_change": (
            person.geo_offset_net,
            (person.mean_offset_offset_net, person.scale_offset_net),
        ),
        "color": (person.rgb_net, (person.rgb_net[9:],)),
        "color_change": (person.rgb_offset_net, (person.rgb_offset_net[9:],)),
    }
    for name, (hidden, heads) in layers.items():
        own = getattr(human, name)
        pairs = [(f"linear.{k}", own.linear[k], hidden[3 * k]) for k in range(3)]
        pairs += [(f"norm.{k}", own.norm[k], hidden[3 * k + 1]) for k in range(3)]
        pairs += [(f"heads.{k}", own.heads[k], head[0]) for k, head in enumerate(heads)]
        for part, a, b in pairs:
            for kind in ("weight", "bias"):
                found[f"{name}.{part}.{kind}"] = getattr(a, kind), getattr(b, kind)
    return found


class _Joined:
    """Several public parameters as one of ours."""

    def __init__(self, parts: list[Tensor]) -> None:
        self.parts = parts

    @property
    def grad(self) -> Tensor:
        return torch.cat([part.grad.view(-1, 6) for part in self.parts])

    def detach(self) -> Tensor:
        return torch.cat([part.detach().view(-1, 6) for part in self.parts])


class _Reordered:
    """A parameter of ours, read in the public order."""

    def __init__(self, own: Tensor) -> None:
        self.own, self.parts = own, [own]

    @property
    def grad(self) -> Tensor:
        return _as_public(self.own.grad)

    def detach(self) -> Tensor:
        return _as_public(self.own.detach())


def pairs(ours, k: int, person, own: dict[str, Tensor]) -> dict[str, tuple]:
    """Everything that a step moves: ours and the public one, by our name."""
    human, motion = ours.human, ours.motion
    found: dict[str, tuple] = dict(_networks(human, person))
    name = "color_change.linear.0.weight"
    found[name] = _Reordered(found[name][0]), found[name][1]
    found |= {
        "betas": (human.betas, person.shape_param),
        "joint_offset": (human.joint_offset, person.joint_offset),
        "places": (motion.places[k], own["trans"]),
        "smiles": (motion.smiles[k], own["expr"]),
    }
    order = ("root_pose", "body_pose", "jaw_pose", "leye_pose", "reye_pose")
    turns = [own[name] for name in (*order, "lhand_pose", "rhand_pose")]
    return found | {"rows": (motion.rows[k], _Joined(turns))}


def tensors(parameter) -> list[Tensor]:
    return getattr(parameter, "parts", [parameter])
