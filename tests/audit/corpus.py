"""Pictures that other projects test their decoders with, fetched as packages and thrown away."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

PIP = ("Pillow", "pillow-heif")  # in the versions that run here
DEBIAN = ("libheif", "exiv2")
SOURCES = "deb-src http://deb.debian.org/debian bookworm main\n"
KINDS = {
    *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "apng", "webp", "gif"),
    *("heic", "heif", "heifs", "heics", "hif", "avif", "avifs"),
    *("bmp", "ico", "tif", "tiff", "jp2", "psd", "svg", "tga", "pcx", "eps", "pdf", "exv", "mp4"),
}


def fetched(folder: Path) -> list[Path]:
    """Every picture of every package, under this folder."""
    archives = [*_from_pypi(folder / "pypi"), *_from_debian(folder / "debian")]
    (folder / "files").mkdir()
    for archive in archives:
        subprocess.run(["tar", "-x", "-f", archive, "-C", folder / "files"], check=True)
    every = sorted((folder / "files").rglob("*"))
    return [file for file in every if file.is_file() and file.suffix[1:].lower() in KINDS]


def _from_pypi(folder: Path) -> list[Path]:
    folder.mkdir()
    wanted = [f"{name}=={version(name)}" for name in PIP]
    pip = [sys.executable, "-m", "pip", "download", "--no-deps", f"--no-binary={','.join(PIP)}"]
    subprocess.run([*pip, "-d", str(folder), *wanted], check=True, capture_output=True)
    return sorted(folder.glob("*.tar.gz"))


def _from_debian(folder: Path) -> list[Path]:
    """Sources, by an apt of our own that changes nothing of the machine's."""
    for needed in ("lists/partial", "cache/archives/partial"):
        (folder / needed).mkdir(parents=True)
    (folder / "sources.list").write_text(SOURCES)
    settings = {
        "Dir::Etc::SourceList": folder / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::State::Lists": folder / "lists",
        "Dir::Cache": folder / "cache",
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-q", *(f"-o{name}={value}" for name, value in settings.items())]
    for command in (["update"], ["source", "--download-only", *DEBIAN]):
        subprocess.run([*apt, *command], cwd=folder, check=True, capture_output=True)
    return sorted(folder.glob("*.orig.tar.*"))
