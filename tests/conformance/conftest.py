"""Every rule is tested on every engine."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_worlds import Play, play_on

from sim.engines import ENGINES


@pytest.fixture(params=sorted(ENGINES))
def play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    return play_on(request.param, tmp_path)
