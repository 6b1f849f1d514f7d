"""The people of the demo world: who they are, what they look like, what they wear."""

from dataclasses import dataclass

from understudy.body.anny import Phenotype
from understudy.demo.cloth_patterns import Pattern
from understudy.demo.clothes import Bottom, Outfit, Top
from understudy.demo.hair import Hair
from understudy.demo.shoes import Shoes
from understudy.demo.skin import Complexion


@dataclass(frozen=True)
class Person:
    """One person. sex: "female" or "male"; age: years; stature: barefoot, without hair, m;
    phenotype: Anny's sliders (its height follows from the stature); then looks and clothes; seed:
    of every random detail."""

    id: str
    sex: str
    age: int
    stature: float
    phenotype: Phenotype
    complexion: Complexion
    hair: Hair
    outfit: Outfit
    seed: int


_AFRICAN, _ASIAN, _WHITE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_NAVY, _CREAM, _BLACK, _GREY = (38, 54, 96), (234, 230, 218), (40, 40, 44), (112, 114, 120)

_ALL = (
    Person(
        id="ada",
        sex="female",
        age=24,
        stature=1.66,
        phenotype=Phenotype(1.0, 24, weight=0.36, muscle=0.5, cupsize=0.45, race=_WHITE),
        complexion=Complexion(
            (226, 184, 162), (196, 104, 100), (86, 122, 110), (112, 74, 44), freckles=0.6
        ),
        hair=Hair("bob", (136, 84, 46), top=0.018, sides=0.016, end=0.085),
        outfit=Outfit(
            Top(Pattern("stripes", (_CREAM, _NAVY), 0.05), sleeve=0.34),
            Bottom(Pattern("denim", ((58, 84, 128), (128, 152, 186))), radius=0.062),
            Shoes((206, 60, 58)),
        ),
        seed=11,
    ),
    Person(
        id="ben",
        sex="male",
        age=31,
        stature=1.82,
        phenotype=Phenotype(0.0, 31, weight=0.48, muscle=0.68, race=_AFRICAN),
        complexion=Complexion((98, 64, 46), (120, 68, 62), (52, 34, 26), (24, 18, 16), beard=0.55),
        hair=Hair("buzz", (30, 24, 22), top=0.006, sides=0.004),
        outfit=Outfit(
            Top(
                Pattern(
                    "print",
                    (
                        (232, 196, 74),
                        (238, 130, 92),
                        (120, 90, 160),
                        (252, 226, 130),
                        (40, 110, 150),
                        (28, 70, 110),
                    ),
                ),
                sleeve=0.38,
            ),
            Bottom(Pattern("plain", ((70, 74, 84),)), belt=(60, 40, 28)),
            Shoes((40, 40, 44), sole=(225, 225, 225)),
        ),
        seed=12,
    ),
    Person(
        id="chiyo",
        sex="female",
        age=45,
        stature=1.58,
        phenotype=Phenotype(1.0, 45, weight=0.45, muscle=0.4, cupsize=0.4, race=_ASIAN),
        complexion=Complexion((214, 168, 134), (176, 88, 84), (48, 32, 24), (34, 28, 26)),
        hair=Hair("long", (34, 28, 28), top=0.015, sides=0.014, end=0.2),
        outfit=Outfit(
            Top(
                Pattern("dots", ((52, 98, 116), (236, 226, 200)), 0.05),
                sleeve=0.72,
                neck=(1.3, 1.3),
                low=0.07,
            ),
            Bottom(Pattern("plain", ((188, 176, 152),)), radius=0.062),
            Shoes((96, 62, 44), sole=(70, 46, 32), laces=None),
        ),
        seed=13,
    ),
    Person(
        id="dov",
        sex="male",
        age=64,
        stature=1.73,
        phenotype=Phenotype(0.0, 64, weight=0.92, muscle=0.4, race=_WHITE),
        complexion=Complexion(
            (216, 164, 140),
            (178, 108, 100),
            (92, 120, 146),
            (196, 192, 186),
            0.006,
            0.9,
            beard=0.85,
        ),
        hair=Hair("fringe", (176, 172, 168), top=0.008, sides=0.010),
        outfit=Outfit(
            Top(
                Pattern("checks", ((176, 58, 52), (44, 46, 62), (230, 216, 190)), 0.09),
                sleeve=0.96,
                neck=(1.0, 1.0),
                low=0.03,
                buttons=(230, 220, 200),
                collar=(150, 48, 46),
            ),
            Bottom(Pattern("plain", ((120, 100, 72),)), radius=0.072),
            Shoes((84, 58, 40), sole=(54, 40, 32), laces=(60, 44, 34)),
        ),
        seed=14,
    ),
    Person(
        id="esi",
        sex="female",
        age=36,
        stature=1.70,
        phenotype=Phenotype(1.0, 36, weight=0.84, muscle=0.45, cupsize=0.6, race=_AFRICAN),
        complexion=Complexion((124, 82, 60), (142, 66, 66), (50, 32, 24), (26, 20, 18)),
        hair=Hair("afro", (40, 30, 26), top=0.062, sides=0.055),
        outfit=Outfit(
            Top(
                Pattern("plain", ((206, 84, 60),)),
                sleeve=0.3,
                neck=(1.25, 1.35),
                low=0.09,
                hem=-0.14,
            ),
            Bottom(Pattern("plain", ((36, 40, 58),)), radius=0.07),
            Shoes((232, 230, 226), sole=(200, 200, 196), laces=(180, 180, 180)),
        ),
        seed=15,
    ),
    Person(
        id="finn",
        sex="male",
        age=19,
        stature=1.88,
        phenotype=Phenotype(0.0, 19, weight=0.3, muscle=0.48, race=_WHITE),
        complexion=Complexion(
            (228, 188, 168), (202, 124, 116), (96, 136, 170), (170, 130, 80), freckles=0.4
        ),
        hair=Hair("curly", (194, 150, 92), top=0.036, sides=0.018),
        outfit=Outfit(
            Top(
                Pattern("blocks", ((44, 130, 90), (240, 238, 230), (26, 84, 60))),
                sleeve=0.42,
                hem=-0.12,
                sleeve_radius=0.066,
            ),
            Bottom(Pattern("plain", ((30, 34, 44),)), length=0.46, radius=0.088),
            Shoes((240, 240, 238), sole=(40, 120, 90), laces=(40, 120, 90), socks=(238, 238, 236)),
        ),
        seed=16,
    ),
    Person(
        id="gita",
        sex="female",
        age=52,
        stature=1.62,
        phenotype=Phenotype(1.0, 52, weight=0.56, muscle=0.42, cupsize=0.5, race=(0.35, 0.3, 0.35)),
        complexion=Complexion((176, 124, 92), (150, 78, 72), (58, 38, 28), (52, 44, 42), lines=0.8),
        hair=Hair("bun", (84, 76, 74), top=0.014, sides=0.012),
        outfit=Outfit(
            Top(
                Pattern("knit", ((92, 126, 92), (150, 176, 132))),
                sleeve=0.97,
                neck=(1.15, 1.15),
                low=0.03,
                thickness=0.012,
            ),
            Bottom(Pattern("pinstripes", ((74, 62, 76), (112, 98, 112)), 0.03), radius=0.072),
            Shoes((46, 42, 46), sole=(30, 28, 30), laces=None),
        ),
        seed=17,
    ),
    Person(
        id="hao",
        sex="male",
        age=40,
        stature=1.74,
        phenotype=Phenotype(0.0, 40, weight=0.5, muscle=0.5, race=_ASIAN),
        complexion=Complexion(
            (206, 160, 126), (170, 98, 88), (44, 30, 24), (26, 22, 22), beard=0.1
        ),
        hair=Hair("short", (28, 25, 26), top=0.026, sides=0.012),
        outfit=Outfit(
            Top(
                Pattern("pinstripes", ((226, 232, 240), (120, 144, 190)), 0.024),
                sleeve=0.97,
                neck=(1.0, 1.0),
                low=0.03,
                hem=0.0,
                buttons=(250, 250, 250),
                collar=(236, 240, 246),
            ),
            Bottom(Pattern("plain", ((62, 66, 82),)), waist=0.2, belt=(46, 32, 26)),
            Shoes((58, 38, 28), sole=(34, 26, 22), laces=(40, 28, 22)),
            tucked=True,
        ),
        seed=18,
    ),
    Person(
        id="ines",
        sex="female",
        age=29,
        stature=1.72,
        phenotype=Phenotype(1.0, 29, weight=0.4, muscle=0.66, cupsize=0.45, race=(0.2, 0.2, 0.6)),
        complexion=Complexion((196, 146, 112), (176, 92, 86), (84, 60, 38), (50, 36, 28)),
        hair=Hair("tail", (64, 44, 34), top=0.012, sides=0.010, end=0.12),
        outfit=Outfit(
            Top(
                Pattern("plain", ((34, 150, 156),)),
                sleeve=-0.02,
                neck=(1.35, 1.4),
                low=0.08,
                hem=-0.12,
                thickness=0.005,
            ),
            Bottom(Pattern("plain", ((78, 66, 112),)), length=0.9, thickness=0.003, radius=0.045),
            Shoes((236, 120, 150), sole=(245, 245, 245), socks=(240, 240, 240), sock_height=0.05),
        ),
        seed=19,
    ),
    Person(
        id="joao",
        sex="male",
        age=27,
        stature=1.70,
        phenotype=Phenotype(0.0, 27, weight=0.64, muscle=0.62, race=(0.5, 0.1, 0.4)),
        complexion=Complexion(
            (152, 104, 76), (146, 84, 76), (64, 42, 30), (34, 26, 24), beard=0.85
        ),
        hair=Hair("short", (36, 28, 26), top=0.032, sides=0.006),
        outfit=Outfit(
            Top(
                Pattern("knit", ((112, 52, 64), (140, 76, 86))),
                sleeve=0.97,
                neck=(1.1, 1.1),
                low=0.02,
                thickness=0.014,
                sleeve_radius=0.07,
                collar=(86, 40, 50),
            ),
            Bottom(Pattern("denim", ((84, 88, 96), (136, 140, 148))), radius=0.074),
            Shoes((60, 92, 140), sole=(236, 236, 230)),
        ),
        seed=20,
    ),
)

PEOPLE: dict[str, Person] = {person.id: person for person in _ALL}
