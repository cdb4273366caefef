"""Statistics: correlation, regression and errors of predictions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import sympy
from scipy import stats

from ..family import Family, Params, Solution, Topic, Wording, tex
from ..slots import Integer, IntegerList, Slot
from .statistics_data import listed_values, mean_of, plus_signs, square_of

TOPICS = (
    Topic(
        "Correlation and Regression",
        subject="Statistics",
        school_level="college",
        concepts={
            "correlation coefficient": ("pearson correlation", "correlation coefficients", "pearson's r", "corrcoef"),
            "covariance": ("covariances", "sample covariance", "population covariance"),
            "linear regression": ("regression line", "ordinary least squares", "least-squares fit"),
            "mean squared error": ("mse", "mean square error", "mean squared errors"),
            "mean absolute error": ("mae", "mean absolute errors"),
            "coefficient of determination": ("r-squared", "r2 score", "r^2 score"),
        },
    ),
)


def _products(params: Params) -> tuple[str, Fraction]:
    """The sum of the products of -2, -1, 0, 1, 2 with the data: written out, and its value."""
    products = [x * y for x, y in zip(range(-2, 3), listed_values(params), strict=True)]
    return plus_signs(products), Fraction(sum(products))


def _find_slope(params: Params) -> Solution:
    terms, total = _products(params)
    return Solution(
        (
            r"The mean of $1, 2, 3, 4, 5$ is $3$, so the deviations are $-2, -1, 0, 1, 2$, with squares adding up to "
            r"$10$.",
            f"Multiplying them by the measured values and adding up gives ${terms} = {tex(total)}$.",
            f"The slope of the least-squares line is ${tex(total)} / 10 = {tex(total / 10)}$.",
        ),
        total / 10,
    )


def _find_prediction(params: Params) -> Solution:
    terms, total = _products(params)
    values = listed_values(params)
    mean, slope = mean_of(values), total / 10
    value = mean + 3 * slope
    return Solution(
        (
            f"The means are $3$ and ${sum(values)} / 5 = {tex(mean)}$, and the line passes through this point.",
            f"Its slope is the sum of the products with the deviations $-2, -1, 0, 1, 2$, divided by $10$: "
            f"$({terms}) / 10 = {tex(slope)}$.",
            rf"Going from $3$ to $6$ adds $3 \cdot {_bracket(slope)} = {tex(3 * slope)}$.",
            f"The prediction is ${tex(mean)} + {_bracket(3 * slope)} = {tex(value)}$.",
        ),
        value,
    )


def _bracket(value: Fraction) -> str:
    return tex(value) if value >= 0 else rf"\left({tex(value)}\right)"


def _find_covariance(params: Params) -> Solution:
    terms, total = _products(params)
    return Solution(
        (
            r"The deviations of $1, 2, 3, 4, 5$ from their mean $3$ are $-2, -1, 0, 1, 2$.",
            "As these add up to zero, the other variable may be used as it is, without subtracting its mean.",
            f"The sum of the products is ${terms} = {tex(total)}$.",
            f"Divided by $5$, this gives the covariance ${tex(total / 5)}$.",
        ),
        total / 5,
    )


def _find_correlation(params: Params) -> Solution:
    terms, total = _products(params)
    values = listed_values(params)
    squares = sum(((y - mean_of(values)) ** 2 for y in values), Fraction(0))
    value = sympy.Rational(total.numerator, total.denominator) / sympy.sqrt(
        10 * sympy.Rational(squares.numerator, squares.denominator)
    )
    return Solution(
        (
            r"The deviations of $1, 2, 3, 4, 5$ from their mean are $-2, -1, 0, 1, 2$, with squares adding up to $10$.",
            f"The sum of the products with the second variable is ${terms} = {tex(total)}$.",
            f"The squared deviations of the second variable add up to ${tex(squares)}$.",
            rf"The correlation is $\frac{{{tex(total)}}}{{\sqrt{{10 \cdot {tex(squares)}}}}} = {tex(value)}$.",
        ),
        value,
    )


def _errors(params: Params) -> list[int]:
    return [found - expected for found, expected in zip((*params["a"], params["n"]), params["b"], strict=True)]


def _find_squared_error(params: Params) -> Solution:
    errors = _errors(params)
    total = sum(error**2 for error in errors)
    return Solution(
        (
            f"The errors are ${', '.join(map(str, errors))}$.",
            f"Their squares add up to ${' + '.join(square_of(Fraction(error)) for error in errors)} = {total}$.",
            f"The mean squared error is ${total} / 4 = {tex(Fraction(total, 4))}$.",
        ),
        Fraction(total, 4),
    )


def _find_absolute_error(params: Params) -> Solution:
    sizes = [abs(error) for error in _errors(params)]
    return Solution(
        (
            f"The errors are ${', '.join(map(str, sizes))}$ in absolute value.",
            f"They add up to ${' + '.join(map(str, sizes))} = {sum(sizes)}$.",
            f"The mean absolute error is ${sum(sizes)} / 4 = {tex(Fraction(sum(sizes), 4))}$.",
        ),
        Fraction(sum(sizes), 4),
    )


def _find_determination(params: Params) -> Solution:
    m, n = params["m"], params["n"]
    value = 1 - Fraction(n, m)
    return Solution(
        (
            r"The coefficient of determination is one minus the unexplained share of the total sum of squares.",
            f"The unexplained share is ${n} / "
            f"{m}{'' if Fraction(n, m).denominator == m else f' = {tex(Fraction(n, m))}'}$.",
            f"So the coefficient is $1 - {tex(Fraction(n, m))} = {tex(value)}$.",
        ),
        value,
    )


_SERIES: dict[str, Slot] = {"a": IntegerList(3, 3, 2, 30), "n": Integer(2, 40), "b": IntegerList(1, 1, 2, 30)}

_FORECAST: dict[str, Slot] = {"a": IntegerList(3, 3, 2, 30), "n": Integer(2, 40), "b": IntegerList(4, 4, 2, 30)}

FAMILIES = (
    Family(
        name="regression_slope",
        concepts=("linear regression",),
        school_level="college",
        slots=_SERIES,
        wordings=(
            Wording(
                "the slope of the least-squares regression line",
                given=r"At $x = 1, 2, 3, 4, 5$ the values of $y$ are $[[a]], [[n]], [[b]]$, in this order.",
            ),
            Wording(
                "the increase per week, negative for a decrease, according to the regression line",
                given="In weeks $1$ to $5$ a shop sold $[[a]], [[n]], [[b]]$ bicycles. A line is fitted to these "
                "numbers by least squares.",
            ),
            Wording(
                "the coefficient of the time in an ordinary least squares fit with intercept",
                given="A tank was observed at the times $1, 2, 3, 4, 5$, and its levels were $[[a]], [[n]], [[b]]$.",
            ),
        ),
        solve=_find_slope,
        check=lambda p: float(stats.linregress(range(1, 6), listed_values(p)).slope),
        where=lambda p: len(set(listed_values(p))) > 2,
    ),
    Family(
        name="regression_prediction",
        concepts=("linear regression", "arithmetic mean"),
        school_level="college",
        slots=_SERIES,
        wordings=(
            Wording(
                "the value that the least-squares line gives at $x = 6$",
                given=r"The points with $x = 1, 2, 3, 4, 5$ have $y = [[a]], [[n]], [[b]]$, respectively.",
            ),
            Wording(
                "the forecast for the sixth year by linear regression",
                given="In five successive years a village had $[[a]], [[n]], [[b]]$ births.",
            ),
            Wording(
                "the prediction of the fitted line for hour $6$",
                given="After $1, 2, 3, 4, 5$ hours a counter stood at $[[a]], [[n]], [[b]]$. A straight line is "
                "fitted to these readings so that the sum of the squared errors is smallest.",
            ),
        ),
        solve=_find_prediction,
        check=lambda p: float(np.polyval(np.polyfit(np.arange(1, 6), listed_values(p), 1), 6)),
        where=lambda p: len(set(listed_values(p))) > 2,
    ),
    Family(
        name="population_covariance",
        concepts=("covariance", "arithmetic mean"),
        school_level="college",
        slots=_SERIES,
        wordings=(
            Wording(
                "the population covariance of $x$ and $y$",
                given=r"Five pairs have $x = 1, 2, 3, 4, 5$ and $y = [[a]], [[n]], [[b]]$, in this order.",
            ),
            Wording(
                "the covariance, dividing by $5$, between the place in the row and the height",
                given="In places $1$ to $5$ of a row grow plants of $[[a]], [[n]], [[b]]$ centimetres.",
            ),
            Wording(
                "the covariance of the two columns, dividing by the number of rows",
                given="A table has five rows. Its first column is $1, 2, 3, 4, 5$ and its second column is $[[a]], "
                "[[n]], [[b]]$.",
            ),
        ),
        solve=_find_covariance,
        check=lambda p: float(np.cov(np.arange(1, 6), listed_values(p), bias=True)[0, 1]),
        where=lambda p: len(set(listed_values(p))) > 2,
    ),
    Family(
        name="pearson_correlation",
        concepts=("correlation coefficient", "covariance"),
        school_level="college",
        slots={"a": IntegerList(2, 2, 1, 12), "n": Integer(2, 20), "b": IntegerList(2, 2, 1, 12)},
        wordings=(
            Wording(
                "the Pearson correlation coefficient of $x$ and $y$",
                given=r"For $x = 1, 2, 3, 4, 5$ the observations are $y = [[a]], [[n]], [[b]]$, respectively.",
            ),
            Wording(
                "the correlation between the dose and the effect",
                given="The doses $1, 2, 3, 4, 5$ of a drug had the effects $[[a]], [[n]], [[b]]$, in this order.",
            ),
            Wording(
                "the correlation coefficient of the sequences $1, 2, 3, 4, 5$ and $[[a]], [[n]], [[b]]$",
            ),
        ),
        solve=_find_correlation,
        check=lambda p: float(np.corrcoef(np.arange(1, 6), listed_values(p))[0, 1]),
        where=lambda p: len(set(listed_values(p))) > 3 and sum(listed_values(p)) % 5 == 0,
    ),
    Family(
        name="mean_squared_error",
        concepts=("mean squared error",),
        school_level="college",
        slots=_FORECAST,
        wordings=(
            Wording(
                "the mean squared error of the predictions",
                given="A model predicts $[[a]], [[n]]$, and the true values are $[[b]]$.",
            ),
            Wording(
                "the mean squared error of the forecast",
                given="For four days a weather service forecast $[[a]], [[n]]$ degrees. In fact it was $[[b]]$ "
                "degrees.",
            ),
            Wording("the mean of the squared differences between the lists $[[a]], [[n]]$ and $[[b]]$, entry by entry"),
        ),
        solve=_find_squared_error,
        check=lambda p: float(np.mean(np.subtract([*p["a"], p["n"]], p["b"]) ** 2)),
        where=lambda p: any(_errors(p)),
    ),
    Family(
        name="mean_absolute_error",
        concepts=("mean absolute error",),
        school_level="high school",
        slots=_FORECAST,
        wordings=(
            Wording(
                "the mean absolute error of the estimates",
                given="Four estimates are $[[a]], [[n]]$, while the exact values are $[[b]]$.",
            ),
            Wording(
                "the mean absolute error, in minutes, of the app",
                given="For four trips an app announced $[[a]], [[n]]$ minutes, but they took $[[b]]$ minutes.",
            ),
            Wording("the mean distance between corresponding entries of the lists $[[a]], [[n]]$ and $[[b]]$"),
        ),
        solve=_find_absolute_error,
        check=lambda p: float(np.mean(np.abs(np.subtract([*p["a"], p["n"]], p["b"])))),
        where=lambda p: any(_errors(p)),
    ),
    Family(
        name="determination_from_sums",
        concepts=("coefficient of determination", "linear regression"),
        school_level="college",
        slots={"m": Integer(10, 120), "n": Integer(2, 60)},
        wordings=(
            Wording(
                "the coefficient of determination of a regression whose total sum of squares is $[[m]]$ and whose "
                "residual sum of squares is $[[n]]$"
            ),
            Wording(
                "the share of the variation in the yields that the regression explains",
                given="The squared deviations of the yields of a field from their mean add up to $[[m]]$. After a "
                "regression on the rainfall, the squared residuals add up to $[[n]]$.",
            ),
            Wording(
                "the R-squared of the model",
                given="A model leaves squared errors that add up to $[[n]]$. Predicting the mean every time would "
                "leave $[[m]]$.",
            ),
        ),
        solve=_find_determination,
        check=lambda p: (p["m"] - p["n"]) / p["m"],
        where=lambda p: p["n"] < p["m"],
    ),
)
