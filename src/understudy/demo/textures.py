"""Procedural surfaces of rooms: each function returns a tileable RGB image (h, w, 3) uint8."""

import cv2
import numpy as np

from understudy.demo.noise import fractal_noise, smooth_noise

Colour = tuple[int, int, int]
SIZE = 512


def _image(base: Colour | np.ndarray, *layers: np.ndarray) -> np.ndarray:
    """A base colour times (1 + sum of `layers` (h, w)), as uint8."""
    shade = 1 + sum(layers[1:], layers[0])
    return np.clip(np.asarray(base, np.float32) * shade[..., None], 0, 255).astype(np.uint8)


def _rgb(hue: int, saturation: int, value: int) -> Colour:
    """From OpenCV's HSV: the hue is below 180, the others below 256."""
    pixel = np.array([[[hue, saturation, value]]], np.uint8)
    red, green, blue = cv2.cvtColor(pixel, cv2.COLOR_HSV2RGB)[0, 0].tolist()
    return red, green, blue


def plaster(rng: np.random.Generator, colour: Colour) -> np.ndarray:
    """A painted wall: faint blotches and grain."""
    blotches = 0.03 * fractal_noise(rng, SIZE, SIZE, 4, 4)
    return _image(colour, blotches, 0.02 * fractal_noise(rng, SIZE, SIZE, 64, 64, 2))


def planks(
    rng: np.random.Generator, colour: Colour, boards: int = 6, contrast: float = 0.16
) -> np.ndarray:
    """Wooden boards running along v, with grain, end joints and dark gaps."""
    grain = 0.12 * fractal_noise(rng, SIZE, SIZE, 4, 90, 3)
    rings = 0.06 * np.sin(18 * smooth_noise(rng, SIZE, SIZE, 3, boards * 3))
    image = np.zeros((SIZE, SIZE), np.float32)
    width = SIZE / boards
    for board in range(boards):
        left, right = round(board * width), round((board + 1) * width)
        joint = int(rng.integers(0, SIZE))
        tones = rng.uniform(-contrast, contrast, 2)
        strip = np.where((np.arange(SIZE) < joint)[:, None], tones[0], tones[1])
        image[:, left:right] = strip
        image[:, left : left + 2] -= 0.35
        image[joint : joint + 2, left:right] -= 0.35
    return _image(colour, image, grain, rings)


def tiles(
    rng: np.random.Generator,
    colours: tuple[Colour, Colour],
    count: int = 4,
    grout: Colour = (150, 148, 142),
) -> np.ndarray:
    """Square tiles, alternating between two colours, with grout lines."""
    place = np.arange(SIZE) * count / SIZE
    index = place.astype(int)
    odd = (index[:, None] + index[None, :]) % 2
    image = np.where(odd[..., None] == 1, colours[0], colours[1]).astype(np.float32)
    tone = rng.uniform(-0.05, 0.05, (count, count))[np.ix_(index, index)]
    image *= 1 + (tone + 0.04 * fractal_noise(rng, SIZE, SIZE, 12, 12))[..., None]
    line = place % 1 < max(2 * count / SIZE, 1 / 32)
    image[line] = grout
    image[:, line] = grout
    return np.clip(image, 0, 255).astype(np.uint8)


def bricks(rng: np.random.Generator, colour: Colour, rows: int = 12) -> np.ndarray:
    """A brick wall in running bond."""
    mortar = np.array((188, 180, 170), np.float32)
    image = np.tile(mortar, (SIZE, SIZE, 1))
    height, width = SIZE / rows, SIZE / (rows / 2.5)
    for row in range(rows):
        top, bottom = round(row * height) + 2, round((row + 1) * height) - 2
        for column in range(int(SIZE / width) + 2):
            start = (column + 0.5 * (row % 2)) * width
            span = np.arange(round(start) + 2, round(start + width) - 2) % SIZE
            image[top:bottom, span] = np.array(colour) * rng.uniform(0.75, 1.15)
    return _image(image, 0.15 * fractal_noise(rng, SIZE, SIZE, 40, 40))


def carpet(rng: np.random.Generator, colour: Colour) -> np.ndarray:
    """Short pile: fine grain and slow blotches."""
    grain = 0.22 * fractal_noise(rng, SIZE, SIZE, 128, 128, 2)
    return _image(colour, grain, 0.06 * fractal_noise(rng, SIZE, SIZE, 6, 6))


def concrete(rng: np.random.Generator, colour: Colour = (150, 150, 148)) -> np.ndarray:
    """Screed: clouds, grain, a few pale stains."""
    clouds = 0.12 * fractal_noise(rng, SIZE, SIZE, 5, 5, 5)
    return _image(colour, clouds, 0.06 * fractal_noise(rng, SIZE, SIZE, 100, 100, 2))


def marble(rng: np.random.Generator, colour: Colour = (225, 222, 215)) -> np.ndarray:
    """Stone with thin darker veins."""
    bend = fractal_noise(rng, SIZE, SIZE, 4, 4, 5)
    veins = np.exp(-((bend / 0.05) ** 2))
    return _image(colour, -0.25 * veins, 0.05 * fractal_noise(rng, SIZE, SIZE, 6, 6))


def wallpaper(rng: np.random.Generator, colour: Colour, accent: Colour, kind: str) -> np.ndarray:
    """`stripes`, `dots` or `leaves` on a plain ground."""
    y, x = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    if kind == "stripes":
        mask = (np.floor(x * 8) % 2).astype(np.float32)
    elif kind == "dots":
        row = np.floor(y * 8)
        mask = np.hypot((x * 8 + 0.5 * (row % 2)) % 1 - 0.5, (y * 8) % 1 - 0.5) < 0.2
    else:
        u, v = (x * 6 + 0.5 * (np.floor(y * 4) % 2)) % 1 - 0.5, (y * 4) % 1 - 0.5
        mask = (np.abs(u) < 0.28 * np.cos(np.pi * v) ** 2) & (np.abs(u) > 0.02)
    image = np.where(mask[..., None] > 0, accent, colour).astype(np.float32)
    return _image(image, 0.03 * fractal_noise(rng, SIZE, SIZE, 64, 64, 2))


def rug(rng: np.random.Generator, colours: list[Colour]) -> np.ndarray:
    """A woven rug: nested borders and a field of diamonds."""
    y, x = np.mgrid[-1 : 1 : SIZE * 1j, -1 : 1 : SIZE * 1j]
    ring = np.maximum(np.abs(x), np.abs(y))
    diamonds = (np.abs((x * 4) % 1 - 0.5) + np.abs((y * 4) % 1 - 0.5)) < 0.33
    image = np.where(diamonds[..., None], colours[1], colours[0]).astype(np.float32)
    image[ring > 0.72] = colours[2 % len(colours)]
    image[(ring > 0.80) & (ring < 0.86)] = colours[1]
    image[ring > 0.95] = colours[0]
    return _image(image, 0.16 * fractal_noise(rng, SIZE, SIZE, 120, 120, 2))


def cloth(rng: np.random.Generator, colour: Colour, folds: float = 0.0) -> np.ndarray:
    """Woven cloth; `folds` > 0 adds upright folds as in a curtain."""
    x = np.linspace(0, 2 * np.pi, SIZE, endpoint=False)[None, :]
    wave = folds * np.sin(9 * x + 0.6 * smooth_noise(rng, SIZE, SIZE, 2, 6))
    return _image(colour, wave, 0.07 * fractal_noise(rng, SIZE, SIZE, 120, 120, 2))


def picture(rng: np.random.Generator, kind: str = "abstract") -> np.ndarray:
    """Something to hang on a wall: `abstract` shapes, a `landscape`, or a printed `poster`."""
    image = np.zeros((256, 256, 3), np.uint8)
    hue = int(rng.integers(0, 180))
    if kind == "landscape":
        t = np.linspace(0, 1, 256)[:, None, None]
        image[:] = (np.array((120, 170, 225)) * (1 - t) + np.array((240, 225, 190)) * t).astype(
            np.uint8
        )
        for layer, base in enumerate((150, 180, 210)):
            ridge = base + 26 * smooth_noise(rng, 1, 256, 1, 5 + 3 * layer)[0]
            hill = np.arange(256)[:, None] > ridge[None]
            image[hill] = np.array((96, 128, 104)) * (1 - 0.25 * layer)
        return image
    image[:] = _rgb(hue, 60, 235)
    for _ in range(9 if kind == "abstract" else 4):
        other = (hue + int(rng.integers(0, 90))) % 180
        colour = _rgb(other, 170, int(rng.integers(90, 240)))
        centre = tuple(int(c) for c in rng.integers(30, 226, 2))
        radius = int(rng.integers(20, 70))
        if rng.random() < 0.5:
            cv2.circle(image, centre, radius, colour, -1, cv2.LINE_AA)
        else:
            far = (centre[0] + radius, centre[1] + int(rng.integers(10, 90)))
            cv2.rectangle(image, centre, far, colour, -1)
    if kind == "poster":
        for line in range(5):
            width = int(rng.integers(80, 180))
            cv2.rectangle(
                image, (30, 180 + 13 * line), (30 + width, 186 + 13 * line), (40,) * 3, -1
            )
    return image


def window_view(rng: np.random.Generator) -> np.ndarray:
    """What lies outside: sky, clouds, roofs and trees, overexposed as cameras see it."""
    t = np.linspace(0, 1, SIZE)[:, None, None]
    image = np.array((190, 215, 245)) * (1 - t) + np.array((245, 246, 248)) * t
    clouds = np.clip(fractal_noise(rng, SIZE, SIZE, 5, 3, 4), 0, 1)[..., None]
    image = image * (1 - clouds) + 255 * clouds
    roof = 330 + 50 * np.sign(smooth_noise(rng, 1, SIZE, 1, 7))[0]
    image[np.arange(SIZE)[:, None] > roof[None]] = (205, 196, 190)
    trees = 390 + 50 * fractal_noise(rng, 1, SIZE, 1, 9, 4)[0]
    image[np.arange(SIZE)[:, None] > trees[None]] = (150, 178, 138)
    return np.clip(image, 0, 255).astype(np.uint8)


def books(rng: np.random.Generator) -> np.ndarray:
    """One shelf of book spines."""
    image = np.full((128, SIZE, 3), 45, np.uint8)
    x = 0
    while x < SIZE - 8:
        width, height = int(rng.integers(9, 26)), int(rng.integers(80, 122))
        hue, saturation = int(rng.integers(0, 180)), int(rng.integers(40, 190))
        colour = _rgb(hue, saturation, int(rng.integers(70, 225)))
        cv2.rectangle(image, (x, 128 - height), (x + width - 2, 127), colour, -1)
        light = tuple(min(255, int(c * 1.4) + 30) for c in colour)
        cv2.rectangle(
            image, (x + 2, 108 - height // 2), (x + width - 4, 112 - height // 2), light, -1
        )
        x += width
    return image


def screen(rng: np.random.Generator, kind: str = "desktop") -> np.ndarray:
    """A lit display: `desktop` with windows of text, or `film` with a landscape."""
    if kind == "film":
        return picture(rng, "landscape")
    image = np.full((256, 384, 3), (60, 90, 130), np.uint8)
    for x, y, w, h in ((20, 20, 200, 180), (190, 60, 170, 160)):
        cv2.rectangle(image, (x, y), (x + w, y + h), (240, 240, 242), -1)
        cv2.rectangle(image, (x, y), (x + w, y + 14), (70, 74, 84), -1)
        for line in range((h - 30) // 12):
            end = x + 12 + int(rng.integers(40, w - 24))
            cv2.rectangle(
                image, (x + 12, y + 24 + 12 * line), (end, y + 29 + 12 * line), (90,) * 3, -1
            )
    return image


def board(rng: np.random.Generator, chalk: bool) -> np.ndarray:
    """A blackboard with chalk writing, or a whiteboard with marker lines."""
    image = np.full((256, 640, 3), (44, 74, 60) if chalk else (244, 245, 246), np.uint8)
    ink = [(225, 228, 220)] if chalk else [(30, 60, 160), (180, 40, 40), (30, 120, 60)]
    for line in range(7):
        x, y, colour = 30, 36 + 30 * line, ink[line % len(ink)]
        while x < 30 + 560 * rng.uniform(0.3, 1):
            points = [
                (x + 3 * k, y + int(rng.integers(-7, 7))) for k in range(int(rng.integers(4, 12)))
            ]
            cv2.polylines(image, [np.array(points)], False, colour, 2, cv2.LINE_AA)
            x = points[-1][0] + 12
    smear = 0.05 * fractal_noise(rng, 256, 640, 4, 8)
    return _image(image, smear)
