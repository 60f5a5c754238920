"""Networks of every kind, drawn by hypothesis, which takes a second to import."""

from gradient_helpers import ACTIVATIONS, LAYOUTS, LOSSES, Case
from hypothesis import assume, settings
from hypothesis import strategies as st

# The same examples in each run, so that a failure stays; drawing networks takes its time.
same_examples = settings(derandomize=True, deadline=None, database=None)


@st.composite
def cases(draw, losses=LOSSES, activations=ACTIVATIONS):
    """Any network, with any sum of losses that does not refuse its output."""
    loss = st.sampled_from(losses)
    terms = draw(
        st.one_of(
            st.tuples(st.tuples(st.just(1), loss)),
            st.tuples(st.tuples(st.just(2), loss)),
            st.tuples(st.tuples(st.just(1), loss), st.tuples(st.just(0.5), loss)),
        )
    )
    outputs = [f for f in activations if not any(loss.refusal(f) for _, loss in terms)]
    assume(outputs)  # the log loss and the hinge loss have none in common
    alpha, l1_ratio = draw(st.sampled_from([(0.0, 0.0), (0.5, 0.0), (0.5, 0.3)]))
    return Case(
        layout=draw(st.sampled_from(LAYOUTS)),
        hidden=tuple(draw(st.lists(st.sampled_from(activations), max_size=4))),
        output=draw(st.sampled_from(outputs)),
        terms=terms,
        alpha=alpha,
        l1_ratio=l1_ratio,
        weighted=draw(st.booleans()),
        fit_intercept=draw(st.booleans()),
        seed=draw(st.integers(0, 10**6)),
    )
