"""``lienthong new``: what it writes has no faults, and it never writes over anything."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.cli import main
from sim.errors import ScenarioError, ValueFault
from sim.experiment.checks import check
from sim.scenario import load, resolve, shipped

ROOT = Path(__file__).parents[2]


def ends(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, stdout and stderr of a command."""
    code = main(words)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def uncommented(text: str) -> str:
    """A new scenario in which the what-if is no comment any more."""
    head, what_if = text.split("# variants:")
    return head + re.sub("^# ", "", f"# variants:{what_if}", flags=re.MULTILINE)


def faults(text: str, name: str = "mine.yaml") -> list[str]:
    Path(name).write_text(text, encoding="utf-8")
    return [fault.message for fault in check(name)]


def test_without_a_file_the_shipped_scenarios_are_listed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for words in ((), ("--list",)):
        code, out, err = ends(capsys, "new", *words)
        assert (code, err) == (0, "")
        names = {line.split()[0] for line in out.splitlines() if line.split()}
        assert {path.stem for path in (ROOT / "scenarios").glob("*.yaml")} <= names
        assert "nghe-an-district" not in names


def test_services_are_listed_with_their_limits_in_both_languages(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for spoken, shown in (
        ("en", ("A marriage", "the same day (assumed)", "2 working days (stated)", "city ward")),
        ("vi", ("Kết hôn", "trong ngày (giả định)", "2 ngày làm việc (do nguồn nêu)", "phường")),
    ):
        code, out, err = ends(capsys, "new", "--list", "--lang", spoken)
        assert (code, err) == (0, "")
        assert [each for each in shown if each not in out] == []
        rows = {line.split()[0]: line for line in out.splitlines() if line.startswith(" services/")}
        files = (ROOT / "scenarios" / "services").glob("*.yaml")
        titled = {path.stem for path in files if "\ntitle:" in path.read_text("utf-8")}
        assert set(rows) == {f"services/{stem}" for stem in titled}
        assert "services/fees" not in rows
    assert "A marriage" not in out  # the twin: the last was in Vietnamese


@pytest.mark.parametrize("base", ["first", "birth", "death", "services/marriage"])
def test_a_new_scenario_has_no_faults_with_its_what_if_and_without(base: str) -> None:
    assert main(("new", "--from", base, "mine.yaml")) == 0
    text = Path("mine.yaml").read_text(encoding="utf-8")
    resolve(load("mine.yaml"))
    assert load("mine.yaml").variants == load(shipped.path_of(base)).variants
    assert faults(uncommented(text)) == []
    assert "what-if" in load("mine.yaml").variants
    if base == "first":
        assert faults(uncommented(text).replace("staffing: 1 x", "staffing: 0.01 x")) != []


def test_a_new_scenario_is_what_it_extends(capsys: pytest.CaptureFixture[str]) -> None:
    assert ends(capsys, "new", "mine.yaml")[0] == 0
    mine, birth = load("mine.yaml"), load(ROOT / "scenarios" / "birth.yaml")
    assert (mine.title, mine.spec.bundles) == ("mine", birth.spec.bundles)
    assert mine.spec.bundles != load(ROOT / "scenarios" / "death.yaml").spec.bundles


@pytest.mark.parametrize(
    ("file", "title"),
    [
        ("Huyện Kỳ Sơn.yaml", "Huyện Kỳ Sơn"),
        ("42.yaml", "42"),
        ("a: b #1.yaml", "a: b #1"),
        ("my-district.yaml", "my district"),
        ("two\nlines.yaml", "first"),
        ("no-suffix", "no suffix"),
    ],
)
def test_a_file_may_have_any_name(file: str, title: str) -> None:
    assert main(("new", "--from", "first", file)) == 0
    assert load(file).title == title
    assert check(file) == ()


@pytest.mark.parametrize("base", ["first", "birth-nghe-an-2025"])
def test_a_copy_stands_alone(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(("new", "--from", base, "--copy", "all/mine.yaml")) == 0
    original = load(shipped.path_of(base))
    monkeypatch.setattr(shipped, "folder", lambda: Path("nowhere"))
    copy = load("all/mine.yaml")
    assert copy.digest == original.digest
    assert all(Path(path).parts[0] == "all" for path in copy.files)
    assert check("all/mine.yaml") == ()
    assert Path("all/scenario.schema.json").is_file()


def test_a_copy_of_a_service_stays_in_its_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    assert main(("new", "--from", "services/marriage", "--copy", "all/mine.yaml")) == 0
    original = load(shipped.path_of("services/marriage"))
    monkeypatch.setattr(shipped, "folder", lambda: Path("nowhere"))
    assert load("all/mine.yaml").spec.bundles == original.spec.bundles
    assert Path("all/services/marriage.yaml").is_file()
    assert check("all/mine.yaml") == ()


@pytest.mark.parametrize("words", [(), ("--copy",)])
def test_nothing_is_written_over(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.yaml").write_text("mine", encoding="utf-8")
    code, out, err = ends(capsys, "new", *words, "mine.yaml")
    assert (code, out) == (2, "")
    assert "'mine.yaml' is there already" in err
    assert Path("mine.yaml").read_text(encoding="utf-8") == "mine"
    assert [path.name for path in Path().iterdir()] == ["mine.yaml"]


def test_a_copy_leaves_all_out_where_one_of_its_files_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("places").mkdir()
    Path("places/common.yaml").write_text("mine", encoding="utf-8")
    code, _, err = ends(capsys, "new", "--copy", "mine.yaml")
    assert code == 2
    assert "common.yaml' is there already" in err
    assert not Path("mine.yaml").exists()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (
            ("--from", "brith", "mine.yaml"),
            "no shipped scenario has the name 'brith'; did you mean",
        ),
        (("--from", "../secret", "mine.yaml"), "no shipped scenario has the name '../secret'"),
        (("--from", "first"), "no file to write"),
        (("--copy",), "no file to write"),
        (("--list", "mine.yaml"), "--list writes nothing"),
        (
            ("--from", "birth-outage", "--copy", "birth.yaml"),
            "needs a file birth.yaml itself",
        ),
        (("mine.txt/mine.yaml",), "cannot write"),
    ],
)
def test_what_cannot_be_done_is_refused(
    words: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("mine.txt").write_text("no folder", encoding="utf-8")
    code, out, err = ends(capsys, "new", *words)
    assert (code, out) == (2, "")
    assert message in err
    assert [path.name for path in Path().iterdir()] == ["mine.txt"]


# -- extending a shipped scenario by name --------------------------------------------------------


def fault_of(extends: str) -> tuple[str, str]:
    Path("mine.yaml").write_text(f"title: mine\nextends: {extends}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load("mine.yaml")
    return next((f.message, f.way_out) for f in caught.value.faults if "extends" in f.path)


def test_a_shipped_scenario_and_a_place_are_extended_by_name() -> None:
    text = "title: mine\nextends: [lienthong:places/nghe-an-2025, lienthong:linked/birth]\n"
    assert faults(f"{text}bundles: {{birth: {{demand: {{a_year: 47000}}}}}}\n") == []
    found = {Path(path).name for path in load("mine.yaml").files}
    assert {"mine.yaml", "birth.yaml", "services-above.yaml", "nghe-an-2025.yaml"} <= found
    assert "nghe-an-2024.yaml" not in found


def test_a_wrong_name_is_refused_with_the_right_one() -> None:
    wrong = ("no shipped scenario has the name 'brith'", "did you mean 'birth'?")
    assert fault_of("lienthong:brith") == wrong
    assert fault_of("[lienthong:brith]") == wrong
    assert fault_of("lienthong:../birth")[0] == "no shipped scenario has the name '../birth'"


@pytest.mark.parametrize("path", ["birth.yaml", "birth"])
def test_a_path_to_nowhere_names_the_shipped_scenario_that_may_be_meant(path: str) -> None:
    assert fault_of(path) == (f"no such file: {path}", "The shipped one is lienthong:birth.")
    assert "lienthong:" not in fault_of("brith.yaml")[1]


def test_a_file_of_ones_own_goes_before_the_shipped_one_of_that_name() -> None:
    Path("birth.yaml").write_text("seed: 7\n", encoding="utf-8")
    Path("mine.yaml").write_text("extends: [lienthong:first, birth.yaml]\n", encoding="utf-8")
    assert load("mine.yaml").spec.seed == 7
    assert "birth" not in load("mine.yaml").spec.bundles


def test_shipped_names_lead_to_files_and_others_nowhere() -> None:
    assert {"first", "birth", "places/common"} <= set(shipped.names())
    assert all(shipped.path_of(name).is_file() for name in shipped.names())
    assert shipped.path_of("lienthong:birth") == shipped.path_of("birth")
    with pytest.raises(ValueFault):
        shipped.path_of("README")


@pytest.mark.parametrize("file", ["lienthong:birth", "birth.yaml", "services/marriage.yaml"])
def test_where_a_shipped_scenario_is_meant_by_a_path_to_none_it_is_said_how_to_begin(
    file: str,
) -> None:
    name = file.removeprefix("lienthong:").removesuffix(".yaml")
    with pytest.raises(ScenarioError, match=f"lienthong new --from {name} mine.yaml"):
        load(file)
    with pytest.raises(ScenarioError) as caught:  # the twin
        load("brith.yaml")
    assert "lienthong new" not in str(caught.value)
