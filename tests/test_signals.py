"""The last acts of a program that a signal ends."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
import threading

import pytest

from sim import signals

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no such signals there")


def ended(script: str) -> tuple[int, str, str]:
    """Run a script that heeds signals; return its code and what it wrote and told."""
    prelude = """
        import os, signal, sys, threading, time
        from sim import signals
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for one in (signal.SIGTERM, signal.SIGHUP):  # whoever runs the tests may ignore them
            signal.signal(one, signal.SIG_DFL)
        say = lambda word: print(word, flush=True)
    """
    code = textwrap.dedent(prelude) + textwrap.dedent(script)
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_ctrl_c_is_answered_with_the_line_and_the_acts_of_open_blocks() -> None:
    """The innermost first; a block that was left has nothing to do any more."""
    script = """
        signals.heed()
        signals.answer("中断")
        with signals.lastly(lambda: say("outer")):
            with signals.lastly(lambda: say("left")):
                pass
            with signals.lastly(lambda: say("inner")):
                signal.raise_signal(signal.SIGINT)
        say("not reached")
    """
    assert ended(script) == (130, "inner\nouter\n", "中断\n")


def test_an_act_that_fails_keeps_no_other_from_being_done() -> None:
    """Nor does it show."""
    script = """
        signals.heed()
        with signals.lastly(lambda: say("done")), signals.lastly(lambda: 1 / 0):
            signal.raise_signal(signal.SIGTERM)
    """
    assert ended(script) == (143, "done\n", "")


def test_an_act_that_hangs_holds_nobody_up_for_long() -> None:
    """Whatever was interrupted may hold the lock that it waits for."""
    script = """
        signals.heed()
        lock = threading.Lock()
        with lock, signals.lastly(lock.acquire):
            signal.raise_signal(signal.SIGHUP)
    """
    assert ended(script) == (129, "", "")


def test_what_the_program_was_told_to_ignore_it_ignores() -> None:
    """As under nohup."""
    script = """
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        signals.heed()
        signal.raise_signal(signal.SIGHUP)
        say("goes on")
    """
    assert ended(script) == (0, "goes on\n", "")


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_signal_is_put_off_to_the_end_of_the_block(name: str) -> None:
    """And then answered."""
    script = f"""
        signals.heed()
        with signals.put_off():
            os.kill(os.getpid(), signal.{name})
            say("whole")
        say("not reached")
    """
    code, wrote, _ = ended(script)
    assert (code, wrote) == (128 + getattr(signal, name), "whole\n")


def test_whoever_uses_the_program_as_a_library_gets_the_usual_exception() -> None:
    """Nothing heeds signals unless it is asked to."""
    script = """
        try:
            with signals.put_off():
                os.kill(os.getpid(), signal.SIGINT)
                say("whole")
        except KeyboardInterrupt:
            say("raised")
    """
    assert ended(script) == (0, "whole\nraised\n", "")


def test_a_thread_other_than_the_main_one_puts_nothing_off() -> None:
    """Only the main one is ever asked."""
    done: list[bool] = []

    def work() -> None:
        with signals.put_off():
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]
