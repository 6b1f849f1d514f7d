"""Every number of ExAvatar's fit, as in its released code.

Source: Moon, Shiratori, Saito, "Expressive Whole-Body 3D Gaussian Avatar", ECCV 2024, and the
folder `fitting` of https://github.com/mks0601/ExAvatar_RELEASE. Each loss is a plain mean over
its elements; the weights below multiply that mean.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class PaperFitSettings:
    """The numbers of the preset `paper`. Only its name can be set in the configuration."""

    # What is seen, and how.
    focal: float = 2000.0
    """Of the virtual camera, px, at any image size; its principal point is the image's middle."""
    least_score: float = 0.2
    """A keypoint scored higher counts fully, any other not at all."""
    box_margin: float = 1.2
    """The box of the keypoints seen is enlarged by this, made square,"""
    square_margin: float = 1.25
    """and enlarged by this."""
    box_metres: float = 2.0
    """The first distance is that at which a box of the body is as large as this, m."""
    projection: float = 8.0
    """The square box is this many units wide: the unit of keypoint errors."""
    hands_apart: float = 0.5
    """Where the boxes of both hands overlap by more (intersection over union), the farther hand
    and its wrist do not count."""
    face_turned: float = 135.0
    """After the warm-up the 68 face points count where the direction from the head's middle to
    the eyes is further than this from the viewing ray, both seen from above, degrees."""

    # What is optimised.
    betas: int = 100
    """Shape coefficients (those of the body file if it has fewer)."""
    mesh_vertices: int = 512
    """So many vertices, evenly through the file, stand for the mesh in its term. ExAvatar takes
    all of them, on a GPU; the mean over these differs from theirs by under a hundredth."""

    # The schedule.
    batch: int = 64
    """The most frames of a batch; they are shuffled anew every epoch."""
    steps: tuple[int, ...] = (500, 250, 250)
    """Adam's steps for each batch of each epoch. The last epoch holds fixed what frames share."""
    rates: tuple[float, ...] = (0.1, 0.01, 0.01)
    """Adam's first rate in each epoch."""
    drops: tuple[tuple[int, ...], ...] = ((100, 250, 400), (100, 200), (100, 200))
    """The steps at which the rate drops to a tenth."""
    warm_up: int = 100
    """The first steps of a batch in the first epoch move root and place alone."""
    stiff_hands: int = 250
    """Until this step of the first epoch, the hands' joint offsets are all but fixed."""

    # Weights.
    keypoints: float = 1.0
    """|projected − seen| of the body with FLAME's face offset,"""
    keypoints_bare: float = 1.0
    """and once more of the body without. With no FLAME the two are one."""
    shape: float = 0.01
    """betas²."""
    mesh: float = 0.1
    """|vertices − vertices in the initial pose|, the pelvis aligned, m."""
    pose: float = 0.1
    """|rotation matrices − the initial ones|, of all 55 joints."""
    forward_head: float = 1.0
    """(x component of the axis-angle)² of spine, neck and head, rad²: no head leans forward."""
    joint_offset: float = 100.0
    """(offset of a rest joint)², m²."""
    stiff_hand_offset: float = 10.0
    """More for the hands' joints while they are stiff: times this."""
    locator_offset: float = 1.0
    """(offset of a reported hip)², m²."""
    symmetry: float = 1.0
    """|left − mirrored right| of both offsets, the three coordinates summed, m."""
    expression: float = 0.1
    """|expression − the initial one|."""

    # Weights that come with FLAME, if the body file holds it.
    flame_keypoints: float = 1.0
    """|projected − seen| of FLAME's eyes, ears and 68 points."""
    flame_on_body: float = 1.0
    """|FLAME's vertices − the body's|, posed, m; in the warm-up alone, over `mesh_vertices`."""
    flame_pose: float = 0.1
    """|rotation matrices − the initial ones|, of FLAME's neck, jaw and eyes."""
    flame_shape: float = 0.1
    """|FLAME's shape − DECA's|."""
    face_vertices: float = 10.0
    """|the body's face − FLAME|, at rest, the neck left out, m. FLAME is held still in this and
    the next two."""
    face_laplacian: float = 1e5
    """(their Laplacians' difference)², m²."""
    face_edges: float = 1.0
    """|their edges' lengths' difference|, m."""
    neck_offset: float = 1000.0
    """(face offset)² on the neck, m²: the face ends smoothly."""

    # After the optimisation.
    smooth_window: int = 9
    """Savitzky–Golay's window over the frames, of every parameter,"""
    smooth_order: int = 2
    """and its polynomial order."""
