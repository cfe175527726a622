"""In: how the tests were started. Out: the same signals whoever started them."""

from __future__ import annotations

import signal
import threading

if threading.current_thread() is threading.main_thread():
    # a shell that starts something in the background has it ignore SIGINT, and children inherit that
    signal.signal(signal.SIGINT, signal.default_int_handler)
