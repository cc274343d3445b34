"""Files in ``invalid`` have the faults that the texts beside them list; those in ``valid`` none."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.experiment.checks import check
from sim.scenario import load, resolve, show_faults

HERE = Path(__file__).parent
INVALID = sorted(path.stem for path in (HERE / "invalid").glob("*.yaml"))
VALID = sorted(path.name for path in (HERE / "valid").glob("*.yaml"))


def faults_of(name: str) -> str:
    return show_faults(name, check(name)) + "\n"


def expected(name: str) -> str:
    return (HERE / "invalid" / f"{name}.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", INVALID)
def test_an_invalid_file_is_refused_in_these_words(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(HERE / "invalid")
    assert faults_of(f"{name}.yaml") == expected(name)


def test_other_words_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "invalid")
    with pytest.raises(AssertionError):
        assert faults_of("unknown-field.yaml") == expected("unknown-field").replace("14:", "13:")


def test_every_text_has_its_file() -> None:
    assert sorted(path.stem for path in (HERE / "invalid").glob("*.txt")) == INVALID


def test_six_faults_in_one_file_are_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "invalid")
    assert len(check("six-faults.yaml")) == 6


@pytest.mark.parametrize("name", VALID)
def test_a_valid_file_has_no_faults(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "valid")
    assert faults_of(name) == f"{name}: no faults\n"


def test_a_faulty_file_does_not_pass_as_valid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(HERE / "invalid")
    with pytest.raises(AssertionError):
        assert faults_of("number.yaml") == "number.yaml: no faults\n"


def test_a_scenario_in_vietnamese_words_is_the_one_in_english_words(tmp_path: Path) -> None:
    valid = HERE / "valid"
    english, vietnamese = (
        resolve(load(valid / f"words-{language}.yaml")).fingerprint()
        for language in ("english", "vietnamese")
    )
    assert vietnamese == english
    # The twin: one of the Vietnamese values differs.
    for name in ("words-vietnamese.yaml", "words-vietnamese.csv"):
        (tmp_path / name).write_bytes((valid / name).read_bytes())
    text = (tmp_path / "words-vietnamese.yaml").read_text(encoding="utf-8")
    for one, other in (("20 phút", "21 phút"), ("03/04/2025", "04/04/2025"), ("T2-T6", "T2-T5")):
        assert one in text
        (tmp_path / "other.yaml").write_text(text.replace(one, other), encoding="utf-8")
        assert resolve(load(tmp_path / "other.yaml")).fingerprint() != english
