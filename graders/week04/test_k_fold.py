"""k_fold: cross-validation without leakage. Which examples share a fold is free, and so is their order."""

import pytest
import torch

from torchstone.judge import agree, exercise, points

pytestmark = exercise("k_fold", accelerator=1)

# The labels are the numbers 0 … n − 1, so that each example can be recognised in whatever fold it turns up.
divisible = pytest.mark.parametrize("k, n, d", [(5, 20, 3), (2, 6, 6), (7, 7, 2)])
with_a_remainder = pytest.mark.parametrize("k, n, d", [(4, 23, 3), (3, 7, 2), (5, 11, 11)])
both = pytest.mark.parametrize("k, n, d", [(5, 20, 3), (4, 23, 3), (6, 6, 6)])


def features(draw, n, d):
    """Columns that differ in mean and spread."""
    return 3 * draw(d) + draw(n, d) * draw.uniform(d, low=0.5, high=2.0)


def folds_of(student, k, X):
    """The folds, each with its four parts."""
    folds = student.k_fold(k, X, torch.arange(len(X)))
    agree(len(folds), k)
    agree([len(fold) for fold in folds], [4] * k)
    return folds


def is_partition(student, k, X):
    folds, everyone = folds_of(student, k, X), torch.arange(len(X))
    agree(torch.cat([y_valid for _, _, _, y_valid in folds]).sort().values, everyone)
    for _, y_train, _, y_valid in folds:
        agree(torch.cat([y_train, y_valid]).sort().values, everyone)
    sizes = [len(y_valid) for _, _, _, y_valid in folds]
    assert max(sizes) - min(sizes) <= 1, f"the validation parts hold {min(sizes)} to {max(sizes)} examples"


def holds_examples(y, at_least):
    """A part that is worth looking at: not next to empty, nor one example many times over."""
    assert len(y) >= at_least, f"a part holds {len(y)} examples, where at least {at_least} belong"
    assert len(y.unique()) == len(y), "a part holds some example more than once"


def standardized(X, rows, train):
    """These rows, with the mean and the unbiased std of the training rows; a constant column is centred only."""
    X = X.double()
    mean, std = X[train].mean(0), X[train].std(0)
    return (X[rows] - mean) / torch.where(std > 0, std, 1.0)


@points(1)
@divisible
def test_partition(student, draw, k, n, d):
    """Every example is in exactly one validation part, and in the training part of every other fold"""
    is_partition(student, k, features(draw, n, d))


@points(1)
@with_a_remainder
def test_remainder(student, draw, k, n, d):
    """If k does not divide n, no example is lost, and the parts differ by one at most"""
    is_partition(student, k, features(draw, n, d))


@points(2)
@both
def test_training_parts(student, draw, k, n, d):
    """Training features: each row beside its own label, standardised with the mean and spread of the training part"""
    X = features(draw, n, d)
    for X_train, y_train, _, _ in folds_of(student, k, X):
        holds_examples(y_train, at_least=n // 2)
        agree(X_train, standardized(X, y_train, y_train).to(X.dtype))


@points(2)
@both
def test_validation_parts(student, draw, k, n, d):
    """Validation features: standardised with what the training part knows, and with nothing else"""
    X = features(draw, n, d)
    for _, y_train, X_valid, y_valid in folds_of(student, k, X):
        holds_examples(y_train, at_least=n // 2)
        holds_examples(y_valid, at_least=1)
        agree(X_valid, standardized(X, y_valid, y_train).to(X.dtype))


@points(1)
def test_constant_column(student, draw):
    """A column that is constant in a training part is centred and not divided by 0"""
    X = features(draw, 10, 3)
    X[:, 0] = 2.5
    X[:, 1] = 1.5
    X[3, 1] = 4.5  # constant only where example 3 is held out
    for X_train, y_train, X_valid, y_valid in folds_of(student, 5, X):
        holds_examples(y_train, at_least=5)
        holds_examples(y_valid, at_least=1)
        agree(X_train, standardized(X, y_train, y_train).to(X.dtype))
        agree(X_valid, standardized(X, y_valid, y_train).to(X.dtype))
