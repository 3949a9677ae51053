"""What a grading result becomes for people: the notebook that Formgrader and feedback show, and the reasons in words.

Prose, tests and marks are the release's, so there is no hidden test in it; the student's texts and all outputs are
cleaned. Nothing here looks at files or the gradebook.
"""

import copy
from dataclasses import dataclass

from gmcourse.grading import sanitise

# characters of one notebook that are the student's; more than an honest one has, and a page still opens
MOST = {"markdown": 60_000, "code": 300_000, "output": 300_000, "picture": 12_000_000}
OUTCOMES = {"wrong": "Wrong", "timed out": "Timed out", "crashed": "Crashed", "not reached": "Not reached"}
KINDS = {"image/png", "image/jpeg", "image/gif"}  # of pictures that a student may paste
NO_RESPONSE = "No response."
LEFT_OUT = "(left out: the notebook has too much of it)"


@dataclass(frozen=True)
class Filed:
    """One student's graded submission, by file stem; a notebook that was not handed in is in none of them.

    notebooks: what Formgrader and feedback show. scores: {notebook: {cell: points}}, None for a person to grade.
    comments: {notebook: {answer cell: plain text or None}}.
    """

    student: str
    timestamp: str | None
    notebooks: dict[str, object]
    scores: dict[str, dict[str, float | None]]
    comments: dict[str, dict[str, str | None]]


def filed(student, timestamp, rebuilt, results, releases):
    """The Filed of one submission: Rebuilt, result and released notebook by file stem."""
    each = {stem: (rebuilt[stem], results[stem], releases[stem]) for stem in rebuilt}
    return Filed(
        student,
        timestamp,
        {stem: shown(*three) for stem, three in each.items()},
        {stem: scores(*three) for stem, three in each.items()},
        {stem: reasons(*three) for stem, three in each.items()},
    )


def shown(rebuilt, result, release):
    """The notebook of a Rebuilt with the outputs of its result, as nbgrader's autograded notebook."""
    ours = {cell.id: cell for cell in release.cells}
    planned = {cell["index"]: (str(number), cell) for number, cell in enumerate(rebuilt.cells)}
    about = [cell.metadata["nbgrader"]["grade_id"] for cell in release.cells if "nbgrader" in cell.metadata]
    reserved = {f"{name}{end}" for name in about for end in ("", "-comment", "_extra_credit")}
    reserved |= {"notebook", "notebook-container", "statusmessage"}
    notebook, left = copy.deepcopy(rebuilt.notebook), dict(MOST)
    notebook.metadata = copy.deepcopy(release.metadata)
    for index, cell in enumerate(notebook.cells):
        known = ours.get(cell.id)
        cell.metadata = copy.deepcopy(known.metadata) if known else type(cell.metadata)()
        if known and not _is_answer(known):
            cell.source = known.source
        elif cell.cell_type == "markdown":
            _clean(cell, left, reserved)
        elif cell.cell_type == "code":
            cell.source = _within(left, "code", cell.source)
        if cell.cell_type == "code":
            cell.execution_count = None
            cell.outputs = _outputs(*planned[index], result, left) if index in planned else []
    return notebook


def _is_answer(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def _clean(cell, left, reserved):
    images = {}
    for name, content in cell.get("attachments", {}).items():
        for kind in KINDS & set(content):
            picture = sanitise.picture(content[kind], kind.removeprefix("image/"))
            if picture and _within(left, "picture", picture) == picture:
                images[name] = {kind: picture}
    text = _within(left, "markdown", cell.source)
    cell.source = sanitise.markdown(text, images, reserved)
    cell.pop("attachments", None)
    if images:
        cell.attachments = images


def _within(left, kind, text):
    """`text`, or a note once the notebook has used up what it may show of this kind."""
    left[kind] -= len(text)
    return text if left[kind] >= 0 else LEFT_OUT


def _outputs(number, cell, result, left):
    """nbformat's outputs of a planned cell, from our own result alone."""
    if cell["kind"] == "test":
        return _of_test(cell, result["grades"].get(cell["id"]), left)
    found = result["outputs"].get(number)
    if not found or cell["kind"] == "demo":
        return []
    outputs = [_stream(name, found[name], left) for name in ("stdout", "stderr") if found.get(name)]
    for data in found.get("shown") or []:
        picture = sanitise.picture(data["image/png"]) if "image/png" in data else None
        content = {"text/plain": _within(left, "output", sanitise.output(data.get("text/plain", "")))}
        if picture and _within(left, "picture", picture) == picture:
            content["image/png"] = picture
        outputs.append(_node("display_data", data=content, metadata={}))
    if found.get("error"):
        name, value, trace = (_within(left, "output", sanitise.traceback(part)) for part in found["error"])
        outputs.append(_node("error", ename=name, evalue=value, traceback=[trace or f"{name}: {value}"]))
    return outputs


def _of_test(cell, grade, left):
    if not grade:
        return []
    outputs = [_stream("stdout", grade["printed"], left)] if grade.get("printed") else []
    if grade["outcome"] != "right":
        outcome, message = OUTCOMES.get(grade["outcome"], "Wrong"), sanitise.traceback(grade["message"])
        message = _within(left, "output", message)
        outputs.append(_node("error", ename=outcome, evalue=message, traceback=[f"{outcome}: {message}"]))
    elif grade["points"] < cell["points"]:
        outputs.append(_stream("stdout", f"{grade['points']:g} of {cell['points']:g} points\n", left))
    return outputs


def _stream(name, text, left):
    return _node("stream", name=name, text=_within(left, "output", sanitise.output(text)))


def _node(kind, **content):
    import nbformat

    return nbformat.from_dict({"output_type": kind} | content)


def untouched(rebuilt, release):
    """The ids of the answer cells that are empty or as they were handed out."""
    ours = {cell.id: cell.source.strip() for cell in release.cells}
    answers = [cell for cell in rebuilt.notebook.cells if _is_answer(cell)]
    return {cell.metadata.nbgrader.grade_id for cell in answers if cell.source.strip() in ("", ours.get(cell.id, ""))}


def scores(rebuilt, result, release):
    """{id: points} of all that has points; None for an answer that a person has to grade."""
    empty, found = untouched(rebuilt, release), {}
    for cell in rebuilt.notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            name = about["grade_id"]
            by_hand = 0.0 if name in empty else None
            grade = result["grades"].get(name)
            found[name] = by_hand if about.get("solution") else float(grade["points"]) if grade else 0.0
    return found


def reasons(rebuilt, result, release):
    """{answer cell: why its exercise lost points, a line for each reason, or None}, as plain text."""
    tests, stopped = {}, {}
    for number, cell in enumerate(rebuilt.cells):
        if cell["kind"] == "test":
            tests.setdefault(cell["exercise"], []).append(cell)
        elif cell["kind"] == "answer" and (result["outputs"].get(str(number)) or {}).get("error"):
            name, value, _ = result["outputs"][str(number)]["error"]
            stopped[cell["id"]] = f"This cell stopped with {name}: {value}"
    empty, found = untouched(rebuilt, release), {}
    for cell in rebuilt.notebook.cells:
        if _is_answer(cell):
            name = cell.metadata.nbgrader.grade_id
            lines = [stopped[name]] if name in stopped else []
            lines += _lost(tests.get(name.split("--")[0], []), result["grades"])
            found[name] = NO_RESPONSE if name in empty else "\n".join(map(_line, lines)) or None
    return found


def _lost(tests, grades):
    """A line for each message, with the tests that gave it and the points that they cost."""
    by_message = {}
    for cell in tests:
        grade = grades.get(cell["id"])
        if grade and grade["points"] < cell["points"]:
            message = grade["message"] if grade["outcome"] != "right" else "partly right"
            by_message.setdefault((grade["outcome"], message), []).append((cell, grade))
    for (outcome, message), lost in by_message.items():
        names = ", ".join(cell["id"] for cell, _ in lost)
        got, most = sum(grade["points"] for _, grade in lost), sum(cell["points"] for cell, _ in lost)
        said = f"{OUTCOMES[outcome].lower()}: " if outcome in ("timed out", "crashed", "not reached") else ""
        yield f"{names}, {got:g} of {most:g} points: {said}{message}"


def _line(text):
    """One line of a comment."""
    return " ".join(sanitise.traceback(text).split())[:1000]
