"""The form that brings a register in."""

from __future__ import annotations

from typing import Final

from sim.language import language, say
from sim.page.forms import field, select
from sim.report.html import Html, tag

DATES: Final = ("", "day first", "month first")
"""How dates are written, empty where they show it themselves."""

ENCODINGS: Final = ("", "utf-16", "windows-1258", "windows-1252")
"""Of a CSV file, empty where it shows itself."""


def register_form() -> Html:
    """What brings a register in."""
    dates = [
        (DATES[0], say("as they show themselves")),
        (DATES[1], say("day first, as 05/12/2025")),
        (DATES[2], say("month first, as 12/05/2025")),
    ]
    encodings = [(each, each.upper() or say("as they show themselves")) for each in ENCODINGS]
    columns = {"name": "columns", "id": "register-columns", "rows": "3", "spellcheck": "false",
               "placeholder": "case = Mã hồ sơ"}  # fmt: skip
    return tag(
        "section",
        tag("h2", say("Bring in a register")),
        tag(
            "p",
            say(
                "An event log of an office: what was done for which case, by whom, and when. It "
                "says what is wrong with its data, and a scenario is learnt from it, with a "
                "source at every value."
            ),
        ),
        tag(
            "form",
            tag(
                "p",
                tag("label", say("A register (CSV, XLSX or XES)"),
                    attributes={"for": "register-file"}),
                field("register", type="file", id="register-file", accept=".csv,.xlsx,.xes"),
            ),
            tag(
                "p",
                tag("label", say("Headings of its columns, where they are not found"),
                    attributes={"for": "register-columns"}),
                tag("textarea", "", attributes=columns),
            ),
            tag("p", select("dates", say("Dates"), dates, "")),
            tag("p", select("encoding", say("Encoding"), encodings, "")),
            tag(
                "p",
                tag("label", say("The office at which cases are filed, where there are several"),
                    attributes={"for": "register-home"}),
                field("home", type="text", id="register-home", maxlength="200"),
            ),
            tag(
                "p",
                tag("label", field("leave_out", type="checkbox", value="1"), " ",
                    say("Leave out, and count, rows that cannot be read")),
            ),
            tag(
                "p",
                say("At most 10 MB. It is read, and kept nowhere; the scenario is kept in memory."),
                attributes={"class": "caption"},
            ),
            tag("button", say("Read it"), attributes={"type": "submit"}),
            attributes={"method": "post", "action": f"register?lang={language()}",
                        "enctype": "multipart/form-data"},
        ),
        attributes={"id": "register"},
    )  # fmt: skip
