"""A student's notebook, rebuilt from ours: order, metadata, tests and given cells are ours.

From the student come the texts of answer cells and of extra cells, each extra in its place: after the cell of ours that
it follows. What is ours is recognised by nbgrader's grade_id, then by the cell's id, then by its text.
"""

import re
from collections import defaultdict
from dataclasses import dataclass, field

# what a cell leaves behind: `def f`, `class F`, `f = ...`. Not by ast: a student's text can exhaust Python's parser.
DEFINED = re.compile(r"^(?:(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)|(\w+)[ \t]*(?::[^=\n]*)?=(?!=))", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """All that is taken from a cell of a student's file. kind: code, markdown or raw."""

    kind: str
    text: str
    grade_id: str | None = None
    id: str | None = None
    images: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Rebuilt:
    """notebook: ours with the student's texts and extra cells in it, no outputs, tests in full.

    cells: what runs, in order, as dicts of a grading job; a cell's "index" is its position in notebook.cells.
    texts: [grade_id or "", text] of all that is the student's, in order. notes: what the instructor should know.
    """

    notebook: object
    cells: list[dict]
    texts: list[list[str]]
    notes: list[str]


def rebuild(source, released, cells):
    """Put the Cells of a student into our notebook; `released` is the notebook that the student was given."""
    notes = []
    stubs = {cell.id: cell.source for cell in released.cells}
    places = _recognise(source.cells, stubs, cells, notes)
    answers, before, after = defaultdict(list), defaultdict(list), defaultdict(list)
    last = -1
    for cell, place in zip(cells, places, strict=True):
        if place is None:
            after[last].append(cell)
            continue
        last, ours = place, source.cells[place]
        if not _about(ours).get("solution"):
            if cell.text.strip() == stubs.get(ours.id, ours.source).strip():
                continue
            if _about(ours).get("grade"):
                notes.append(f"the test cell {_name(ours)} was edited: ours counts")
            else:
                after[place].append(cell)  # ours runs, and then theirs
        elif cell.kind == ours.cell_type or ours.cell_type == "markdown":
            answers[place].append(cell)
        else:
            notes.append(f"the answer cell {_name(ours)} is a {cell.kind} cell, expected {ours.cell_type}: not counted")
            after[place].append(cell)
    chosen = {}
    for place, ours in enumerate(source.cells):
        if _about(ours).get("solution"):
            chosen[place], before[place] = _choose(answers[place], ours, stubs.get(ours.id, ""), notes)
    return _assemble(source, chosen, before, after, notes)


def _recognise(ours, stubs, cells, notes):
    """For each of the student's cells the position of the cell of ours that it is, or None."""
    by_grade_id, by_id, by_text = {}, {}, {}
    for place, cell in enumerate(ours):
        by_id[cell.id] = place
        if _about(cell):
            by_grade_id[_about(cell)["grade_id"]] = place
        by_text.setdefault((cell.cell_type, stubs.get(cell.id, cell.source).strip()), place)
    places = []
    for cell in cells:
        place = by_grade_id.get(cell.grade_id)
        if place is None:
            place = by_id.get(cell.id)
            if place is None or ours[place].cell_type != cell.kind:
                place = by_text.get((cell.kind, cell.text.strip())) if cell.text.strip() else None
            elif _about(ours[place]).get("solution"):
                notes.append(f"the answer cell {_name(ours[place])} has lost its metadata: recognised by its cell id")
        places.append(place)
    unknown = {k: _defined(cell.text) for k, cell in enumerate(cells) if places[k] is None and cell.kind == "code"}
    for place, cell in enumerate(ours):
        if not _about(cell).get("solution") or cell.cell_type != "code" or place in places:
            continue
        wanted = _defined(stubs.get(cell.id, cell.source))
        like = [k for k, defined in unknown.items() if wanted and wanted <= defined]
        if len(like) == 1:
            places[like[0]] = place
            del unknown[like[0]]
            notes.append(f"the answer cell {_name(cell)} has lost its id: recognised by what it defines")
    return places


def _choose(found, ours, stub, notes):
    """(the Cell that counts or None, those to run before it): of several the last that is not as it was released."""
    written = [cell for cell in found if cell.text.strip() != stub.strip()]
    if not found:
        notes.append(f"the answer cell {_name(ours)} is not in the notebook")
        return None, []
    if len(found) > 1:
        notes.append(f"the answer cell {_name(ours)} is there {len(found)} times: the last filled in counts")
    counts = (written or found)[-1]
    return counts, [cell for cell in written if cell is not counts and cell.text != counts.text]


def _assemble(source, chosen, before, after, notes):
    import nbformat

    empty = {"nbformat": 4, "nbformat_minor": 5, "metadata": source.metadata, "cells": []}
    rebuilt = Rebuilt(nbformat.from_dict(empty), [], [], list(dict.fromkeys(notes)))
    _add_extras(rebuilt, after[-1])
    for place, ours in enumerate(source.cells):
        _add_extras(rebuilt, before[place])
        text, images = ours.source, {}
        if place in chosen:
            text, images = (chosen[place].text, chosen[place].images) if chosen[place] else ("", {})
            rebuilt.texts.append([_name(ours), text, *_flat(images)])
        if ours.cell_type == "code":
            rebuilt.cells.append(_planned(ours, text, len(rebuilt.notebook.cells)))
        _add(rebuilt.notebook, ours.cell_type, ours.id, text, ours.metadata, images)
        _add_extras(rebuilt, after[place])
    return rebuilt


def _planned(ours, text, index):
    about = _about(ours)
    cell = {"kind": "given", "id": about.get("grade_id"), "source": text, "index": index}
    if about.get("solution"):
        cell |= {"kind": "answer", "model": ours.source}
    elif about.get("grade"):
        cell |= {"kind": "test", "points": float(about["points"])}
    elif "demo" in ours.metadata.get("tags", []):
        cell["kind"] = "demo"
    if cell["kind"] in ("answer", "test"):
        cell["exercise"] = about["grade_id"].split("--")[0]
    return cell


def _add_extras(rebuilt, cells):
    for cell in cells:
        if cell.kind == "raw" or not cell.text.strip():
            continue  # a raw cell does nothing but put HTML on the page
        if cell.kind == "code":
            index = len(rebuilt.notebook.cells)
            rebuilt.cells.append({"kind": "extra", "id": None, "source": cell.text, "index": index})
        _add(rebuilt.notebook, cell.kind, f"{len(rebuilt.texts)}-extra", cell.text, {}, cell.images)
        rebuilt.texts.append(["", cell.text, *_flat(cell.images)])


def _add(notebook, kind, name, text, metadata, images):
    import nbformat

    cell = {"cell_type": kind, "id": name, "metadata": metadata, "source": text}
    cell |= {"outputs": [], "execution_count": None} if kind == "code" else {}
    cell |= {"attachments": images} if images and kind == "markdown" else {}
    notebook.cells.append(nbformat.from_dict(cell))  # a copy


def _flat(images):
    return [part for name in sorted(images) for kind in images[name] for part in (name, kind, images[name][kind])]


def _about(cell):
    return cell.metadata.get("nbgrader", {})


def _name(cell):
    return _about(cell).get("grade_id", cell.id)


def _defined(text):
    return {function or variable for function, variable in DEFINED.findall(text)}
