#!/usr/bin/env bash
# vtk finds the off-screen OpenGL that comes in a wheel.
set -euo pipefail
cd "$(python -c 'import importlib.util as u; print(*u.find_spec("vtkmodules").submodule_search_locations)')"
ln -sf ../lavavu_osmesa.libs/libOSMesa-*.so.8* libOSMesa.so.8
