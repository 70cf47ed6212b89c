"""Waiting for a place that may never answer."""

from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TypeVar

from app.crypto.refusals import KeysUnavailable

Answer = TypeVar("Answer")


class OneAtATime:
    """Calls of a library that knows no time-out, one after the other. One that never ends lets the next be refused."""

    def __init__(self) -> None:
        self._busy = Lock()

    def ask(self, call: Callable[[], Answer], name: str, seconds: float) -> Answer:
        """What ``call`` gives, or its exception. Raises KeysUnavailable when that takes longer than ``seconds``."""
        if not self._busy.acquire(timeout=seconds):
            raise slow(name, seconds)
        answered: SimpleQueue[tuple[Answer | None, BaseException | None]] = SimpleQueue()

        def work() -> None:
            try:
                answered.put((call(), None))
            except BaseException as trouble:  # noqa: BLE001 - it is raised again where the answer is waited for
                answered.put((None, trouble))
            finally:
                self._busy.release()

        Thread(target=work, daemon=True).start()
        try:
            answer, trouble = answered.get(timeout=seconds)
        except Empty:
            raise slow(name, seconds) from None
        if trouble is not None:
            raise trouble
        return answer  # type: ignore[return-value]  # there is one when there is no trouble


def slow(name: str, seconds: float) -> KeysUnavailable:
    """The refusal of a place that was too slow."""
    return KeysUnavailable(
        f"{name} did not answer within {seconds:g} seconds. See that it runs and can be reached; Amparo asks again."
    )
