"""The form in its file says what an attribute is; what it is set to elsewhere does not."""

from __future__ import annotations

from typing import Any

import pytest

from sim.language.attribute import declared, read
from sim.language.domain import AMOUNT, BOOL, Domain


@pytest.mark.parametrize(
    ("form", "set_to", "domain"),
    [
        ("80%", True, BOOL),
        (1, 3, BOOL),
        (True, 3, BOOL),
        (3, 1, AMOUNT),
        ("1 (1-5)", True, AMOUNT),
        ({"median": 12, "p90": 60}, "30%", AMOUNT),
        ({"by": "size", "small": 1, "else": 3}, True, AMOUNT),
        ({"small": "50%", "large": "50%"}, "small", Domain("category", ("small", "large"))),
        ("small", {"big": "50%", "tiny": "50%"}, Domain("category", ("big", "tiny", "small"))),
        ("small", "large", Domain("category", ("small", "large"))),
    ],
)
def test_a_form_declares_what_an_attribute_is(form: Any, set_to: Any, domain: Domain) -> None:
    """A share, 0 or 1 alone is true or false, a number or a range above 1 an amount."""
    assert declared(read(form), [read(set_to)]) == domain
