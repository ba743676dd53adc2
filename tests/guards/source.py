"""What the guards read: the project's own Python files, parsed once."""

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# Left to right: an app may import from what stands before it. Siblings share a place and never import each other.
LAYERS: list[tuple[str, ...]] = [
    ("core",),
    ("notifications",),
    ("accounts",),
    ("therapists", "clients"),
    ("matching",),
    ("referrals",),
    ("caseload",),
    ("interop",),
    ("config",),
]
APPS = [app for layer in LAYERS for app in layer if (ROOT / app).is_dir()]


def level(app: str) -> int:
    return next(index for index, layer in enumerate(LAYERS) if app in layer)


def may_use(user: str, used: str) -> bool:
    return user == used or level(used) < level(user)


def python_files(*folders: str, migrations: bool = False) -> list[Path]:
    files = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return [path for path in files if migrations or "migrations" not in path.parts]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))
