"""Every kind of file has a class, a folder and words."""

from __future__ import annotations

from typing import get_args

from sim import shelf
from sim.language import schema
from sim.words import exists


def test_a_kind_is_read_into_the_class_of_its_name() -> None:
    """The key that tells a file is the class in small letters, and one of its fields."""
    assert set(schema.MODELS) == set(get_args(shelf.Word))
    for word, model in schema.MODELS.items():
        assert (model.__name__.lower(), word in model.model_fields) == (word, True)


def test_a_folder_is_called_by_the_plural_of_what_it_holds() -> None:
    """And there are words for what it holds and for what it lacks."""
    for kind in shelf.KINDS:
        assert schema.of_folder(kind).__name__.lower() + "s" == kind
        assert exists(f"no_such_{kind}")
        assert exists(f"report.{kind}")
