"""A form with a file, read as it comes: the fields into memory, the file in pieces to whoever asks for the next one.

The file never lies anywhere in clear, neither in memory as a whole nor on the disk: the parser gives away what it has
read before it reads on, and nothing is read before it is asked for.
"""

from collections.abc import AsyncIterator, Generator, Iterator
from threading import BoundedSemaphore
from typing import Any, Final, TypeVar

import anyio
import anyio.from_thread
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ValidationError
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from app.errors import Conflict, Invalid, Problem

#: Seconds in which the next piece must come, and the whole file.
_NEXT: Final = 30.0
_WHOLE: Final = 1_800.0
#: Each upload has a thread for itself while it lasts: so many at a time leave enough for everybody else.
_TURNS: Final = BoundedSemaphore(4)
_WAIT: Final = 20.0
#: Bytes that the server's thread hands over at once.
_TOGETHER: Final = 1 << 18
MOST_FIELDS: Final = 10
MOST_IN_A_FIELD: Final = 8_000

Form = TypeVar("Form", bound=BaseModel)


class Upload:
    """One request's form. Iterate over ``pieces`` to its end; then ``fields`` and ``filename`` are whole.

    Raises Invalid for a form that has another shape than fields of text and one file called ``file``.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.fields: dict[str, str] = {}
        self.filename = ""
        self.files = 0

    def form(self, model: type[Form]) -> Form:
        """The fields, which stand before the file. Raises RequestValidationError, which names them."""
        try:
            return model.model_validate(self.fields)
        except ValidationError as error:
            wrong = error.errors(include_url=False, include_input=False)
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in wrong])

    def pieces(self) -> Generator[bytes, None, None]:
        """The file, in pieces as they come. Call it in a worker thread, once. Raises Conflict when too many come."""
        if not _TURNS.acquire(timeout=_WAIT):
            raise Conflict("busy", "Too many files come in at once. Wait a moment, then send it again.")
        try:
            yield from self._pieces()
        finally:
            _TURNS.release()

    def _pieces(self) -> Iterator[bytes]:
        kind, options = parse_options_header(self._request.headers.get("content-type"))
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise _other()
        form = _Form(self)
        body = self._request.stream()
        try:
            parser = MultipartParser(options[b"boundary"], form.callbacks())
            while some := anyio.from_thread.run(_next, body):
                for piece in some:
                    parser.write(piece)
                    yield from form.taken()
            parser.finalize()
        except (FormParserError, UnicodeDecodeError, TimeoutError):
            raise _other() from None
        if not form.ended or self.files != 1:
            raise _other()


async def _next(body: AsyncIterator[bytes]) -> list[bytes]:
    """The next pieces of the body, together at least ``_TOGETHER`` bytes; none at its end. Raises TimeoutError.

    Each change between the server's thread and the upload's costs as much as sealing a piece: so several come at once.
    """
    some: list[bytes] = []
    size = 0
    while size < _TOGETHER:
        with anyio.fail_after(_NEXT):
            piece = await anext(body, None)
        if piece is None:
            break
        if piece:
            some.append(piece)
            size += len(piece)
    return some


def _other() -> Invalid:
    return Invalid(Problem("", "multipart", "The file did not come whole. Send it again, as a form with one file."))


class _Form:
    """What the parser tells, put together."""

    def __init__(self, upload: Upload) -> None:
        self._upload = upload
        self._header = (bytearray(), bytearray())
        self._headers: dict[bytes, bytes] = {}
        self._name: str | None = None
        self._value = bytearray()
        self._file: list[bytes] = []
        self.ended = False

    def callbacks(self) -> Any:
        """By the parser's names of them."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": lambda data, start, end: self._header[0].extend(data[start:end]),
            "on_header_value": lambda data, start, end: self._header[1].extend(data[start:end]),
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def taken(self) -> list[bytes]:
        """What has come of the file since it was asked for last."""
        file, self._file = self._file, []
        return file

    def _part_begin(self) -> None:
        self._headers, self._name, self._value = {}, None, bytearray()

    def _header_end(self) -> None:
        field, value = self._header
        self._headers[bytes(field).lower()] = bytes(value)
        self._header = (bytearray(), bytearray())

    def _headers_finished(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        name = options.get(b"name", b"").decode()
        upload = self._upload
        if b"filename" in options:
            upload.files += 1
            upload.filename = options[b"filename"].decode()
            if name != "file" or upload.files > 1:
                raise _other()
            return
        # Fields first: what is wrong with them is said before the file is read.
        if upload.files or len(upload.fields) >= MOST_FIELDS or name in upload.fields or name == "file":
            raise _other()
        self._name = name

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        if self._name is None:
            self._file.append(data[start:end])
            return
        self._value += data[start:end]
        if len(self._value) > MOST_IN_A_FIELD:
            raise _other()

    def _part_end(self) -> None:
        if self._name is not None:
            self._upload.fields[self._name] = bytes(self._value).decode()

    def _end(self) -> None:
        self.ended = True
