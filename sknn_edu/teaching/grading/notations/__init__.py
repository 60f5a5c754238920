r"""Notations of textbooks and courses, rewritten as the reader of formulas has them.

| file | notation |
| --- | --- |
| `spellings` | h_\theta(x), W_{out}, W_0 for b, bars for derivatives |
| `units_with_names` | net_{h1}, out_{o1}, and weights that are numbered throughout |
| `units_with_letters` | \delta_k, \delta_j, w_{kj}: the index says the layer |
| `units_of_any_layer` | \delta_j by cases, w_{ij}, o_i: the equation says the layer |
| `numbered_errors` | \delta_1 = dJ/dz_2: deltas in the order in which they are needed |
| `overwritten` | g \leftarrow \nabla_a J = g \odot f'(a): one letter for the gradient on its way |
| `parameters` | a letter for each matrix, V h + c; z = h(a) |
| `turned_weights` | W^T A in the forward pass |
"""

from collections.abc import Sequence

from .numbered_errors import with_derivatives
from .overwritten import with_what_it_holds
from .spellings import rewritten
from .units_of_any_layer import with_layers_of_equations
from .units_with_letters import with_layers_of_letters
from .units_with_names import with_layers


def with_layers_written(text: str, sizes: Sequence[int]) -> str:
    r"""A document in which layers stand in brackets, if it has another notation for them.

    Parameters
    ----------
    text : str
    sizes : sequence of int
        The numbers of units of the network, input first.

    Examples
    --------
    >>> with_layers_written(r"$\delta_{out} = a_{out} - y$", [2, 3, 1])
    '$\\delta^{[2]} = a^{[2]} - y$'
    """
    n_layers = len(sizes) - 1
    text = with_derivatives(with_what_it_holds(rewritten(text, n_layers)))
    text = with_layers(text, sizes)
    return with_layers_of_equations(with_layers_of_letters(text, n_layers))
