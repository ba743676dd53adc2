import subprocess
import sys
from pathlib import Path

import yaml

from devtools.places import ROOT


def compose() -> dict:
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_file_follows_the_schema():
    tool = Path(sys.executable).with_name("check-jsonschema")
    command = [tool, "--builtin-schema", "vendor.compose-spec", ROOT / "docker-compose.yml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_only_the_proxy_is_reachable_from_outside():
    assert [name for name, service in compose()["services"].items() if "ports" in service] == ["proxy"]


def test_every_part_of_the_platform_is_there_and_comes_back():
    services = compose()["services"]
    assert {"postgres", "redis", "web", "worker", "beat", "proxy"} <= set(services)
    assert all(service["restart"] == "unless-stopped" for name, service in services.items() if name != "prepare")


def test_broker_refuses_rather_than_forgets():
    assert "noeviction" in compose()["services"]["redis"]["command"]


def test_no_secret_stands_in_the_file():
    text = (ROOT / "docker-compose.yml").read_text()
    assert "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?" in text
    assert "SECRET_KEY" not in text


def test_files_the_image_is_built_from_exist():
    named = [
        "package.json",
        "package-lock.json",
        ".npmrc",
        "devtools/styles.mjs",
        "requirements.txt",
        "config/Caddyfile",
    ]
    assert [name for name in named if not (ROOT / name).exists()] == []
