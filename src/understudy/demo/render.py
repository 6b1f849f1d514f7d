"""Rendering of the demo world: VTK off-screen, no display and no GPU needed; and its rooms."""

from dataclasses import dataclass

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk, vtk_to_numpy
from vtkmodules.util.vtkConstants import VTK_ID_TYPE
from vtkmodules.vtkCommonCore import vtkFloatArray, vtkObject, vtkPoints, vtkUnsignedCharArray
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import (
    vtkActor,
    vtkCamera,
    vtkLight,
    vtkPolyDataMapper,
    vtkRenderer,
    vtkTexture,
)
from vtkmodules.vtkRenderingOpenGL2 import vtkRenderStepsPass, vtkSSAOPass

from understudy.demo.camera import FAR, NEAR, Camera
from understudy.demo.lighting import Lighting
from understudy.demo.opengl import off_screen_window
from understudy.demo.solids import Part

vtkObject.GlobalWarningDisplayOff()  # "bad X server": it then falls back by itself


@dataclass(frozen=True)
class Picture:
    """rgb (h,w,3) uint8; depth (h,w) f32 m along the camera's z, inf where there is nothing."""

    rgb: np.ndarray
    depth: np.ndarray


class Stage:
    """A window to render into, with lights; actors are added by the callers below."""

    def __init__(self, lighting: Lighting) -> None:
        self.renderer = vtkRenderer()
        self.renderer.SetBackground(0, 0, 0)
        self.renderer.AutomaticLightCreationOff()
        self.renderer.RemoveAllLights()
        for light in (lighting.key, *lighting.fills):
            lamp = vtkLight()
            lamp.SetLightTypeToSceneLight()
            lamp.SetPosition(*light.position)
            lamp.SetFocalPoint(0, 1, 0)
            lamp.SetDiffuseColor(*light.colour)
            lamp.SetSpecularColor(*light.colour)
            lamp.SetAmbientColor(0, 0, 0)
            lamp.SetIntensity(light.strength)
            lamp.PositionalOn()
            lamp.SetConeAngle(180)
            self.renderer.AddLight(lamp)
        white = vtkLight()  # carries the ambient term only
        white.SetLightTypeToSceneLight()
        white.SetDiffuseColor(0, 0, 0)
        white.SetSpecularColor(0, 0, 0)
        white.SetAmbientColor(1, 1, 1)
        self.renderer.AddLight(white)
        self.ambient = lighting.ambient
        self.window = off_screen_window()
        self.window.SetMultiSamples(0)
        self.window.AddRenderer(self.renderer)

    def actor(self, mesh: vtkPolyData, shine: float, glow: float = 0.0) -> vtkActor:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh)
        actor = vtkActor()
        actor.SetMapper(mapper)
        look = actor.GetProperty()
        look.SetInterpolationToPhong()
        look.SetAmbient(min(1.0, self.ambient + glow))
        look.SetDiffuse(1 - 0.7 * glow)
        look.SetSpecular(shine)
        look.SetSpecularPower(25)
        self.renderer.AddActor(actor)
        return actor

    def shade_corners(self) -> None:
        """Darken corners and where things stand (screen-space ambient occlusion)."""
        shading = vtkSSAOPass()
        shading.SetRadius(0.4)
        shading.SetBias(0.01)
        shading.SetKernelSize(32)
        shading.SetIntensityScale(0.8)
        shading.BlurOn()
        shading.SetDelegatePass(vtkRenderStepsPass())
        self.renderer.SetPass(shading)

    def render(self, camera: Camera) -> Picture:
        """What `camera` sees of the actors."""
        if tuple(self.window.GetSize()) != (camera.width, camera.height):
            self.window.SetSize(camera.width, camera.height)
        _aim(self.renderer.GetActiveCamera(), camera)
        self.window.Render()
        w, h = camera.width, camera.height
        pixels, depth = vtkUnsignedCharArray(), vtkFloatArray()
        self.window.GetPixelData(0, 0, w - 1, h - 1, 0, pixels, 0)
        self.window.GetZbufferData(0, 0, w - 1, h - 1, depth)
        z = vtk_to_numpy(depth).reshape(h, w)[::-1]
        with np.errstate(divide="ignore"):
            metres = np.where(z < 1, NEAR * FAR / (FAR - z * (FAR - NEAR)), np.inf)
        rgb = vtk_to_numpy(pixels).reshape(h, w, 3)[::-1].copy()
        return Picture(rgb, metres.astype(np.float32))


def _aim(lens: vtkCamera, camera: Camera) -> None:
    """VTK's camera from K and viewmat, any principal point."""
    rotation, position = camera.viewmat[:3, :3], camera.position
    lens.SetPosition(*position)
    lens.SetFocalPoint(*(position + rotation[2]))
    lens.SetViewUp(*-rotation[1])
    lens.SetClippingRange(NEAR, FAR)
    K, w, h = camera.K, camera.width, camera.height
    matrix = vtkMatrix4x4()
    rows = (
        (2 * K[0, 0] / w, 0, 1 - 2 * K[0, 2] / w, 0),
        (0, 2 * K[1, 1] / h, 2 * K[1, 2] / h - 1, 0),
        (0, 0, -(FAR + NEAR) / (FAR - NEAR), -2 * FAR * NEAR / (FAR - NEAR)),
        (0, 0, -1, 0),
    )
    for i, row in enumerate(rows):
        for j, value in enumerate(row):
            matrix.SetElement(i, j, float(value))
    lens.SetExplicitProjectionTransformMatrix(matrix)
    lens.UseExplicitProjectionTransformMatrixOn()


def mesh_of(points: np.ndarray, triangles: np.ndarray) -> vtkPolyData:
    """Points (V,3) m and triangles (F,3) as VTK's mesh."""
    mesh = vtkPolyData()
    mesh.SetPoints(vtkPoints())
    mesh.GetPoints().SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=1))
    cells = vtkCellArray()
    table = np.ascontiguousarray(triangles, np.int64)
    offsets = np.arange(0, 3 * len(table) + 1, 3)
    cells.SetData(
        numpy_to_vtk(offsets, deep=1, array_type=VTK_ID_TYPE),
        numpy_to_vtk(table.ravel(), deep=1, array_type=VTK_ID_TYPE),
    )
    mesh.SetPolys(cells)
    return mesh


def set_uv(mesh: vtkPolyData, uv: np.ndarray) -> None:
    """Give each point its place (V,2) in the texture."""
    mesh.GetPointData().SetTCoords(numpy_to_vtk(np.ascontiguousarray(uv, np.float32), deep=1))


def set_normals(mesh: vtkPolyData, normals: np.ndarray) -> None:
    """Give each point its unit normal (V,3)."""
    mesh.GetPointData().SetNormals(numpy_to_vtk(np.ascontiguousarray(normals, np.float32), deep=1))


def texture_of(image: np.ndarray, anisotropy: int = 1) -> vtkTexture:
    """An image (h,w,3) uint8 as VTK's texture."""
    height, width, _ = image.shape
    data = vtkImageData()
    data.SetDimensions(width, height, 1)
    flipped = np.ascontiguousarray(image[::-1]).reshape(-1, 3)
    data.GetPointData().SetScalars(numpy_to_vtk(flipped, deep=1))
    texture = vtkTexture()
    texture.SetInputData(data)
    texture.InterpolateOn()
    texture.MipmapOn()
    texture.SetMaximumAnisotropicFiltering(anisotropy)
    texture.RepeatOn()
    return texture


def render_parts(
    parts: list[Part], lighting: Lighting, camera: Camera, samples: int = 2
) -> Picture:
    """The static parts of a world, `samples`² rays per pixel; depth at the pixel's centre."""
    stage = Stage(lighting)
    stage.shade_corners()
    for part in parts:
        mesh = mesh_of(part.points, part.triangles)
        set_normals(mesh, part.normals)
        actor = stage.actor(mesh, part.paint.shine, part.paint.glow)
        actor.GetProperty().SetColor(*(c / 255 for c in part.paint.colour))
        if part.paint.texture is not None:
            set_uv(mesh, part.uv)
            actor.SetTexture(texture_of(part.paint.texture, anisotropy=4))  # floors recede
    fine = stage.render(camera.scaled(samples))
    return shrink(fine, samples)


def shrink(fine: Picture, samples: int) -> Picture:
    """A picture rendered at `samples` times the size, averaged down."""
    h, w = fine.depth.shape[0] // samples, fine.depth.shape[1] // samples
    rgb = fine.rgb.reshape(h, samples, w, samples, 3).mean((1, 3))
    depth = fine.depth[samples // 2 :: samples, samples // 2 :: samples]
    return Picture(rgb.astype(np.uint8), depth)
