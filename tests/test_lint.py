"""The lint: each rule refuses what it should, says where, and leaves the rest alone."""

from pathlib import Path

import pytest
from small_course import LESSON, ROOT

from gmcourse import lesson
from gmcourse.course import Course
from gmcourse.lint import lint

COURSE = Course(ROOT)


def found(text, *more):
    """What lint says of lessons with these texts."""
    return lint([lesson.parse(one, Path(f"unit-{k}.py")) for k, one in enumerate([text, *more])])


def visible(code):
    """The small lesson with other code in its visible test."""
    old = 'checks.number(double(2), "double(2)", low=4, high=4)'
    assert old in LESSON
    return LESSON.replace(old, code)


@pytest.mark.parametrize("unit", COURSE.units())
def test_the_lessons_of_this_course_pass(unit):
    assert lint([lesson.read(path) for path in COURSE.lesson_paths(unit)]) == []


def test_the_small_lesson_passes():
    assert found(LESSON) == []


FORBIDDEN = [
    # 1: types, identity, dunders, copies
    ("isinstance(double(2), int)", "isinstance() in a test"),
    ("type(double(2))", "type() in a test"),
    ("import inspect", "inspect in a test"),
    ("checks.require(double is not str, 'no')", "`is` in a test"),
    ("double.__code__", "__code__ in a test"),
    ("from copy import deepcopy", "copy in a test"),
    ("copy.deepcopy(double)", "copy in a test"),
    # 2: weights
    ("m.weight.data[0] = 1", ".data in a test"),
    ("m.weight.fill_(1.0)", "fill_ in a test"),
    ("m.weight.copy_(w)", "copy_ in a test"),
    ("torch.nn.init.zeros_(w)", "torch.nn.init in a test"),
    ("nn.init.zeros_(w)", "nn.init in a test"),
    ("torch.optim.Adam(m.parameters())", "torch.optim in a test"),
    ("from torch import optim", "torch.optim in a test"),
    # 3: transforms
    ("torch.func.grad(double)", "torch.func in a test"),
    ("torch.vmap(double)", "vmap in a test"),
    ("from torch.func import functional_call", "torch.func in a test"),
    # 4: randomness and tuples
    ("m.sample(3)", "sample(...) without generator="),
    ("m.rsample(3)", "rsample(...) without generator="),
    ("torch.randn(3)", "randn(...) without generator="),
    ("torch.randperm(3)", "randperm(...) without generator="),
    ("p.multinomial(3)", "multinomial(...) without generator="),
    ("torch.rand_like(x)", "rand_like in a test takes no generator"),
    ("torch.manual_seed(0)", "manual_seed in a test"),
    ("g.get_state()", "get_state in a test"),
    ("torch.Generator()", "torch.Generator() in a test"),
    ("np.random.rand(3)", "np.random in a test"),
    ("import random", "random in a test"),
    ("from collections import namedtuple", "namedtuple in a test"),
    ("checks.generator('other--two')", 'expected the id of this cell, "double--two"'),
    ("checks.generator('double--two', fresh=True)", "checks.generator in a visible test"),
    # 5: magics
    ("%time double(2)", "is a magic"),
    ("!ls", "is a magic"),
    # 6: comparing by hand
    ("assert double(2) == 4", "bare assert"),
    ("torch.testing.assert_close(a, b)", "torch.testing in a test"),
    ("torch.allclose(a, b)", "allclose in a test"),
    ("torch.equal(a, b)", "equal in a test"),
    ("if double(2) != 4:\n    raise ValueError", "raise in a test"),
    ("try:\n    double(2)\nexcept ValueError:\n    pass", "an except that goes on silently"),
]


@pytest.mark.parametrize(("code", "told"), FORBIDDEN, ids=[code.split("\n")[0] for code, _ in FORBIDDEN])
def test_what_a_test_cell_must_not_do(code, told):
    lines = found(visible(code))
    number = visible(code).split("\n").index(code.split("\n")[0]) + 1
    assert lines
    assert any(told in line for line in lines), lines
    assert all(line.startswith("unit-0.py:") and "cell double--two: " in line for line in lines)
    assert any(abs(int(line.split(":")[1]) - number) <= code.count("\n") for line in lines)


ALLOWED = [
    "checks.require(double(2) is not None, 'None')",
    "g = checks.generator('double--two')\nx = torch.randn(3, generator=g)",
    "m.sample(3, generator=checks.generator('double--two'))",
    "m.sample(3, checks.generator('double--two-more'))",
    "x = gmlib.data.digits()",
    "m.load_state_dict({'w': w})",
    "double(x).backward()\nchecks.close(x.grad, y, 'the gradient')",
    "copy = x.clone()",
    "x = (\n    7\n    % 4\n)",
]


@pytest.mark.parametrize("code", ALLOWED)
def test_what_a_test_cell_may_do(code):
    assert found(visible(code)) == []


@pytest.mark.parametrize(
    ("call", "fine"), [("double(2)", False), ("double(2, generator=g)", True), ("double(2, g)", True)]
)
def test_a_students_function_that_draws_is_given_a_generator(call, fine):
    text = visible(f"checks.number({call})").replace("def double(x):", "def double(x, generator=None):")
    text = text.replace("_ = checks.number(double(hidden_mark)", "_ = checks.number(double(hidden_mark, g)")
    assert ("without generator=" not in "".join(found(text))) == fine


def test_hidden_tests_draw_fresh_numbers():
    old = "hidden_mark = 7"
    fixed = LESSON.replace(old, 'g = checks.generator("double--any")\nhidden_mark = 7')
    assert "checks.generator in a hidden test: pass fresh=True" in found(fixed)[0]
    fresh = LESSON.replace(old, 'g = checks.generator("double--any", fresh=True)\nhidden_mark = 7')
    assert found(fresh) == []


LATER = "\n# %% [markdown]\n# Text.\n\n# %%\n{}\n"


@pytest.mark.parametrize(
    "code",
    [
        "print(x)",
        "x = x + 1",
        "x += 1",
        "y = [x for _ in range(3)]",
        "def f():\n    return x",
        "f = lambda y: x + y",
        "class A:\n    y = x",
        "for y in x:\n    pass",
    ],
)
def test_a_test_binds_nothing_that_a_later_cell_uses(code):
    text = visible("x = 1") + LATER.format(code)
    assert ["uses x, which the test double--two binds" in line for line in found(text)] == [True]


@pytest.mark.parametrize(
    "code",
    [
        "x = 2\nprint(x)",
        "for x in range(3):\n    print(x)",
        "def f(x):\n    return x",
        "def f():\n    x = 2\n    return x",
        "y = [x for x in range(3)]",
        "f = lambda x: x",
        "import torch as x\nprint(x)",
    ],
)
def test_a_later_cell_may_bind_the_same_name_itself(code):
    assert found(visible("x = 1") + LATER.format(code)) == []


def test_what_a_demo_binds_is_for_demos():
    demo = LATER.replace("# %%\n", '# %% tags=["demo"]\n')
    text = LESSON + demo.format("model = 1")
    assert "uses model, which the demo cell" in found(text + LATER.replace("Text", "More").format("print(model)"))[0]
    assert found(text + demo.replace("Text", "More").format("print(model)")) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('test="double--two"', 'test="double_two"', "expected a test's id to be EXERCISE--part"),
        ('test="double--two"', 'test="triple--two"', "no answer cell triple stands before"),
        ('solution="double"', 'solution="double--x"', "only tests have --"),
        ("points=2", "points=0", "the heading says 3 points, its tests give 1"),
        ("(3 points)", "(2 points)", "the heading says 2 points, its tests give 3"),
        ('solution="double"', 'solution="double" withhold="training"', "its first test must call checks.own_work"),
        ("# %% install=True\n", "", "expected one install cell"),
        ("# %% [markdown]\n# A drawing:\n\n# %% tags", "# %%\nx = 1\n\n# %% tags", "put a sentence between them"),
        ("assert True", "", "exempt from comparison: assert its numbers"),
        ("# Other numbers.", "x = (" + "1, " * 40 + ")", "a line of 126 characters, at most 75"),
        ("# Other numbers.", "x = 1\n" * 41, "lines of code, at most 40"),
        ('print("marker of", "the output")', "print(", "not Python: '(' was never closed"),
    ],
)
def test_the_shape_of_a_notebook_and_of_an_exercise(old, new, told):
    assert old in LESSON
    assert told in "\n".join(found(LESSON.replace(old, new)))


def test_an_exercise_has_points_and_hidden_tests():
    text = LESSON.replace("points=1", "points=0").replace("points=2", "points=0").replace(" (3 points)", "")
    text = text.replace("### BEGIN HIDDEN TESTS\n", "").replace("### END HIDDEN TESTS\n", "")
    said = "\n".join(found(text))
    assert "no test with points" in said
    assert "this exercise has no hidden test" in said


def test_ids_are_unique_in_the_unit_and_an_exercise_may_be_tested_in_the_next_notebook():
    second = LESSON.split("# %% [markdown]\n# ### Exercise")[0] + "\n# %% [markdown]\n# More.\n\n"
    assert found(LESSON, second + '# %% test="double--more" points=0\nchecks.number(double(3))\n') == []
    again = second + '# %% test="double--two" points=0\nchecks.number(double(3))\n'
    assert "this id is there already in unit-0.py" in found(LESSON, again)[0]


def test_the_length_of_a_notebook_and_the_median_cell():
    long = LESSON + "".join(f"\n# %% [markdown]\n# Text {k}.\n" for k in range(60))
    assert "unit-0.py: 71 cells, at most 60" in found(long)[0]
    cells = "".join(LATER.replace("Text", f"Text {k}").format(f"x = {k}\n" * 12) for k in range(9))
    assert "the median code cell has 12 lines, expected under 12" in found(LESSON + cells)[0]


def test_gmlibs_own_cells_need_no_answer():
    text = LESSON + '\n# %% [markdown]\n# Devices.\n\n# %% test="gmlib_made--devices" points=0\nchecks.number(3)\n'
    assert found(text) == []
