"""How a clip was filmed, as the metadata of its keypoints and of its fit has it: what happens
besides the action, under `filming`, as {name: {second, says}}, of those of EVENTS that occur."""

from dataclasses import asdict, dataclass

EVENTS = ("camera", "cut", "fade", "black", "frozen", "light", "dark", "noisy", "stranger")


@dataclass(frozen=True)
class Event:
    """second: of the clip, when it begins; says: what happens, a phrase with that second."""

    second: float
    says: str


def as_note(events: dict[str, Event]) -> dict[str, dict]:
    """Events by name, for a file's metadata."""
    return {name: asdict(event) for name, event in events.items()}


def from_note(note: dict) -> dict[str, Event]:
    """The events of a file's metadata, by name; none if it does not have them."""
    return {name: Event(**event) for name, event in (note.get("filming") or {}).items()}
