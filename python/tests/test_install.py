"""The wheel and the source package, each installed into an empty environment."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import time
import venv
from pathlib import Path

import pytest
from test_readme import program

from countermark.testing import IdServer, sign_webhook

ROOT = Path(__file__).resolve().parents[2]

PROGRAM = """
import sys
import countermark
assert countermark.__file__.startswith(sys.prefix), countermark.__file__
key = countermark.WebhookKey("1", "a secret")
signed = countermark.WebhookSigner("github", [key]).sign(b"{}")
assert countermark.WebhookVerifier("github", [key]).verify(signed.headers, b"{}").body == b"{}"
countermark.LoginClient(countermark.LoginService(service_name="a", service_address="https://example.com"))
print(countermark.__version__)
"""


@pytest.fixture
def python(tmp_path: Path) -> Path:
    venv.create(tmp_path / "empty", with_pip=True)
    return tmp_path / "empty/bin/python"


def install_and_use(python: Path, package: Path, folder: Path, **environment: str) -> None:
    # Not from the project: what is imported must be what was installed.
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
    subprocess.run(install, check=True, cwd=folder, env={**os.environ, **environment})
    shown = subprocess.run([python, "-c", PROGRAM], check=True, cwd=folder, capture_output=True, text=True)
    assert shown.stdout.strip() == "0.1.0"


def test_the_wheel(python: Path, tmp_path: Path, countermark_id_server: IdServer) -> None:
    [wheel] = (ROOT / "target/python-wheels").glob("*.whl")
    assert "-cp310-abi3-" in wheel.name
    install_and_use(python, wheel, tmp_path)
    installed = [python, "-m", "pip", "list", "--format", "freeze", "--disable-pip-version-check"]
    names = subprocess.run(installed, check=True, capture_output=True, text=True).stdout
    assert {line.split("==")[0] for line in names.split()} <= {"countermark", "pip", "setuptools"}

    # From nothing to what the README has.
    def run(text: str, **environment: str) -> str:
        command = [python, "-c", text]
        return subprocess.run(
            command, check=True, cwd=tmp_path, capture_output=True, text=True, env={**os.environ, **environment}
        ).stdout

    signed = sign_webhook("github", "a secret", b"{}")
    call = f"receive({signed.headers!r}, b'{{}}')"
    assert run(f"{program('A webhook')}\n{call}", GITHUB_SECRET="a secret") == "b'{}'\n"
    countermark_id_server.plan("approve")
    login = program("A login").replace("http://127.0.0.1:40017", countermark_id_server.server.rstrip("/"))
    assert run(login) == "alice\n"


def test_the_source_package(python: Path, tmp_path: Path) -> None:
    maturin = Path(sys.executable).with_name("maturin")
    manifest = ROOT / "python/Cargo.toml"
    subprocess.run([maturin, "sdist", "-m", manifest, "-o", tmp_path], check=True)
    [archive] = tmp_path.glob("countermark-*.tar.gz")
    # The archive's files are years old: cargo would take what it built of other sources for what it makes of these.
    with tarfile.open(archive) as files:
        files.extractall(tmp_path, filter=lambda member, _: member.replace(mtime=time.time()))
    # Into the folder of the other builds, without optimisation: the crates that it needs are there.
    install_and_use(
        python,
        archive.with_name(archive.name.removesuffix(".tar.gz")),
        tmp_path,
        CARGO_TARGET_DIR=str(ROOT / "target"),
        MATURIN_PEP517_ARGS="--profile dev",
    )
