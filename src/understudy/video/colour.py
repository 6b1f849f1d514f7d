"""What a file says of its colours, and its frames as those of an ordinary screen.

Whatever goes in (BT.601, BT.709, BT.2020, P3, limited or full range, 8 to 12 bit, HLG, PQ), RGB of
BT.709 primaries in full range comes out, which is what everything here reads and writes. Curves of
ordinary (SDR) video are all taken for the one of a screen, as players do.

HDR becomes SDR as ITU-R BT.2408 relates them: HLG and PQ are turned into the light of a screen of
1,000 cd/m² (BT.2100), of which 203 cd/m², the white of paper, are SDR's white. Up to KNEE of it a
picture stays as it is; what is brighter is pressed into the rest by the curve that FFmpeg's
`tonemap` calls mobius.
"""

import tempfile
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path

import numpy as np
from av import VideoFrame
from av.filter import Graph
from av.video.reformatter import ColorRange, Interpolation

from understudy.errors import UserError

SCALING = Interpolation.AREA | Interpolation.ACCURATE_RND | Interpolation.FULL_CHR_H_INT

# Numbers of ITU-T H.273, which all containers and codecs share.
UNSAID = 2
BT709 = 1
BT2020_PRIMARIES, BT2020_MATRIX = 9, 9
BT601_MATRIX = 6
PQ, HLG = 16, 18
SDR_CURVES = {1, 2, 4, 5, 6, 7, 11, 12, 13, 14, 15}
MATRICES = {0, 1, 4, 5, 6, 7, 9}  # those that swscale knows
MATRIX_OF_PRIMARIES = {1: BT709, 5: 5, 6: BT601_MATRIX, 7: 7, 9: BT2020_MATRIX}
# x and y of red, green and blue; white is D65 in all of them.
CHROMATICITIES = {
    1: ((0.64, 0.33), (0.30, 0.60), (0.15, 0.06)),
    5: ((0.64, 0.33), (0.29, 0.60), (0.15, 0.06)),
    6: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07)),
    7: ((0.63, 0.34), (0.31, 0.595), (0.155, 0.07)),
    9: ((0.708, 0.292), (0.17, 0.797), (0.131, 0.046)),
    12: ((0.68, 0.32), (0.265, 0.69), (0.15, 0.06)),
    22: ((0.63, 0.34), (0.295, 0.605), (0.155, 0.077)),
}
D65 = (0.3127, 0.3290)
NAMES = {1: "BT.709", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M", 9: "BT.2020", 12: "Display P3"}
HD_WIDTH, HD_HEIGHT = 1280, 576  # px: from this width, or above this height, players take BT.709

PAPER_WHITE = 203.0  # cd/m²: BT.2408-7, table 1
PEAK = 1000.0  # cd/m², of the screen that HDR is graded for: BT.2100-2, table 5
HLG_GAMMA = 1.2  # of that screen: BT.2100-2, table 5
SCREEN_GAMMA = 2.4  # BT.1886
KNEE = 0.85  # of SDR's white, as light
GRID = 33  # points of a look-up table along each axis, as in grading


@dataclass(frozen=True)
class Colours:
    """primaries, transfer, matrix: numbers of H.273, none of them UNSAID but the transfer; full:
    full range; unsaid: the file does not say its matrix, and it is taken as players do."""

    primaries: int
    transfer: int
    matrix: int
    full: bool
    unsaid: bool

    @property
    def hdr(self) -> str | None:
        """HLG or PQ, or None."""
        return {HLG: "HLG", PQ: "PQ"}.get(self.transfer)

    @property
    def as_it_is(self) -> bool:
        """Whether a matrix and a range are all that is to be converted."""
        return not self.hdr and self.primaries == BT709

    @property
    def name(self) -> str:
        """For people to read."""
        told = self.hdr or NAMES.get(self.primaries, f"primaries {self.primaries}")
        return f"{told}, full range" if self.full else told


def colours_of(frame: VideoFrame, path: object) -> Colours:
    """What a decoded frame says of its colours, and where it is silent what players assume.

    Raises UserError, which names `path`, for what cannot be shown rightly.
    """
    transfer, primaries, matrix = frame.color_trc, frame.color_primaries, frame.colorspace
    light = any(component.is_luma for component in frame.format.components)
    if "DOVI_METADATA" in frame.side_data and transfer == UNSAID:
        raise UserError(
            f"{path}: its colours are Dolby Vision's alone (profile 5); export it as HDR10, HLG or "
            "SDR"
        )
    if transfer not in SDR_CURVES and transfer not in (PQ, HLG):
        raise UserError(
            f"{path}: its brightness follows a curve that is not made to be watched "
            f"(transfer characteristics {transfer}); convert it to BT.709"
        )
    unsaid = light and matrix == UNSAID
    if not light:
        matrix = 0
    elif unsaid:
        large = frame.width >= HD_WIDTH or frame.height > HD_HEIGHT
        guess = BT709 if large else BT601_MATRIX
        matrix = (
            BT2020_MATRIX if transfer in (PQ, HLG) else MATRIX_OF_PRIMARIES.get(primaries, guess)
        )
    if matrix not in MATRICES:
        raise UserError(
            f"{path}: its colours are coded in a way that is not read (matrix coefficients "
            f"{matrix}); convert it to BT.709"
        )
    if primaries not in CHROMATICITIES:
        primaries = BT2020_PRIMARIES if matrix == BT2020_MATRIX else BT709
    full = not light or frame.color_range == ColorRange.JPEG
    return Colours(primaries, transfer, matrix, full, unsaid)


class Screen:
    """Turns the decoded frames of one video into RGB of BT.709 in full range."""

    def __init__(self, colours: Colours) -> None:
        self.colours = colours
        self._graphs: dict[tuple[int, int], Graph] = {}

    def rgb(self, frame: VideoFrame, width: int, height: int) -> np.ndarray:
        """A frame scaled to width x height px: uint8 (h,w,3)."""
        if self.colours.matrix:
            frame.colorspace = self.colours.matrix
            frame.color_range = ColorRange.JPEG if self.colours.full else ColorRange.MPEG
        scaled = frame.reformat(
            width,
            height,
            # Not rgb48, whose colours swscale mixes up when it is told FULL_CHR_H_INT.
            format="rgb24" if self.colours.as_it_is else "gbrp16le",
            interpolation=SCALING,
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        return (scaled if self.colours.as_it_is else self._converted(scaled)).to_ndarray()

    def _converted(self, frame: VideoFrame) -> VideoFrame:
        """gbrp16 with the film's primaries and curve -> rgb24."""
        key = (frame.width, frame.height)
        if key not in self._graphs:
            self._graphs[key] = _cube_graph(frame, _cube(self.colours))
        self._graphs[key].vpush(frame)
        return self._graphs[key].vpull()


def _cube_graph(frame: VideoFrame, cube: str) -> Graph:
    """FFmpeg's lut3d for frames like this one; cube: what a .cube file says."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "to_screen.cube").write_text(cube, encoding="ascii")
        graph = Graph()
        source = graph.add_buffer(
            width=frame.width,
            height=frame.height,
            format=frame.format,
            time_base=frame.time_base or Fraction(1, 1000),
        )
        lut = graph.add("lut3d", f"file={folder}/to_screen.cube:interp=tetrahedral")
        out = graph.add("format", "pix_fmts=rgb24")
        graph.link_nodes(source, lut, out, graph.add("buffersink")).configure()
    return graph


@cache
def _cube(colours: Colours) -> str:
    """A look-up table in the format .cube, from RGB of a film to RGB of BT.709, all 0…1."""
    level = np.linspace(0, 1, GRID)
    blue, green, red = np.meshgrid(level, level, level, indexing="ij")  # red changes fastest
    table = on_screen(np.stack([red, green, blue], -1).reshape(-1, 3), colours)
    lines = (f"{r:.6f} {g:.6f} {b:.6f}" for r, g, b in table)
    return "\n".join([f"LUT_3D_SIZE {GRID}", *lines]) + "\n"


def on_screen(rgb: np.ndarray, colours: Colours) -> np.ndarray:
    """RGB (n,3) in 0…1 with a film's primaries and curve -> with BT.709's, in 0…1."""
    light = _screen_light(rgb, colours.transfer)
    if colours.transfer == HLG:
        luma = light @ _to_xyz(colours.primaries)[1]
        light = light * (luma ** (HLG_GAMMA - 1) * (PEAK / PAPER_WHITE))[:, None]
    light = np.maximum(light @ _to_bt709(colours.primaries).T, 0)
    if colours.hdr:
        light = light * _pressed(light.max(-1, keepdims=True))
    return light.clip(max=1) ** (1 / SCREEN_GAMMA)


def _screen_light(level: np.ndarray, transfer: int) -> np.ndarray:
    """The light of a film's levels in 0…1. SDR and PQ: SDR's white is 1; HLG: of the scene, whose
    brightest is 1."""
    if transfer == PQ:  # BT.2100-2, table 4
        m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
        root = level ** (1 / m2)
        return (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1) * 10_000 / PAPER_WHITE
    if transfer == HLG:  # BT.2100-2, table 5
        a, b, c = 0.17883277, 0.28466892, 0.55991073
        return np.where(level <= 0.5, level**2 / 3, (np.exp((level - c) / a) + b) / 12)
    return level**SCREEN_GAMMA


def _pressed(light: np.ndarray) -> np.ndarray:
    """The factor that brings light from 0 to PEAK below SDR's white, 1; above KNEE mobius."""
    peak = PEAK / PAPER_WHITE
    a = -(KNEE**2) * (peak - 1) / (KNEE**2 - 2 * KNEE + peak)
    b = (KNEE**2 - 2 * KNEE * peak + peak) / (peak - 1)
    bright = light.clip(KNEE, peak)
    pressed = (b**2 + 2 * b * KNEE + KNEE**2) / (b - a) * (bright + a) / (bright + b)
    return np.where(light > KNEE, pressed / np.maximum(light, KNEE), 1)


@cache
def _to_xyz(primaries: int) -> np.ndarray:
    """(3,3): linear RGB of these primaries, white D65 -> CIE XYZ (SMPTE RP 177)."""
    columns = np.array([(x / y, 1, (1 - x - y) / y) for x, y in CHROMATICITIES[primaries]]).T
    x, y = D65
    return columns * np.linalg.solve(columns, [x / y, 1, (1 - x - y) / y])


@cache
def _to_bt709(primaries: int) -> np.ndarray:
    """(3,3) linear RGB of these primaries -> of BT.709."""
    return np.linalg.solve(_to_xyz(BT709), _to_xyz(primaries))
