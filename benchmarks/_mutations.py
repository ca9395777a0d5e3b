"""The small changes that are made to a module, one at a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from typing import Any, Final

COMPARISONS: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
ARITHMETIC: Final[dict[type[ast.operator], type[ast.operator]]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.LShift: ast.RShift,
    ast.RShift: ast.LShift,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
MISSED: Final = (ast.Expr, ast.AugAssign, ast.Delete, ast.Raise, ast.Continue, ast.Break)
"""Statements without which a program is still one."""
STORED: Final = (ast.Attribute, ast.Subscript)
NAMES: Final = {"min": "max", "max": "min", "any": "all", "all": "any", "floor": "ceil"}
TYPED: Final = {"annotation", "returns", "decorator_list", "bases"}
"""Fields in which there is nothing that runs differently."""

Slot = tuple[Any, Any, ast.AST]
"""A list or a node, the index or the field of it, and the node that is there."""


def changes(tree: ast.Module) -> Iterator[tuple[str, str, int]]:
    """Make every change in turn: yield the text before, the text after and the line.

    The tree holds the change while it is yielded, and is as it was afterwards.
    """
    for holder, key, node in list(_slots(tree)):
        for other in _others(node):
            _put(holder, key, ast.fix_missing_locations(ast.copy_location(other, node)))
            yield _line(node), _line(other), getattr(node, "lineno", 0)
            _put(holder, key, node)


def _slots(node: ast.AST) -> Iterator[Slot]:
    """Yield every place of a tree that holds a node which runs."""
    for field, value in ast.iter_fields(node):
        if field in TYPED:
            continue
        for key, one in enumerate(value) if isinstance(value, list) else [(field, value)]:
            if isinstance(one, ast.expr | ast.stmt) and not _is_text(one):
                yield value if isinstance(value, list) else node, key, one
                yield from _slots(one)
            elif isinstance(one, ast.AST):
                yield from _slots(one)


def _others(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what may stand in place of a node."""
    match node:
        case ast.Compare(left=left, ops=[op, *ops], comparators=right) if type(op) in COMPARISONS:
            yield ast.Compare(left, [COMPARISONS[type(op)](), *ops], right)
        case ast.BoolOp(op=junction, values=values):
            yield ast.BoolOp(ast.Or() if isinstance(junction, ast.And) else ast.And(), values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
            yield ast.BinOp(left, ARITHMETIC[type(sign)](), right)
        case ast.Constant(value=value):
            yield from map(ast.Constant, _other_values(value))
        case ast.IfExp() | ast.If():
            yield from _turned(node)
        case ast.Call():
            yield from _called(node)
        case ast.stmt():
            yield from _left_out(node)


def _other_values(value: object) -> Iterator[float]:
    """Yield other numbers of the same type."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1)
    elif isinstance(value, float):
        yield value * 1.1 + 0.1


def _left_out(node: ast.stmt) -> Iterator[ast.stmt]:
    """Yield what stands in place of a statement that can be missed: it adds less, or nothing."""
    if isinstance(node, ast.AugAssign) and type(node.op) in ARITHMETIC:
        yield ast.AugAssign(node.target, ARITHMETIC[type(node.op)](), node.value)
    stored = isinstance(node, ast.Assign) and isinstance(node.targets[0], STORED)
    if stored or isinstance(node, MISSED):
        yield ast.Pass()


def _turned(node: ast.If | ast.IfExp) -> Iterator[ast.AST]:
    """Yield a choice that is always made in one way, where nothing else would tell that."""
    if isinstance(node.test, ast.Name | ast.Attribute | ast.Call | ast.NamedExpr):
        other = copy(node)
        other.test = ast.UnaryOp(ast.Not(), node.test)
        yield other


def _called(node: ast.Call) -> Iterator[ast.AST]:
    """Yield a call with its arguments swapped, and one of the opposite function."""
    plain = not any(isinstance(one, ast.Starred) for one in node.args)
    if plain and len(node.args) > 1:
        first, second, *rest = node.args
        yield ast.Call(node.func, [second, first, *rest], node.keywords)
    if isinstance(node.func, ast.Name) and node.func.id in NAMES:
        yield ast.Call(ast.Name(NAMES[node.func.id], ast.Load()), node.args, node.keywords)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _put(holder: Any, key: Any, node: ast.AST) -> None:
    if isinstance(holder, list):
        holder[key] = node
    else:
        setattr(holder, key, node)


def _line(node: ast.AST) -> str:
    """Return the first line of a node's text."""
    return ast.unparse(node).splitlines()[0]
