"""The periods of this installation, from its own file or from the one that comes with the program."""

import tomllib
from functools import lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.config import Settings, UnsafeSettings
from app.retention.rules import OF_PEOPLE, Period, RetentionClass, Schedule


class _Class(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: RetentionClass
    days: Annotated[int, Field(ge=0, le=36_500)] = 0
    years: Annotated[int, Field(ge=0, le=100)] = 0
    erases: bool
    source: Annotated[str, Field(min_length=1)]


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    notice_days: Annotated[int, Field(ge=0, le=365)]
    key_backup_days: Annotated[int, Field(ge=0, le=365)]
    classes: Annotated[list[_Class], Field(alias="class")]


@lru_cache(maxsize=1)
def schedule() -> Schedule:
    """The periods. Raises UnsafeSettings, whose sentence names the file and what is wrong with it."""
    own = Settings().retention_file
    return read(files("app.retention") / "data" / "classes.toml" if own is None else own)


def read(file: Path | Traversable) -> Schedule:
    """The periods in one file. Raises UnsafeSettings when it can not be used."""
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8"))
        effective_from = content.pop("effective_from", None)
        form = _File.model_validate(content)
        if not hasattr(effective_from, "isoformat"):
            raise UnsafeSettings(f"{file.name}: effective_from must be a date, like 2026-11-23.")
    except OSError as trouble:
        raise UnsafeSettings(f"AMPARO_RETENTION_FILE can not be read: {trouble.strerror}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as trouble:
        raise UnsafeSettings(f"{file.name} is not TOML in UTF-8: {trouble}") from None
    except ValidationError as trouble:
        first = trouble.errors(include_url=False, include_input=False)[0]
        raise UnsafeSettings(f"{file.name}: {'/'.join(map(str, first['loc']))}: {first['msg']}") from None
    periods = tuple(Period(each.key, each.source, each.erases, each.days, each.years) for each in form.classes)
    if {each.key for each in periods} != set(RetentionClass) or len(periods) != len(RetentionClass):
        raise UnsafeSettings(f"{file.name} must name each class once: {', '.join(RetentionClass)}.")
    for each in periods:
        if each.erases != (each.key in OF_PEOPLE):
            raise UnsafeSettings(f"{file.name}: {each.key} can not have erases = {str(each.erases).lower()}.")
        if not each.days and not each.years:
            raise UnsafeSettings(f"{file.name}: {each.key} needs days or years.")
    return Schedule(effective_from, form.notice_days, form.key_backup_days, periods)
