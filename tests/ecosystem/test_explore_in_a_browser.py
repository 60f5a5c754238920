"""The page of `explore` in a real browser: controls, numbers, looks, accessibility."""

import re

import numpy as np
import pytest
from browser import DESKTOP, PHONE, opened, overflows, violations, wait_until
from sklearn.datasets import load_iris, make_moons

from sknn_edu import BackpropClassifier, BackpropRegressor
from sknn_edu.teaching import explore, trace

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::sknn_edu.exceptions.RiskyOutputWarning"),
    pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning"),
]

MOONS, MOONS_Y = make_moons(80, noise=0.2, random_state=0)
IRIS, IRIS_Y = load_iris(return_X_y=True)
CLF = BackpropClassifier((4,), "tanh", learning_rate_init=0.05, random_state=0)
PARTNERLESS = BackpropClassifier(
    3, "logistic", loss="squared_error", output_activation="softmax", random_state=0
)
DROPPED_OUT = BackpropRegressor(3, "gelu", loss="huber", dropout=0.3, random_state=0)
DEEP = BackpropClassifier((5, 3), "relu", alpha=0.1, random_state=0)
WEIGHTS = np.linspace(0.5, 2, len(IRIS))
PAGES = {
    "regions": lambda: explore(CLF, MOONS, MOONS_Y, epochs=8),
    "columns": lambda: explore(
        DEEP, IRIS, IRIS_Y, WEIGHTS, epochs=4, layout="columns", learning_rate=0.1
    ),
    "curves": lambda: explore(PARTNERLESS, IRIS[:, :1], IRIS_Y, epochs=3),
    "surface": lambda: explore(DROPPED_OUT, IRIS[:, :2], IRIS[:, 2], epochs=3, random_state=0),
    "descent": lambda: explore(
        CLF, MOONS, MOONS_Y, WEIGHTS[:80], epochs=2, mean_in="nowhere", sign="descent"
    ),
    "wide": lambda: explore(BackpropClassifier((30, 20)), IRIS, IRIS_Y, epochs=4, max_samples=12),
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
    with opened(chromium, file_of("regions")) as page:
        yield page


def number(text):
    return float(text.replace("\u2212", "-"))


def table(page, name, within="#all"):
    """The numbers of a table, as one reads them."""
    cells = page.locator(f'{within} td[data-at^="{name} "]').all_text_contents()
    return [number(cell) for cell in cells]


def sum_shown(page):
    return page.locator("#sum").inner_text()


# -- every number is the engine's --------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_every_number_is_the_sum_that_is_shown_for_it(chromium, file_of, name):
    with opened(chromium, file_of(name)) as page:
        n, wrong = page.evaluate(
            """() => {
              const wrong = [];
              let n = 0;
              const differ = (a, b) => !(Math.abs(a - b) <= 1e-6 * Math.max(1, Math.abs(b)));
              for (let frame = 0; frame <= LAST; frame++) {
                for (const operation of OPERATIONS) {
                  const [rows, columns] = ARRAYS.get(operation.name).shape;
                  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) {
                    n += 1;
                    const engine = valueAt(frame, operation.name, i, j);
                    const {lines} = linesOf(operation, i, j, frame);
                    if (differ(evaluate(operation.tree, i, j, frame), engine)) {
                      wrong.push([operation.name, i, j, frame]);
                    }
                    if (lines.length < 2 || lines.some(({html}) => /undefined|NaN/.test(html))) {
                      wrong.push([operation.name, i, j, lines]);
                    }
                    for (const [call, formula] of operation.written) {
                      const at = clampTo(shapeOf(call), i, j);
                      const value = evaluate(call, ...at, frame);
                      if (differ(evaluate(formula, ...at, frame), value)) {
                        wrong.push([operation.name, "written", i, j]);
                      }
                    }
                  }
                }
              }
              return [n, wrong.slice(0, 5)];
            }"""
        )
    assert n > 300
    assert wrong == []


def test_tables_show_the_trace_of_the_epoch(page):
    page.locator("#epoch").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    fitted = BackpropClassifier(**{**CLF.get_params(), "max_iter": 3}).fit(MOONS, MOONS_Y)
    rows = page.evaluate("DATA.samples.rows")
    t = trace(fitted, MOONS[rows], MOONS_Y[rows])
    for name in ("W1", "b1", "Z1", "A2", "dA1", "delta1", "dW2", "db1", "loss"):
        expected = np.ravel(t[name])
        np.testing.assert_allclose(table(page, name), expected, atol=1e-3 * np.abs(expected).max())
    state = page.locator("#state").inner_text()
    assert "3 of 8" in state
    assert f"{fitted.objective(MOONS, MOONS_Y):.4f}" in state


def test_a_click_on_a_number_shows_its_sum(page):
    page.locator('#all td[data-at="Z1 0 1"]').click()
    row, column = table(page, "A0")[:2], table(page, "W1")[1::4]
    shown = sum_shown(page)
    assert "sample 1, unit 2" in shown
    first = shown.split("\n\n")[1]
    numbers = [number(text) for text in re.findall(r"\u2212?[\d.]+", first)]
    inputs = [row[0], column[0], row[1], column[1], table(page, "b1")[1]]
    assert numbers == pytest.approx(inputs, rel=2e-3)  # the sum has more digits than the table
    result = number(page.locator("#sum .line.result").inner_text())
    assert result == pytest.approx(table(page, "Z1")[1], rel=1e-3)
    marked = page.locator("#all .source").evaluate_all("cells => cells.map(c => c.dataset.at)")
    assert {*marked} == {"A0 0 0", "A0 0 1", "W1 0 1", "W1 1 1", "b1 0 1"}
    assert page.locator("#operation").inner_text() == "Z1 = A0 W1 + b1"


def test_sums_are_rows_times_columns_in_either_layout(chromium, file_of):
    with opened(chromium, file_of("columns")) as page:
        page.locator('#all td[data-at="Z1 2 1"]').click()
        marked = page.locator("#all .source").evaluate_all("cells => cells.map(c => c.dataset.at)")
        assert {f"W1 2 {k}" for k in range(4)} | {f"A0 {k} 1" for k in range(4)} <= {*marked}
        assert page.locator("#sum .place").inner_text() == "unit 3, sample 31"


def test_the_step_of_a_solver_is_made_of_what_it_keeps(chromium, file_of):
    with opened(chromium, file_of("columns")) as page:
        page.locator('#all td[data-at="W1_next 2 1"]').click()
        marked = page.locator("#all .source").evaluate_all("cells => cells.map(c => c.dataset.at)")
        assert {"W1 2 1", "mW1_next 2 1", "vW1_next 2 1", "t 0 0", "beta_2 0 0"} <= {*marked}
        assert page.locator("#words").inner_text() == "One step of adam."
        page.locator('#all td[data-at="mW1 2 1"]').click()
        assert "What the solver has kept of the steps so far." in sum_shown(page)


def test_a_weight_says_where_it_comes_from(page):
    page.locator('#all td[data-at="W2 1 0"]').click()
    assert "Training starts with this number." in sum_shown(page)
    page.locator("#epoch").fill("5")
    assert "Training has brought it here; it started at" in sum_shown(page)


def test_numbers_that_are_not_finite_are_shown_as_such(chromium, tmp_path):
    net = BackpropRegressor(3, "identity", solver="gd", learning_rate_init=1.0, random_state=0)
    path = explore(net, IRIS * 100, IRIS[:, 0], epochs=200).save(tmp_path / "diverges.html")
    with opened(chromium, path) as page:
        assert "became" in page.locator("#foot").inner_text()
        for step in range(page.evaluate("OPERATIONS.length")):
            page.evaluate(f"goTo(LAST); step({step})")
            assert "undefined" not in page.locator("main").inner_text()


# -- controls ----------------------------------------------------------------------------------


def test_play_runs_to_the_last_epoch_and_pauses(page):
    play = page.get_by_role("button", name="Play")
    play.click()
    wait_until(page, "state.frame >= 2")
    page.get_by_role("button", name="Pause").click()
    stopped = page.evaluate("state.frame")
    page.wait_for_timeout(1200)
    assert page.evaluate("state.frame") == stopped
    play.click()
    wait_until(page, "state.frame === LAST && !state.playing")
    play.click()
    wait_until(page, "state.frame < LAST")


def test_operations_go_one_by_one_and_the_formula_is_marked(page):
    names = page.evaluate("OPERATIONS.map(o => o.name)")
    current = page.locator("#operations [aria-current]")
    assert page.locator("#previous").is_disabled()
    for name in names[1:]:
        page.locator("#next").click()
        assert current.count() == 1
        assert page.evaluate("OPERATIONS[state.operation].name") == name
        assert current.inner_text() == page.locator("#operation").inner_text()
        assert page.locator("#operands table").count() >= 2
    assert page.locator("#next").is_disabled()
    page.locator("#previous").click()
    assert page.evaluate("OPERATIONS[state.operation].name") == names[-2]
    page.locator("#operations button").first.focus()
    page.keyboard.press("ArrowUp")
    assert page.evaluate("OPERATIONS[state.operation].name") == names[-3]


def test_numbers_are_reached_and_chosen_with_the_keyboard(page):
    grid = page.locator('#all table[aria-label^="W1"]')
    assert grid.locator('[tabindex="0"]').count() == 1
    grid.locator('[tabindex="0"]').focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")  # there is no third row
    at = page.evaluate("document.activeElement.dataset.at")
    assert at == "W1 1 1"
    assert grid.locator('[tabindex="0"]').count() == 1
    page.keyboard.press("Enter")
    assert grid.locator("[aria-selected]").get_attribute("data-at") == at
    assert "from x2 to unit 2" in sum_shown(page)
    result = page.locator("#operands .result td.number").nth(3)
    result.focus()
    page.keyboard.press(" ")
    assert page.evaluate("document.activeElement.closest('#operands') !== null")
    assert "sample 1, unit 4" in sum_shown(page)


def test_the_chosen_sample_is_followed(page):
    page.locator("#samples input").nth(2).check(force=True)
    assert page.locator("#all th.followed").first.inner_text().endswith("33")
    assert "sample 33" in page.locator("#sum .place").inner_text()
    assert "Sample 33: target" in page.locator("#sample").inner_text()
    assert "sample 33" in page.locator("#legend").inner_text()


def test_the_loss_curve_is_a_slider_too(page):
    box = page.locator("#curve svg").bounding_box()
    page.mouse.click(box["x"] + 0.95 * box["width"], box["y"] + 0.5 * box["height"])
    assert page.evaluate("state.frame") == 8
    page.locator("#curve summary").click()
    assert page.locator("#curve table tbody tr").count() == 9


def test_a_screen_reader_hears_epoch_and_sum(page):
    said = page.locator("#said")
    page.locator("#epoch").focus()
    page.keyboard.press("ArrowRight")
    wait_until(page, "document.getElementById('said').textContent.startsWith('Epoch 1')")
    assert re.fullmatch(r"Epoch 1 of 8, loss [\d.]+, accuracy [\d.]+", said.inner_text())
    assert page.locator("#epoch").get_attribute("aria-valuetext") == said.inner_text()
    page.locator('#all td[data-at="delta1 0 0"]').click()
    wait_until(page, "document.getElementById('said').textContent.includes('sample 1')")
    for drawing in page.locator('[role="img"]').all():
        assert len(drawing.get_attribute("aria-label")) > 40


def test_a_sum_out_of_sight_is_shown_below(page):
    dock = page.locator("#dock")
    assert dock.is_hidden()
    page.locator('#all td[data-at="dW2 0 0"]').click()
    assert dock.is_visible()
    assert dock.locator(".sum").inner_text() == sum_shown(page)
    page.keyboard.press("Escape")
    assert dock.is_hidden()


def test_the_picture_changes_with_the_epochs_and_the_theme(page):
    def picture():
        return page.locator("#plot canvas").evaluate("canvas => canvas.toDataURL()")

    first = picture()
    page.locator("#epoch").fill("8")
    last = picture()
    page.locator("#theme").click()
    assert len({first, last, picture()}) == 3


# -- looks -------------------------------------------------------------------------------------


def luminance(page):
    text = page.evaluate("getComputedStyle(document.body).backgroundColor")
    return np.mean([float(part) for part in re.findall(r"[\d.]+", text)[:3]])


def test_dark_follows_the_system_and_the_button(chromium, file_of):
    with opened(chromium, file_of("regions"), color_scheme="dark") as page:
        assert luminance(page) < 60
        page.get_by_role("button", name="Light colours").click()
        assert luminance(page) > 200
        page.get_by_role("button", name="Dark colours").click()
        assert luminance(page) < 60
        page.emulate_media(media="print")
        assert luminance(page) == 255


@pytest.mark.parametrize("name", PAGES)
def test_no_window_is_too_narrow(chromium, file_of, name):
    with opened(chromium, file_of(name)) as page:
        for width in (1280, 900, 420, 360):
            page.set_viewport_size({"width": width, "height": 800})
            for step in range(0, page.evaluate("OPERATIONS.length"), 3):
                page.evaluate(f"step({step})")
                assert overflows(page) <= 0, (width, step)


def test_print_shows_the_present_state_without_controls(page):
    page.locator("#epoch").fill("5")
    page.emulate_media(media="print")
    for control in ("#play", "#epoch", "#next", "#theme", "#dock"):
        assert page.locator(control).is_hidden()
    assert "5 of 8" in page.locator("#state").inner_text()
    assert page.locator("#operations li").last.is_visible()
    assert page.locator("#sum .line.result").is_visible()
    pdf = page.pdf(format="A4")
    assert len(pdf) > 20_000


def test_motion_is_reduced_where_it_is_not_wanted(chromium, file_of):
    with opened(chromium, file_of("regions"), reduced_motion="reduce") as page:
        edge = page.locator(".net .edge").first
        assert edge.evaluate("e => getComputedStyle(e).transitionProperty") in ("none", "all")
        assert edge.evaluate("e => parseFloat(getComputedStyle(e).transitionDuration)") == 0
        page.locator("#play").click()
        page.wait_for_timeout(900)
        assert page.evaluate("state.frame") == 0  # its pace is slow


@pytest.mark.parametrize(
    ("scheme", "window"), [("light", DESKTOP), ("dark", PHONE)], ids=["light", "dark phone"]
)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(chromium, axe, file_of, name, scheme, window):
    options = {"color_scheme": scheme, "viewport": window, "reduced_motion": "reduce"}
    with opened(chromium, file_of(name), **options) as page:
        page.evaluate("goTo(2); step(3)")
        page.locator('#all td[data-at^="dW1 "]').first.click()
        assert violations(page, axe) == []


def test_a_notebook_can_show_it(chromium, tmp_path):
    frame = PAGES["regions"]()._repr_html_()
    file = tmp_path / "notebook.html"
    file.write_text(f"<!DOCTYPE html><title>notebook</title>{frame}", encoding="utf-8")
    context = chromium.new_context(offline=True)
    page, wrong = context.new_page(), []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(file.as_uri())
    inside = page.frame_locator("iframe")
    inside.locator("#next").click()
    assert inside.locator("#operation").inner_text().startswith("A1")
    context.close()
    assert wrong == []
