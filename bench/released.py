# SPDX-License-Identifier: Apache-2.0
"""A release build of one program of this folder, made when there is none."""
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(os.path.dirname(HERE), "build-bench")


def built(name, folder=FOLDER):
    """The path of the program bench/NAME in the build folder, which is made, too."""
    if not os.path.exists(os.path.join(folder, "build.ninja")):
        subprocess.run(["meson", "setup", folder, os.path.dirname(HERE), "-Dbuildtype=release", "-Dtests=disabled", "-Dui=off"],
                       check=True, stdout=sys.stderr)
    subprocess.run(["ninja", "-C", folder, f"bench/{name}"], check=True, stdout=sys.stderr)
    return os.path.join(folder, "bench", name)
