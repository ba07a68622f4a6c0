"""What ends the program in good order."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["interrupt_on_terminate"]


def interrupt_on_terminate() -> None:
    """Let SIGTERM end the program as Ctrl-C does, so that temporary files are cleared away."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, interrupt)
        if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:  # nohup ignores it
            signal.signal(signal.SIGHUP, interrupt)
    except ValueError:  # not in the main thread: whoever called us has the signals
        return
