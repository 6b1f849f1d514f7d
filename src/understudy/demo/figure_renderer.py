"""Rendering of one figure of the demo world, frame after frame."""

import numpy as np
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkPolyData

from understudy.demo.anatomy import vertex_normals
from understudy.demo.camera import Camera
from understudy.demo.figure import Figure
from understudy.demo.lighting import Lighting
from understudy.demo.render import Picture, Stage, mesh_of, set_normals, set_uv, texture_of


class FigureRenderer:
    """Renders one figure, frame after frame, in front of nothing."""

    def __init__(self, figure: Figure, lighting: Lighting) -> None:
        self._stage = Stage(lighting)
        pairs = np.stack([figure.faces.ravel(), figure.uv_faces.ravel()], 1)
        corners, index = np.unique(pairs, axis=0, return_inverse=True)
        self._corner_vertex = corners[:, 0]  # a vertex on a UV seam has several corners
        self._all_faces = np.concatenate([figure.faces, figure.loose_faces])
        self._body = mesh_of(figure.vertices[self._corner_vertex], index.reshape(-1, 3))
        set_uv(self._body, figure.uv[corners[:, 1]])
        self._stage.actor(self._body, 0.06).SetTexture(texture_of(figure.texture))
        self._first_loose = figure.body_vertices
        self._loose = None
        if len(figure.loose_faces):
            loose = figure.vertices[self._first_loose :]
            self._loose = mesh_of(loose, figure.loose_faces - self._first_loose)
            colours = numpy_to_vtk(np.ascontiguousarray(figure.loose_colours), deep=1)
            self._loose.GetPointData().SetScalars(colours)
            self._stage.actor(self._loose, 0.1)

    def render(self, vertices: np.ndarray, camera: Camera, samples: int = 2) -> Picture:
        """The figure with its vertices (V+H,3) in the world, at `samples` times the size."""
        normals = vertex_normals(vertices, self._all_faces)
        _move(self._body, vertices[self._corner_vertex], normals[self._corner_vertex])
        if self._loose is not None:
            first = self._first_loose
            _move(self._loose, vertices[first:], normals[first:])
        return self._stage.render(camera.scaled(samples))


def _move(mesh: vtkPolyData, points: np.ndarray, normals: np.ndarray) -> None:
    mesh.GetPoints().SetData(numpy_to_vtk(np.ascontiguousarray(points, np.float32), deep=1))
    mesh.GetPoints().Modified()
    set_normals(mesh, normals)
    mesh.Modified()
