"""For tables: data frames in, predictions out.

=======================  ==================================================================
``classifier``           `sknn_edu.TabularClassifier`
``regressor``            `sknn_edu.TabularRegressor`
``base``                 what both do: encode the columns, train the networks, average them
``averaging``            several networks as one
``averaged_classifier``  `AveragedClassifier`
``averaged_regressor``   `AveragedRegressor`
``temperature``          `TemperatureScaling`: probabilities that fit the rows held out
``target_scaler``        `TargetScaler`: standardised targets
``tasks``                scikit-learn's callbacks, a task for each part
``shared_docs``          docstrings that both estimators share
``encoder``              `column_encoder`: one branch for each kind of column
``robust_smooth_clip``   `sknn_edu.RobustSmoothClip`: numbers scaled, outliers bent
``readers``              columns read as numbers, categories, dates
``reading``              one column as an array
``kinds``                what a column holds
``columns``              a table as a list of columns
=======================  ==================================================================
"""

from .averaged_classifier import AveragedClassifier
from .averaged_regressor import AveragedRegressor
from .classifier import TabularClassifier as TabularClassifier
from .encoder import column_encoder
from .readers import CategoryReader, DateReader, NumberReader
from .regressor import TabularRegressor as TabularRegressor
from .robust_smooth_clip import RobustSmoothClip as RobustSmoothClip
from .target_scaler import TargetScaler
from .temperature import TemperatureScaling

__all__ = [
    "AveragedClassifier",
    "AveragedRegressor",
    "CategoryReader",
    "DateReader",
    "NumberReader",
    "TargetScaler",
    "TemperatureScaling",
    "column_encoder",
]
