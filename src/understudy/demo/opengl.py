"""A window to draw in on machines with neither a screen nor a system OpenGL.

Mesa's software renderer comes out of a wheel of lavavu-osmesa, as data: the installation
(envs/world.post-deploy.sh) links it next to VTK's own libraries, where VTK looks for it. Its
dependencies are loaded here, by path. One renderer on every machine also means the same images on
every machine.
"""

import ctypes
from functools import cache
from pathlib import Path

import vtkmodules
from vtkmodules.vtkRenderingCore import vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkOSOpenGLRenderWindow

LINK = "libOSMesa.so.8"  # the name VTK asks for
LIBRARIES = "lavavu_osmesa.libs"


def off_screen_window() -> vtkRenderWindow:
    """An off-screen render window: Mesa's from that wheel, or the system's if that is absent."""
    window = vtkOSOpenGLRenderWindow() if _load_mesa() else vtkRenderWindow()
    window.SetOffScreenRendering(1)
    return window


@cache
def _load_mesa() -> bool:
    """Load the wheel's libraries, each after those it needs. False if they are not installed."""
    folder = Path(vtkmodules.__file__).parent
    waiting = sorted((folder.parent / LIBRARIES).glob("*.so*"))
    if not (folder / LINK).exists():
        return False
    while waiting:
        refused = [path for path in waiting if not _loaded(path)]
        if len(refused) == len(waiting):
            return False
        waiting = refused
    return True


def _loaded(path: Path) -> bool:
    try:
        ctypes.CDLL(str(path), mode=ctypes.RTLD_GLOBAL)
    except OSError:
        return False
    return True
