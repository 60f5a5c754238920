"""Parameters that are refused with what was probably meant: names in `set_params`, and values."""

from __future__ import annotations

from typing import Any, Self

from sklearn.base import BaseEstimator

from . import advice, parameters


class ExplainedParameters(BaseEstimator):
    """scikit-learn's parameters, with more in the errors."""

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name, those inside of components as ``loss__delta``.

        Parameters
        ----------
        **params : dict
            The new values.

        Returns
        -------
        self : object

        Raises
        ------
        ValueError
            If there is no parameter of that name.
        """
        for name in params:
            own, _, setting = name.partition("__")
            value = params.get(own, vars(self).get(own))
            if setting and isinstance(value, str):
                raise ValueError(
                    f"{own}={value!r} is a name, and only an object has settings such as "
                    f"{setting!r}. Set {own} to an object first, or search {own} itself."
                )
        try:
            return super().set_params(**params)
        except ValueError as error:
            known = self._get_param_names()
            hints = (advice.on_name(name, known) for name in params if name not in known)
            raise type(error)(f"{error}{next(hints, '')}") from None

    def _validate_params(self) -> None:
        """scikit-learn's check of the parameters, for those that are not plain defaults."""
        parameters.validate(type(self), self.get_params(deep=False))
