"""The built archives hold the program and its scenarios, and work where there is no repository."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Archives:
    wheel: Path
    sdist: Path

    def in_wheel(self) -> set[str]:
        with zipfile.ZipFile(self.wheel) as archive:
            return set(archive.namelist())

    def in_sdist(self) -> set[str]:
        with tarfile.open(self.sdist) as archive:
            names = (member.name for member in archive.getmembers() if member.isfile())
            return {name.partition("/")[2] for name in names}


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """The wheel, unpacked where a user has it, with the libraries of these tests beside it."""

    site: Path
    work: Path

    def run(self, *words: str) -> tuple[int, str, str]:
        """Exit code, stdout and stderr of a Python that knows nothing of the repository."""
        done = subprocess.run(
            [sys.executable, "-S", *words],
            check=False,
            cwd=self.work,
            env={
                **{name: os.environ[name] for name in os.environ if name != "PYTHONPATH"},
                # Without -S the .pth file of the checkout would be read.
                "PYTHONPATH": os.pathsep.join(map(str, (self.site, sysconfig.get_path("purelib")))),
                "PYTHONUTF8": "1",
            },
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return done.returncode, done.stdout, done.stderr

    def lienthong(self, *words: str) -> tuple[int, str, str]:
        return self.run("-c", "import sys; from sim.cli import main; sys.exit(main())", *words)


def built(backend_call: str, source: Path, into: Path) -> Path:
    """What the build backend makes of a source tree, called as a frontend calls it."""
    into.mkdir(exist_ok=True)
    code = f"import sys; from hatchling import build; print(build.{backend_call}(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(into)],
        cwd=source,
        check=True,
        capture_output=True,
        text=True,
    )
    return into / done.stdout.splitlines()[-1]


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Archives:
    into = tmp_path_factory.mktemp("dist")
    return Archives(wheel=built("build_wheel", ROOT, into), sdist=built("build_sdist", ROOT, into))


@pytest.fixture(scope="module")
def installed(archives: Archives, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    site = tmp_path_factory.mktemp("site")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "--no-deps", "--no-index", "--no-compile", "--target", site, archives.wheel],
        check=True,
    )
    return Installed(site=site, work=tmp_path_factory.mktemp("work"))


def files_below(folder: str) -> set[str]:
    return {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def as_in_wheel(names: set[str]) -> set[str]:
    return {
        f"sim/_scenarios/{name.removeprefix('scenarios/')}"
        if name.startswith("scenarios/")
        else name
        for name in names
    }


SOURCES = files_below("sim") | files_below("scenarios")


def test_the_wheel_holds_the_program_and_its_scenarios_and_nothing_else(archives: Archives) -> None:
    found = {name for name in archives.in_wheel() if ".dist-info/" not in name}
    assert "sim/_scenarios/places/nghe-an-2025.csv" in found
    assert found == as_in_wheel(SOURCES)
    assert found != as_in_wheel(SOURCES - {"scenarios/birth.yaml"})
    assert found != as_in_wheel(SOURCES | {"tests/wheel/test_wheel.py"})


def test_the_sdist_holds_what_the_wheel_is_built_from_and_no_tests(archives: Archives) -> None:
    found = archives.in_sdist()
    assert found >= SOURCES | {"pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md"}
    assert not any(name.startswith(("tests/", "benchmarks/", "results/")) for name in found)
    assert not found >= SOURCES | {"tests/wheel/test_wheel.py"}


def test_the_wheel_made_of_the_sdist_is_the_same(archives: Archives, tmp_path: Path) -> None:
    with tarfile.open(archives.sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    again = built("build_wheel", source, tmp_path / "again")
    assert again.read_bytes() == archives.wheel.read_bytes()
    (source / "scenarios" / "first.yaml").write_text("title: another\n", encoding="utf-8")
    other = built("build_wheel", source, tmp_path / "other")
    assert other.read_bytes() != archives.wheel.read_bytes()


def test_the_installed_program_is_not_that_of_the_repository(installed: Installed) -> None:
    code, out, err = installed.run("-c", "import sim; print(sim.__file__)")
    assert (code, err) == (0, "")
    assert Path(out.strip()).is_relative_to(installed.site)
    assert not Path(out.strip()).is_relative_to(ROOT)


def test_a_scenario_is_begun_checked_and_run_away_from_the_repository(installed: Installed) -> None:
    code, out, err = installed.lienthong("new")
    assert (code, err) == (0, "")
    assert "A newborn in one district of Nghệ An" in out

    assert installed.lienthong("new", "--from", "first", "Xã Mường Lống.yaml")[0] == 0
    code, out, err = installed.lienthong("check", "Xã Mường Lống.yaml", "--quiet")
    assert (code, out, err) == (0, "Xã Mường Lống.yaml: no faults\n", "")
    words = ("--engine", "reference", "--replications", "2", "--workers", "1", "--quiet")
    code, out, err = installed.lienthong("run", "Xã Mường Lống.yaml", *words)
    assert (code, err) == (0, "")
    assert "Registering a residence" in out


def test_a_service_is_begun_from_and_checked_away_from_the_repository(installed: Installed) -> None:
    assert installed.lienthong("new", "--from", "services/marriage", "wedding.yaml")[0] == 0
    code, out, err = installed.lienthong("check", "wedding.yaml", "--quiet")
    assert (code, out, err) == (0, "wedding.yaml: no faults\n", "")


def test_a_copy_is_checked_away_from_the_repository(installed: Installed) -> None:
    assert installed.lienthong("new", "--copy", "district/mine.yaml")[0] == 0
    assert (installed.work / "district" / "places" / "nghe-an-district.csv").is_file()
    code, _, err = installed.lienthong("check", "district/mine.yaml", "--quiet")
    assert (code, err) == (0, "")


def test_without_the_scenarios_in_it_the_wheel_would_not_do(installed: Installed) -> None:
    hidden = installed.site / "sim" / "_hidden"
    (installed.site / "sim" / "_scenarios").rename(hidden)
    try:
        code, _, err = installed.lienthong("new", "--from", "first", "nothing.yaml")
    finally:
        hidden.rename(hidden.with_name("_scenarios"))
    assert code == 2
    assert "no shipped scenario has the name 'first'" in err
