#!/usr/bin/env bash
# Lets vtk find the off-screen OpenGL library that comes in a wheel.
set -euo pipefail
cd "$(python -c 'import importlib.util as u; print(*u.find_spec("vtkmodules").submodule_search_locations)')"
ln -sf ../lavavu_osmesa.libs/libOSMesa-*.so.8* libOSMesa.so.8
