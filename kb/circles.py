"""In: edges from one thing to another. Out: the circles among them, each once. Pure, linear in the edges."""

from __future__ import annotations

from collections.abc import Iterable


def circles(edges: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], ...]:
    """Groups of things each of which leads to every other of its group, by Tarjan's algorithm; a thing that leads to
    itself is a group of one. In the order of their names.
    """
    after: dict[str, list[str]] = {}
    for source, target in edges:
        after.setdefault(source, []).append(target)
        after.setdefault(target, [])
    number: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    waiting: set[str] = set()
    found = []
    for start in after:
        if start in number:
            continue
        work = [(start, iter(after[start]))]
        number[start] = low[start] = len(number)
        stack.append(start)
        waiting.add(start)
        while work:
            one, rest = work[-1]
            other = next(rest, None)
            if other is not None:
                if other not in number:
                    number[other] = low[other] = len(number)
                    stack.append(other)
                    waiting.add(other)
                    work.append((other, iter(after[other])))
                elif other in waiting:
                    low[one] = min(low[one], number[other])
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[one])
            if low[one] == number[one]:
                group = [stack.pop()]
                while group[-1] != one:
                    group.append(stack.pop())
                waiting.difference_update(group)
                if len(group) > 1 or one in after[one]:
                    found.append(tuple(sorted(group)))
    return tuple(sorted(found))
