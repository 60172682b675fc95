"""Metrics: how good predictions are, as plain numbers. The target comes first, as in scikit-learn.

Where scikit-learn has the metric, the number is the same. Where a metric is not defined, it gives a warning and a
number or NaN; here precision, recall and F1 are 0 where they would be 0/0, and everything else is refused with the
reason: there is no area under a curve of one class.
"""

from .classification import accuracy, confusion_matrix, f1, log_loss, precision, recall
from .ranking import RocCurve, auc, roc_curve
from .regression import mean_squared_error, r2

__all__ = [
    "RocCurve",
    "accuracy",
    "auc",
    "confusion_matrix",
    "f1",
    "log_loss",
    "mean_squared_error",
    "precision",
    "r2",
    "recall",
    "roc_curve",
]
