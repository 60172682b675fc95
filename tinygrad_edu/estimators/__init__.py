"""Estimators for scikit-learn (extra ``sklearn``), trained on the graph of this package."""

from ..errors import MissingExtraError

try:
    import sklearn  # noqa: F401
except ImportError:
    raise MissingExtraError(
        'The estimators need scikit-learn, the extra "sklearn": pip install "tinygrad_edu[sklearn]".'
    ) from None

from .logistic import LogisticRegression
from .mlp import MLPClassifier, MLPRegressor

__all__ = ["LogisticRegression", "MLPClassifier", "MLPRegressor"]
