"""The page of `worksheet` in a real browser: marking, help, keyboard, looks, paper."""

import numpy as np
import pytest
from browser import DESKTOP, PHONE, opened, overflows, violations

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.teaching import check_derivation, nice_numbers, trace, worksheet

pytestmark = pytest.mark.slow

RELU = nice_numbers(BackpropRegressor(2, "relu", alpha=0), 4, 3, random_state=0)
SOFTMAX = nice_numbers(BackpropClassifier(2, "tanh", alpha=0.5), 3, 2, 3, random_state=1)
PAGES = {
    "relu": lambda: worksheet(*RELU),
    "softmax": lambda: worksheet(*SOFTMAX, layout="columns", title="By hand"),
}


@pytest.fixture(scope="module")
def file_of(tmp_path_factory):
    """Saves a page once, and returns its path."""
    directory, saved = tmp_path_factory.mktemp("pages"), {}

    def path(name):
        if name not in saved:
            saved[name] = PAGES[name]().save(directory / f"{name}.html")
        return saved[name]

    return path


@pytest.fixture
def page(chromium, file_of):
    with opened(chromium, file_of("relu")) as page:
        yield page


def question(page, name):
    """The card of a quantity."""
    return page.locator(".question").nth(page.evaluate(f"DATA.names.indexOf('{name}')"))


def enter(page, name, numbers):
    """Type the numbers as a hand does, from box to box."""
    question(page, name).locator("input").first.focus()
    for number in np.ravel(numbers):
        page.keyboard.type(number if isinstance(number, str) else f"{number:.10g}")
        page.keyboard.press("Tab")


def says(page, name):
    return question(page, name).locator(".says").inner_text()


def marks(page, name):
    return [i.get_attribute("data-mark") for i in question(page, name).locator("input").all()]


def score(page):
    return page.locator("#score").inner_text()


# -- marking ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "numbers"), [("relu", RELU), ("softmax", SOFTMAX)])
def test_all_right_numbers_are_right_rounded_as_the_page_asks(chromium, file_of, name, numbers):
    t = trace(*numbers, layout="rows" if name == "relu" else "columns")
    with opened(chromium, file_of(name)) as page:
        names = page.evaluate("DATA.names")
        for n, quantity in enumerate(names, start=1):
            decimals = page.evaluate(f"KEY.questions[{n - 1}].decimals")
            enter(page, quantity, [f"{x:.{decimals}f}" for x in np.ravel(t[quantity])])
            assert score(page).startswith(f"{n} of {len(names)} right")
        assert "well done" in score(page)


def test_each_number_is_marked_when_its_box_is_left(page):
    Z = trace(*RELU).Z[1]
    boxes = question(page, "Z1").locator("input")
    boxes.nth(0).fill(f"{Z[0, 0]}")
    boxes.nth(1).fill(f"{Z[0, 1] + 1}")
    boxes.nth(2).focus()
    assert marks(page, "Z1")[:3] == ["right", "wrong", None]
    assert boxes.nth(1).get_attribute("aria-invalid") == "true"
    assert score(page).startswith("0 of")


def test_mistakes_are_named_as_check_derivation_does(page):
    t = trace(*RELU)
    wrong = {
        "delta2": t.delta[2] * t.m,
        "dW2": -t.dW[2],
        "delta1": t.dA[1],
        "dW1": t.A[0].T @ t.dA[1],
        "db2": t.db[2] / t.m,
    }
    marking = check_derivation(*RELU, wrong)
    for name, numbers in wrong.items():
        enter(page, name, numbers)
        for code in marking[name].mistakes:
            assert code.replace("_", " ") in says(page, name)
        assert question(page, name).get_attribute("data-state") == "wrong"


def test_a_slip_is_not_called_a_mistake_of_mathematics(page):
    Z = trace(*RELU).Z[1].copy()
    Z[2, 1] += 0.5
    enter(page, "Z1", Z)
    assert says(page, "Z1") == (
        "1 number of 8 is wrong (✗). All others are right, so look for a slip in the arithmetic."
    )
    Z[2, 1] = -trace(*RELU).Z[1][2, 1]
    question(page, "Z1").locator("input").nth(5).fill(f"{Z[2, 1]}")
    page.keyboard.press("Enter")
    assert "Only its sign is wrong" in says(page, "Z1")


def test_numbers_are_read_as_people_write_them(page):
    read = page.evaluate(
        """(texts) => texts.map((text) => {
            const entry = readNumber(text);
            return entry && (entry.problem ? entry.problem : entry.value);
        })""",
        [
            "1/3",
            "0,5",
            "-.25",
            "1e-3",
            "\u22122",
            "\u2013 1.5",
            "1 1/2",
            "-1½",
            "½",
            "+3",
            " ",
            "\uff12",
            "-3/-4",
        ],
    )
    expected = [1 / 3, 0.5, -0.25, 1e-3, -2, -1.5, 1.5, -1.5, 0.5, 3, None, 2, 0.75]
    assert read[10] is None
    np.testing.assert_allclose(
        [x for x in read if x is not None], [x for x in expected if x is not None]
    )


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        ("1.234,5", "without separators"),
        ("1,2,3", "without separators"),
        ("1/0", "divided by 0"),
        ("50%", "Write 0.5 for 50 %"),
        ("2*10^-3", "Write a power of ten as 2.5e-3"),
        ("nan", "finite number"),
        ("1e999", "too large"),
        ("tanh(1)", "not a formula"),
        ("1 2", "one number in each box"),
        ("--1", "Write a number such as"),
        ("<img src=x onerror=alert(1)>", "not a formula"),
    ],
)
def test_what_is_no_number_is_refused_with_advice(page, typed, advice):
    enter(page, "Z2", [typed])
    assert advice in says(page, "Z2")
    assert marks(page, "Z2")[0] == "unread"


def test_a_number_that_is_rounded_too_far_is_not_called_wrong(chromium, file_of):
    A = trace(*SOFTMAX, layout="columns").A[1]
    with opened(chromium, file_of("softmax")) as page:
        enter(page, "A1", [f"{x:.2f}" for x in np.ravel(A)])
        assert "Right as far as it goes: give 4 decimals" in says(page, "A1")
        assert set(marks(page, "A1")) <= {"coarse", "right"}


def test_a_table_can_be_pasted_and_its_transpose_is_recognised(page):
    paste = """([text, n]) => {
        const data = new DataTransfer();
        data.setData("text", text);
        const options = {clipboardData: data, bubbles: true, cancelable: true};
        const event = new ClipboardEvent("paste", options);
        document.querySelectorAll(".question")[n].querySelector("input").dispatchEvent(event);
    }"""
    t, n = trace(*RELU), page.evaluate("DATA.names.indexOf('dW1')")
    for text in (str(t.dW[1]), repr(t.dW[1]), "\n".join("\t".join(map(str, r)) for r in t.dW[1])):
        question(page, "dW1").locator("input").first.fill("")
        page.evaluate(paste, [text, n])
        assert question(page, "dW1").get_attribute("data-state") == "right"
    page.evaluate(paste, [str(t.dW[1].T), n])
    assert "2 \u00d7 3, but dW1 is 3 \u00d7 2. It is the transpose" in says(page, "dW1")


# -- help ------------------------------------------------------------------------------------------


def test_a_hint_comes_before_the_numbers(page):
    card = question(page, "dW1")
    assert card.locator(".reveal").is_hidden()
    card.locator(".hint").click()
    assert "linear in W1" in card.locator(".help").inner_text()
    assert "right numbers" not in card.locator(".help").inner_text()
    card.locator(".reveal").click()
    shown = card.locator(".solution td").all_inner_texts()
    printed = [float(text.replace("\u2212", "-")) for text in shown]
    np.testing.assert_allclose(printed, np.ravel(trace(*RELU).dW[1]), atol=5e-4)
    enter(page, "dW1", trace(*RELU).dW[1])
    assert score(page) == "0 of 10 right, 1 shown"


def test_entries_are_remembered_until_all_is_cleared(page):
    enter(page, "Z1", trace(*RELU).Z[1])
    enter(page, "loss", ["7"])
    question(page, "Z2").locator(".hint").click()
    page.evaluate("remember()")
    page.evaluate("questions.forEach((q) => q.inputs.forEach((i) => (i.value = '')))")
    page.evaluate("restore()")
    assert score(page).startswith("1 of 10 right")
    assert question(page, "loss").locator("input").input_value() == "7"
    assert question(page, "Z2").locator(".help .formula").is_visible()
    page.locator("#reset").click()
    assert score(page).startswith("1 of 10 right")
    page.locator("#reset").click()
    assert score(page) == "0 of 10 right"
    assert question(page, "loss").locator("input").input_value() == ""
    assert question(page, "Z2").locator(".help .formula").count() == 0


def test_a_page_without_storage_works(chromium, tmp_path):
    frame = tmp_path / "notebook.html"
    frame.write_text(f"<!DOCTYPE html>{worksheet(*RELU)._repr_html_()}", encoding="utf-8")
    context = chromium.new_context(viewport=DESKTOP)
    outside = context.new_page()
    wrong = []
    outside.on("pageerror", lambda error: wrong.append(str(error)))
    outside.goto(frame.as_uri())
    inside = outside.frame_locator("iframe")
    inside.locator(".question input").first.fill("123")
    inside.locator(".question .check").first.click()
    inside.locator(".note.wrong").first.wait_for()
    context.close()
    assert wrong == []


# -- keyboard, looks, paper ------------------------------------------------------------------------


def test_the_keyboard_alone_is_enough(page):
    card = question(page, "Z1")
    card.locator("input").first.focus()
    focused = "document.activeElement.getAttribute('aria-label')"
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(focused) == "Z1, sample 2, unit 2"
    page.keyboard.type("12")
    page.keyboard.press("ArrowLeft")  # within the number
    assert page.evaluate(focused) == "Z1, sample 2, unit 2"
    page.keyboard.press("Home")
    page.keyboard.press("ArrowLeft")
    assert page.evaluate(focused) == "Z1, sample 2, unit 1"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.evaluate(focused) == "Z1, sample 1, unit 1"
    page.keyboard.press("Enter")
    assert says(page, "Z1") != ""
    card.locator("input").last.focus()
    for text in ("Check", "Hint"):
        page.keyboard.press("Tab")
        assert text in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert "Show the numbers" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert card.locator(".solution").is_visible()


def fill_in(page):
    """Something right, something wrong, a hint, the numbers."""
    enter(page, "Z1", ["1"] * question(page, "Z1").locator("input").count())
    enter(page, "loss", ["x"])
    for name in ("Z2", "dW2"):
        question(page, name).locator(".hint").click()
    question(page, "dW2").locator(".reveal").click()


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible_and_no_wider_than_the_window(chromium, file_of, axe, name, viewport, scheme):
    options = {"viewport": viewport, "color_scheme": scheme, "bypass_csp": True}
    with opened(chromium, file_of(name), **options) as page:
        assert violations(page, axe) == []
        fill_in(page)
        assert violations(page, axe) == []
        assert overflows(page) <= 0


def test_the_colours_can_be_chosen(page):
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.locator("#theme").click()
    assert page.evaluate(background) != light


def test_printed_it_is_an_exercise_with_empty_boxes(page):
    fill_in(page)
    page.evaluate("window.print = () => dispatchEvent(new Event('beforeprint'))")
    page.locator("#print-exercise").click()
    page.emulate_media(media="print")
    for unprinted in (".controls", ".help", ".says", "#score", ".mark", ".state", "#solutions"):
        for element in page.locator(unprinted).all():
            assert not element.is_visible(), unprinted
    box = page.locator(".question input").first
    assert box.is_visible()
    assert box.evaluate("(box) => getComputedStyle(box).color") == "rgba(0, 0, 0, 0)"
    assert page.get_by_text("Name:").is_visible()


def test_printed_with_solutions_it_has_all_numbers_and_takes_them_away_again(page):
    page.evaluate("window.print = () => {}")
    page.locator("#print-solutions").click()
    page.emulate_media(media="print")
    cells = page.locator("#solutions td").all_inner_texts()
    t, names = trace(*RELU), page.evaluate("DATA.names")
    truth = np.concatenate([np.ravel(t[name]) for name in names])
    printed = [float(text.replace("\u2212", "-")) for text in cells]
    np.testing.assert_allclose(printed, truth, atol=5e-4)
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#solutions").inner_html() == ""
