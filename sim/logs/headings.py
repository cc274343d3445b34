"""What the columns of a register are called, in English and Vietnamese, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from sim.logs.event_log import CASES, PROPERTY, WORK

AT: Final = "at"
"""The instant of an event; what it is the instant of, the lifecycle says, or it is an end."""

LIFECYCLE: Final = "lifecycle"
INSTANCE: Final = "instance"
"""Tells the performances of one step in a case apart."""

MEANINGS: Final[Mapping[str, str]] = {
    **{name: words for name, words in WORK.items() if name != "row"},
    **CASES,
    "case": "the case: what the register calls it",
    AT: "instant of the event",
    LIFECYCLE: "whether the event is a schedule, a start or a complete",
    INSTANCE: "tells the performances of one step in a case apart",
}
"""What a column can be mapped to, and what that is."""

_STANDARD: Final[Mapping[str, str]] = {
    "case:concept:name": "case",
    "case_concept_name": "case",
    "concept:name": "step",
    "time:timestamp": AT,
    "start_timestamp": "started_at",
    "lifecycle:transition": LIFECYCLE,
    "concept:instance": INSTANCE,
    "org:resource": "officer",
    "org:role": "role",
    "org:group": "office",
    **{f"case:{name}": name for name in CASES if name != "case"},
    "case:deadline": "due_on",
    "case:startdate": "filed_at",
    "case:enddate": "closed_at",
    "case:procedure": "bundle",
}
"""What standards and programs call columns; where one is there it goes before all other names."""

_WORDS: Final[Mapping[str, str]] = {
    "case": "case id, case, caseid, case number, case no, dossier id, dossier number, "
    "file number, application id, application number, "
    "mã hồ sơ, số hồ sơ, mã số hồ sơ, hồ sơ, mã hs, số hs, số biên nhận, mã biên nhận",
    "step": "step, activity, activity name, task, action, event, "
    "bước, bước xử lý, bước thực hiện, tên bước, công việc, nội dung công việc, hoạt động, "
    "công đoạn, thao tác, nội dung xử lý",
    "dossier": "dossier, procedure of dossier, thành phần hồ sơ",
    "officer": "officer, resource, user, staff, employee, handler, handled by, done by, "
    "cán bộ, cán bộ xử lý, người xử lý, người thực hiện, công chức, cán bộ thực hiện, "
    "người dùng, tài khoản, chuyên viên",
    "role": "role, position, vai trò, chức vụ, chức danh, vị trí, vị trí công việc",
    "office": "office, department, unit, group, agency, "
    "cơ quan, đơn vị, phòng ban, phòng, bộ phận, đơn vị xử lý, cơ quan thực hiện, "
    "cơ quan xử lý, đơn vị thực hiện",
    "ready_at": "ready at, ready, scheduled at, assigned at, ngày nhận việc, thời gian nhận việc, "
    "ngày giao, thời gian giao, ngày chuyển đến, thời gian chuyển đến",
    "started_at": "started at, start, start time, start date, begin, begun at, from, "
    "bắt đầu, ngày bắt đầu, thời gian bắt đầu, thời điểm bắt đầu, giờ bắt đầu",
    "ended_at": "ended at, end, end time, end date, finish, finished at, completed, completed at, "
    "complete time, to, kết thúc, ngày kết thúc, thời gian kết thúc, thời điểm kết thúc, "
    "giờ kết thúc, hoàn thành, ngày hoàn thành, thời gian hoàn thành",
    AT: "at, timestamp, time, date, date time, datetime, event time, "
    "thời gian, thời điểm, ngày giờ, ngày, ngày thực hiện, thời gian thực hiện, "
    "thời gian xử lý, ngày xử lý",
    LIFECYCLE: "lifecycle, transition, state of event",
    INSTANCE: "instance",
    "channel": "channel, filed by, way of filing, kênh, kênh nộp, hình thức, hình thức nộp, "
    "hình thức tiếp nhận, hình thức nộp hồ sơ, kênh tiếp nhận, phương thức nộp",
    "bundle": "bundle, procedure, service, case type, type of case, "
    "thủ tục, tên thủ tục, thủ tục hành chính, tên thủ tục hành chính, tên tthc, tthc, "
    "loại hồ sơ, lĩnh vực thủ tục, dịch vụ công",
    "home": "home, home office, filed at office, nơi tiếp nhận, nơi nộp, cơ quan tiếp nhận, "
    "đơn vị tiếp nhận",
    "filed_at": "filed at, filed on, received at, received on, arrival, arrives at, "
    "ngày nộp, thời gian nộp, ngày tiếp nhận, thời gian tiếp nhận, ngày nhận, "
    "thời điểm tiếp nhận, ngày nhận hồ sơ, ngày tiếp nhận hồ sơ",
    "due_on": "due on, due, due date, due at, deadline, "
    "ngày hẹn trả, hẹn trả, hạn trả, ngày hẹn trả kết quả, hạn xử lý, hạn giải quyết, "
    "thời hạn, ngày hẹn, hạn trả kết quả, thời gian hẹn trả",
    "done_at": "done at, done on, result at, decided on, ngày có kết quả, thời gian có kết quả, "
    "ngày ký, ngày ban hành",
    "closed_at": "closed at, closed on, case end, case ended at, returned on, "
    "ngày trả, ngày trả kết quả, thời gian trả kết quả, ngày đóng hồ sơ, ngày kết thúc hồ sơ",
    "outcome": "outcome, result, kết quả, kết quả giải quyết, tình trạng, trạng thái, "
    "tình trạng hồ sơ, trạng thái hồ sơ",
}


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """A heading without diacritics, in lower case, with blanks for all other signs."""
    signs = unicodedata.normalize("NFD", heading.casefold().replace("đ", "d"))
    letters = "".join(sign for sign in signs if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()


@lru_cache(maxsize=1)
def _known() -> Mapping[str, str]:
    found: dict[str, str] = {}
    for meaning, words in _WORDS.items():
        for word in words.split(","):
            found[plain(word)] = meaning
    return found


def standard_meaning(heading: str) -> str | None:
    """What a name of XES, or of our own files, means; None for any other."""
    if heading in _STANDARD:
        return _STANDARD[heading]
    if heading in MEANINGS:
        return heading
    if heading.startswith((PROPERTY, f"case:{PROPERTY}")):
        return heading.removeprefix("case:")
    return None


def meaning_of(heading: str) -> str | None:
    """What a heading means, with or without diacritics, in upper or lower case; None if unknown."""
    return standard_meaning(heading) or _known().get(plain(heading))
