"""What strangers write is read and marked: code, formulas and documents, right and wrong ones."""

from __future__ import annotations

import learners_code_courses
import learners_code_frameworks
import learners_code_held_out
import learners_code_homework
import learners_code_issues
import learners_code_layers
import learners_code_lists
import learners_code_projects
import learners_code_questions
import learners_code_samples
import learners_code_units
import learners_code_unusual
import learners_documents
import learners_documents_letters
import learners_documents_notes
import learners_formulas_losses
import learners_formulas_more
import learners_formulas_threads
import learners_held_out
import learners_held_out_later
import learners_last
import pytest
from learners_networks import description

from sknn_edu.teaching.grading import check_file

FILES = [
    *learners_code_questions.CASES,
    *learners_code_issues.CASES,
    *learners_code_courses.CASES,
    *learners_code_unusual.CASES,
    *learners_code_held_out.CASES,
    *learners_code_units.CASES,
    *learners_code_lists.CASES,
    *learners_code_samples.CASES,
    *learners_code_frameworks.CASES,
    *learners_code_layers.CASES,
    *learners_code_projects.CASES,
    *learners_code_homework.CASES,
]
FORMULAS = [
    *learners_formulas_more.CASES,
    *learners_formulas_threads.CASES,
    *learners_formulas_losses.CASES,
    *learners_held_out.CASES,
    *learners_held_out_later.CASES,
    *learners_last.CASES,
]
DOCUMENTS = [
    *learners_documents.CASES,
    *learners_documents_notes.CASES,
    *learners_documents_letters.CASES,
    *learners_held_out.DOCUMENTS,
    *learners_held_out_later.DOCUMENTS,
    *learners_last.DOCUMENTS,
]


def is_right(codes):
    return all(words in ("", "right", "depends") for words in codes.split("|"))


def by_source(cases):
    """Each case; the search for mistakes takes its time, so those with a mistake are slow."""
    marks = [() if all(map(is_right, c.expected.values())) else pytest.mark.slow for c in cases]
    parameters = [
        pytest.param(case, marks=mark, id=case.source[:60])
        for case, mark in zip(cases, marks, strict=True)
    ]
    return pytest.mark.parametrize("case", parameters)


def check_marks(marking, case):
    for question, codes in case.expected.items():
        answer = marking[question]
        alternatives = [set(codes_.split()) for codes_ in codes.split("|")]
        assert answer.correct == (codes == ""), (question, answer.mistakes, answer.message)
        named = any(wanted <= set(answer.mistakes) for wanted in alternatives)
        assert answer.correct or named, (question, answer.mistakes, answer.message)


@by_source(FILES)
def test_code_of_learners_is_read_and_marked(case, tmp_path):
    task, file = tmp_path / "task.toml", tmp_path / "backward.py"
    task.write_text(description(case, dict.fromkeys(case.expected, "0")))
    file.write_text(case.text)
    check_marks(check_file(file, task=task), case)


@by_source(FORMULAS)
def test_formulas_of_learners_are_read_and_marked(case, tmp_path):
    file = tmp_path / "answers.toml"
    file.write_text(description(case, case.text))
    check_marks(check_file(file), case)


@by_source(DOCUMENTS)
def test_documents_of_learners_are_read_and_marked(case, tmp_path):
    task, file = tmp_path / "task.toml", tmp_path / "notes.md"
    task.write_text(description(case))
    file.write_text(case.text)
    equations = check_file(file, task=task).equations
    for quantity, wanted in case.expected.items():
        found = [(e.verdict, set(e.mistakes)) for e in equations if e.quantity == quantity]
        alternatives = [words.split() for words in wanted.split("|")]
        assert any(
            verdict == words[0] and set(words[1:]) <= mistakes
            for verdict, mistakes in found
            for words in alternatives
        ), (quantity, found)


def test_the_collection_is_large_and_has_more_right_answers_than_wrong_ones():
    cases = [*FILES, *FORMULAS, *DOCUMENTS]
    expected = [codes for case in cases for codes in case.expected.values()]
    right = [codes for codes in expected if is_right(codes)]
    assert len(cases) >= 100
    assert len(right) > len(expected) / 2
