"""What all sections of a scenario have alike: fields of their own, and readers of single values."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, InitErrorDetails, PydanticCustomError

from sim.errors import ValueFault

DAY_FIRST: Final = "day first"
"""What a scenario says of ``dates`` that do not begin with the year."""

NAMES_ONLY: Final = "names only"
"""A context in which a value that cannot be read has a stand-in, and unknown fields pass."""

_NOTHING: Final = object()


class Section(BaseModel):
    """A mapping of the file with fields of its own; an unknown field is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The names of the fields as the file has them."""
        return tuple(info.alias or name for name, info in cls.model_fields.items())

    @model_validator(mode="wrap")
    @classmethod
    def _name_known_fields(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        try:
            return handler(value)
        except ValidationError as refused:
            errors = refused.errors(include_url=False)
            if _is_of_names(info) and isinstance(value, dict):
                return handler(cls._without(errors, value))
            if not any(error["type"] == "extra_forbidden" for error in errors):
                raise
            raise ValidationError.from_exception_data(
                cls.__name__, [cls._with_known_fields(error) for error in errors]
            ) from None

    @classmethod
    def _without(cls, errors: list[ErrorDetails], value: dict[str, Any]) -> Any:
        """A section without the fields that are unknown or none of a set; no value for missing."""
        own = [(error["loc"][0], error["type"]) for error in errors if len(error["loc"]) == 1]
        wrong = {name for name, kind in own if kind in ("extra_forbidden", "literal_error")}
        missing = [str(name) for name, kind in own if kind == "missing"]
        kept = {key: item for key, item in value.items() if key not in wrong}
        return kept | dict.fromkeys(missing)

    @classmethod
    def _with_known_fields(cls, error: ErrorDetails) -> InitErrorDetails:
        kind, context = error["type"], error.get("ctx", {})
        if kind == "extra_forbidden" and len(error["loc"]) == 1:
            kind, context = "unknown_field", {"known": cls.fields()}
        return InitErrorDetails(
            type=PydanticCustomError(kind, "{text}", {"text": error["msg"], **context}),
            loc=error["loc"],
            input=error["input"],
        )


class Sourced(Section):
    """A section that can say where its values come from."""

    mark: Literal["stated", "measured", "derived", "assumed"] | None = None
    """How the values of this section are known: stated, measured, derived, or assumed."""
    source: str | None = None
    """Where the values of this section come from. Without `mark` they are stated."""
    note: str | None = None
    """A remark for readers; the simulation does not use it."""


def _fault(message: str, way_out: str = "") -> PydanticCustomError:
    return PydanticCustomError("value", "{message}", {"message": message, "way_out": way_out})


def reader(parse: Callable[[Any], Any], stand_in: Any = _NOTHING) -> BeforeValidator:
    """Make a function that raises ValueFault into a validator.

    ``stand_in`` takes the place of a value that cannot be read where the names are all that is
    looked at (:data:`NAMES_ONLY`).
    """
    return BeforeValidator(lambda value, info: _read(parse, value, info, stand_in))


def reader_of_dates(parse: Callable[..., Any], stand_in: Any = _NOTHING) -> BeforeValidator:
    """As :func:`reader`, for a function that needs to know whether dates are day first."""

    def read(value: Any, info: ValidationInfo) -> Any:
        return _read(partial(parse, day_first=is_day_first(info)), value, info, stand_in)

    return BeforeValidator(read)


def is_day_first(info: ValidationInfo) -> bool:
    """Whether the scenario that is being read declares its dates to be day first."""
    return bool(info.context and info.context["dates"] == DAY_FIRST)


def _read(parse: Callable[[Any], Any], value: Any, info: ValidationInfo, stand_in: Any) -> Any:
    try:
        return parse(value)
    except ValueFault as fault:
        if _is_of_names(info) and stand_in is not _NOTHING:
            return stand_in
        raise _fault(fault.message, fault.way_out) from None


def _is_of_names(info: ValidationInfo) -> bool:
    return bool(info.context and info.context.get(NAMES_ONLY))
