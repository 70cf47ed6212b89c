"""What the operating system must not do with a process that holds keys."""

import ctypes
import resource
import sys
from typing import Final

_PR_SET_DUMPABLE: Final = 4


def harden_process() -> None:
    """No core dumps, and on Linux no reading of this process's memory by other processes of the same account.

    Python can not wipe memory, so keys do stay in it while the process runs: turn swap off, or encrypt it. Raises
    OSError when the system refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(_PR_SET_DUMPABLE, ctypes.c_ulong(0)) != 0:
            raise OSError(ctypes.get_errno(), "the process stays readable by others")
