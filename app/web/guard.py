"""A coarse guard against floods: so many requests a minute from a network that nobody is signed in from, and so many of
one account. Ordinary work never meets it; what opens sealed fields has finer budgets (app/audit/rules/budgets.py).

Counted in this process alone and in a fixed amount of memory. Who shares a slot by chance shares its count: with so
many slots, and with limits this high, nobody notices. Python salts the hash of a text anew in each process, so nobody
can choose whose slot to share.
"""

import math
import time
from array import array
from threading import Lock
from typing import Final
from uuid import UUID

from limits import RateLimitItemPerMinute
from limits.storage import Storage
from limits.storage.base import SlidingWindowCounterSupport
from limits.strategies import SlidingWindowCounterRateLimiter

from app.access.networks import network_of

#: Requests a minute of whoever is not signed in, by network; and of one account, person or program.
OF_A_NETWORK: Final = 600
OF_AN_ACCOUNT: Final = 1200
#: Slots for networks, and as many for accounts: 1.5 MB each, whoever comes.
SLOTS: Final = 65_536


class Slots(Storage, SlidingWindowCounterSupport):
    """Two windows for each of a fixed number of slots: what `limits` keeps, without a key that somebody could add."""

    STORAGE_SCHEME = ["amparo-slots"]  # noqa: RUF012 - the base class says how it is written

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._windows, self._before, self._now = (array("q", bytes(8 * SLOTS)) for _ in range(3))

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        with self._lock:
            before, left, now, _ = self._look(key, expiry)
            if before * left / expiry + now + amount > limit:
                return False
            self._now[hash(key) % SLOTS] += amount
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        with self._lock:
            return self._look(key, expiry)

    def seconds_until_free(self, key: str, limit: int, expiry: int) -> float:
        """When one more is let in if nobody asks meanwhile: the window before counts less with each second."""
        before, left, now, _ = self.get_sliding_window(key, expiry)
        if now < limit:
            return left - (limit - 1 - now) * expiry / max(before, 1)
        # This window is full: it becomes the one before, and has to count a little less than its whole.
        return left + expiry - (limit - 1) * expiry / now

    def _look(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The window before and the seconds it still counts for, then this one's; moved on when its time has come."""
        slot, (window, into) = hash(key) % SLOTS, divmod(time.time(), expiry)
        passed = int(window) - self._windows[slot]
        if passed:
            self._before[slot] = self._now[slot] if passed == 1 else 0
            self._now[slot] = 0
            self._windows[slot] = int(window)
        return self._before[slot], expiry - into, self._now[slot], 2 * expiry - into

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        with self._lock:
            self._look(key, expiry)
            self._before[hash(key) % SLOTS] = self._now[hash(key) % SLOTS] = 0

    @property
    def base_exceptions(self) -> type[Exception]:
        return ValueError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        raise NotImplementedError("only sliding windows are kept")

    def get(self, key: str) -> int:
        raise NotImplementedError("only sliding windows are kept")

    def get_expiry(self, key: str) -> float:
        raise NotImplementedError("only sliding windows are kept")

    def check(self) -> bool:
        return True

    def reset(self) -> int | None:
        return None

    def clear(self, key: str) -> None:
        raise NotImplementedError("only sliding windows are kept")


class Guard:
    """Counts every request that enters; ``factor`` is how many times the usual is let through, 0 for no limit."""

    def __init__(self, factor: int) -> None:
        self._networks, self._accounts = Slots(), Slots()
        self._network_limiter = SlidingWindowCounterRateLimiter(self._networks)
        self._account_limiter = SlidingWindowCounterRateLimiter(self._accounts)
        self._of_a_network = RateLimitItemPerMinute(max(1, OF_A_NETWORK * factor))
        self._of_an_account = RateLimitItemPerMinute(max(1, OF_AN_ACCOUNT * factor))
        self._open = factor == 0

    def seconds_to_wait(self, account_id: UUID | None, address: str) -> int:
        """0 when the request may go on; otherwise the seconds after which one may."""
        if self._open:
            return 0
        if account_id is not None:
            slots, limiter, item, key = self._accounts, self._account_limiter, self._of_an_account, account_id.hex
        else:
            slots, limiter, item, key = self._networks, self._network_limiter, self._of_a_network, network_of(address)
        if limiter.hit(item, key):
            return 0
        wait = slots.seconds_until_free(item.key_for(key), item.amount, item.get_expiry())
        return max(1, math.ceil(wait))
