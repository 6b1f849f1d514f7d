"""The files of a gallery."""

PAGE = ("index.html", "gallery.css", "gallery.js")
VIDEOS = "videos.js"
A_SCRIPT = 64  # videos whose points one script has: it loads in a moment, and files are few


def points_names(labels: int) -> list[str]:
    """The scripts with the points of so many files of labels."""
    return [f"points/{number:03d}.js" for number in range(-(-labels // A_SCRIPT))]


def gallery_names(labels: int) -> list[str]:
    """All files, the page first."""
    return [*PAGE, VIDEOS, *points_names(labels)]
