"""The part of a feature file's metadata that says what it was made from."""

from pathlib import Path

from understudy.files import file_digest
from understudy.video.probe import VideoInfo


def of_video(video: Path | str, info: VideoInfo) -> dict:
    """Name and digest of a video, its frame rate, its size (h, w)."""
    return {
        "video": Path(video).name,
        "digest": file_digest(video),
        "fps": float(info.fps),
        "size": [info.height, info.width],
    }


def of_keypoints(note: dict) -> dict:
    """What a file fitted to keypoints.npz takes over from its metadata."""
    return {key: note.get(key) for key in ("backend", "model", "video", "digest", "filming")}
