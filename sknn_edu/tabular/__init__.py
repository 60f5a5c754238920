"""For tables: data frames in, predictions out.

====================  ======================================================================
`classifier`          `TabularClassifier`
`regressor`           `TabularRegressor`
`base`                what both do: encode the columns, train the networks, average them
`averaging`           `AveragedClassifier`, `AveragedRegressor`: several networks as one
`target_scaler`       `TargetScaler`: standardised targets
`encoder`             `column_encoder`: one branch for each kind of column
`robust_smooth_clip`  `RobustSmoothClip`: numbers scaled, outliers bent
`readers`             columns read as numbers, categories, dates
`reading`             one column as an array
`kinds`               what a column holds
`columns`             a table as a list of columns
====================  ======================================================================
"""

from .averaging import AveragedClassifier, AveragedRegressor
from .classifier import TabularClassifier
from .encoder import column_encoder
from .readers import CategoryReader, DateReader, NumberReader
from .regressor import TabularRegressor
from .robust_smooth_clip import RobustSmoothClip
from .target_scaler import TargetScaler

__all__ = [
    "AveragedClassifier",
    "AveragedRegressor",
    "CategoryReader",
    "DateReader",
    "NumberReader",
    "RobustSmoothClip",
    "TabularClassifier",
    "TabularRegressor",
    "TargetScaler",
    "column_encoder",
]
