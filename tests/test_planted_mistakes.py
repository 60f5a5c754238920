"""What is planted is what it says: right formulas are right, mistakes change the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from examiner_network import evaluate_in, namespace
from planted_mistakes import mistakes, networks, rights, visible
from student_writer import Writer

DRAWN = list(networks(60, seed=1))


@pytest.mark.parametrize("spelling", ["numpy", "own"])
@pytest.mark.parametrize(("net", "convention"), DRAWN, ids=range(len(DRAWN)))
def test_formulas_of_the_writer_are_right_in_their_convention(net, convention, spelling):
    names = namespace(net, *convention)
    for quantity, text in rights(Writer(net, *convention, spelling)):
        np.testing.assert_allclose(
            evaluate_in(names, text), names[quantity], rtol=1e-9, atol=1e-13, err_msg=text
        )


def test_every_code_of_the_contract_but_those_of_dropout_is_planted_somewhere():
    planted = set()
    for net, convention in DRAWN:
        for answer, _, _ in visible(list(mistakes(Writer(net, *convention))), net, convention):
            planted |= set().union(*answer.accepted)
    wanted = """shape transposed sign factor missing_mean double_mean bias_not_summed bias_mean
    wrong_layer Z_for_A weights_not_transposed weights_updated_first other_layout
    activation_derivative_missing derivative_at_A activation_for_derivative relu_on_gradient
    softmax_elementwise canonical_shortcut output_derivative_missing output_derivative_twice
    penalty_missing penalty_factor bias_penalised elementwise_for_matrix matrix_for_elementwise
    wrong_name weights_missing wrong_axis wrong_derivative loss_term_sign loss_term_missing
    penalty_without_weights bias_missing learning_rate_missing learning_rate_squared
    step_without_weights labels_not_one_hot"""
    assert set(wanted.split()) <= planted
