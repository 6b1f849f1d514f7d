"""Which labels fit which kinds of scene: NTU RGB+D 120's and Toyota Smarthome's, by judgement.

Stdlib only: planning reads it. A label is shown where people really do it, and no more narrowly:
the fewer places a label has, the more a place says about the label (`information`).
"""

from understudy.places.kinds import KINDS, plain

_ALL = frozenset(KINDS)
_INDOORS = _ALL - {"garden", "park", "street"}
_BEVERAGES = {
    *("kitchen", "dining_room", "living_room", "study", "office", "meeting_room", "ward", "cafe"),
    "garden",
}
_DESKS = {
    *("kitchen", "dining_room", "living_room", "bedroom", "study", "office", "meeting_room"),
    *("classroom", "waiting_room", "ward", "studio", "shop", "cafe"),
}
_ROOMY = _ALL - {
    *("kitchen", "dining_room", "bathroom", "waiting_room", "ward", "shop", "cafe", "meeting_room"),
}
_LYING = {"bedroom", "living_room", "study", "ward", "gym", "studio", "garden", "park"}

_GROUPS: tuple[tuple[set[str] | frozenset[str], str], ...] = (
    (  # gestures, and what anybody may do wherever they are
        _ALL,
        "clapping, hand waving, point, bow, salute, palms together, cross hands, pick up, pickup, "
        "drop, sit down, stand up, sitdown, sitting down, standing up (from sitting position), "
        "pointing to something with finger, nod head/bow, put the palms together, cheer up, "
        "cross hands in front (say stop), check time (from watch), rub two hands together, "
        "put something inside pocket / take something out of pocket, "
        "put something inside pocket / take out something from pocket, shake head, wipe face, "
        "sneeze/cough, staggering, falling, touch head (headache), touch back (backache), "
        "touch chest (stomachache/heart pain), touch neck (neckache), nausea or vomiting "
        "condition, use a fan (with hand or paper)/feeling warm, make a phone call/answer phone, "
        "playing with phone/tablet, usetelephone, walk, wear on glasses, take off glasses, "
        "hush (quite), flick hair, thumb up, thumb down, make ok sign, make victory sign, "
        "snapping fingers, sniff (smell), squat down, toss a coin, shake fist, hands up (both "
        "hands), cross arms, yawn, stretch oneself, blow nose, put on headphone, take off "
        "headphone, taking a selfie, put on a hat/cap, take off a hat/cap, put on bag, take off "
        "bag, put something into a bag, take something out of a bag",
    ),
    (  # people who meet, and who carry things
        _ALL - {"bathroom"},
        "wear jacket, take off jacket, open a box, move heavy objects, pat on back of other "
        "person, point finger at the other person, hugging other person, giving something to "
        "other person, touch other person's pocket, handshaking, walking towards each other, "
        "walking apart from each other, grab other person's stuff, step on foot, high-five, carry "
        "something with other person, take a photo of other person, follow other person, whisper "
        "in other person's ear, exchange things with other person, "
        "support_somebody_with_one_s_hand_someone_is_sick_help_him_to_walk, "
        "finger-guessing game (playing rock-paper-scissors)",
    ),
    (  # fights
        _ALL - {"bathroom", "ward", "meeting_room"},
        "punching/slapping other person, kicking other person, pushing other person, hit other "
        "person with something, wield knife towards other person, knock over other person (hit "
        "with body), shoot at other person with a gun",
    ),
    (
        _ALL - {"bathroom", "shop"},
        "drink water, drink frombottle, drink fromcan, drink fromcup, drink fromglass, open bottle",
    ),
    (
        {
            *("kitchen", "dining_room", "living_room", "bedroom", "bathroom", "study", "office"),
            *("ward", "waiting_room", "cafe"),
        },
        "takepills",
    ),
    (_ALL - {"bathroom", "gym", "shop", "hallway"}, "eat snack"),
    (
        {
            *("kitchen", "dining_room", "living_room", "study", "office", "meeting_room"),
            *("classroom", "ward", "workshop", "cafe", "garden", "park"),
        },
        "eat meal, eat meal/snack, eat attable",
    ),
    (_BEVERAGES | {"park"}, "cheers and drink"),
    (_BEVERAGES | {"bedroom", "classroom", "workshop", "park"}, "pour frombottle, pour fromcan"),
    (
        _BEVERAGES,
        "pour fromkettle, maketea insertteabag, maketea boilwater, makecoffee pourwater, "
        "makecoffee pourgrains",
    ),
    ({"kitchen", "dining_room", "cafe", "garden"}, "cook cut, cutbread, cook stir, cook cleanup"),
    ({"kitchen", "cafe", "garden"}, "cook usestove, cook cleandishes"),
    ({"bathroom", "bedroom", "ward", "kitchen", "hallway"}, "brush teeth, brushing teeth"),
    (
        {"bathroom", "bedroom", "ward", "living_room", "hallway", "studio", "gym"},
        "brushing hair, apply cream on face, apply cream on hand back, cutting nails",
    ),
    (
        _ALL - {"kitchen", "dining_room", "bathroom", "meeting_room", "classroom", "cafe"},
        "wear a shoe, take off a shoe",
    ),
    (_ALL - {"bathroom", "gym", "workshop"}, "reading, readbook"),
    (
        _DESKS,
        "writing, typing on a keyboard, staple book, cutting paper (using scissors), fold paper",
    ),
    (
        _DESKS | {"garden", "park"},
        "uselaptop, usetablet, play magic cube, tear up paper, ball up paper",
    ),
    (_DESKS | {"street"}, "counting money"),
    (
        {
            *("living_room", "bedroom", "kitchen", "dining_room", "study", "ward", "waiting_room"),
            *("cafe", "gym"),
        },
        "watchtv",
    ),
    (_LYING, "getup, laydown"),
    (_INDOORS, "enter, leave"),
    (
        _ROOMY,
        "jump up, hopping (one foot jumping), running on the spot, butt kicks (kick backward), "
        "cross toe touch, arm circles, arm swings",
    ),
    (_ROOMY - {"bedroom", "study"}, "kicking, kicking something, side kick"),
    (_ALL - {"bathroom", "ward", "shop", "cafe", "dining_room"}, "throw, throw up cap/hat"),
    (
        {"gym", "studio", "workshop", "garden", "park", "street"},
        "shoot at the basket, bounce ball, tennis bat swing",
    ),
    (_ROOMY - {"bedroom"}, "juggling table tennis balls"),
)
PLAUSIBLE: dict[str, frozenset[str]] = {
    plain(label): frozenset(kinds) for kinds, labels in _GROUPS for label in labels.split(", ")
}


def kinds_for(label: str) -> frozenset[str] | None:
    """The kinds of scene in which a label is seen, however it is spelt; None if the table does not
    have it."""
    return PLAUSIBLE.get(plain(label))


def fits_everywhere(label: str) -> bool:
    """Whether a label is seen in every kind of scene, and so in a photo whose kind is unknown too;
    and for want of better knowledge, one that the table does not have."""
    kinds = kinds_for(label)
    return kinds is None or kinds == _ALL
