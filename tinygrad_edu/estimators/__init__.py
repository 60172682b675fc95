"""Estimators for scikit-learn (extra ``sklearn``), trained on the graph of this package."""

from ..errors import MissingExtraError, how_to_install

try:
    import sklearn  # noqa: F401
except ImportError:
    raise MissingExtraError(
        f"The estimators need scikit-learn, which is not installed: {how_to_install('sklearn')}"
    ) from None

from .logistic import LogisticRegression
from .mlp import MLPClassifier, MLPRegressor

__all__ = ["LogisticRegression", "MLPClassifier", "MLPRegressor"]
