"""Ratings of relevance, by the filter's own prompt, of short passages of many fields that were written for this."""

from __future__ import annotations

import argparse
import asyncio
import http.client
import json
import statistics
import subprocess
import tempfile
import unittest

import networkx
import numpy as np
import pytest
import scipy.integrate

from synthllm.builder.domains import DOMAINS, Domain
from synthllm.builder.endpoints.protocol import Completion, Request
from synthllm.builder.filter.rating import Rating, rate
from synthllm.builder.rows import Document
from synthllm.builder.teacher.fields import fields
from synthllm.builder.teacher.lexicon import words
from synthllm.builder.teacher.replies import reply

PASSAGES = {
    "calculus": (
        "mathematics",
        """The derivative of a product is not the product of the derivatives. If $f$ and $g$ are differentiable at
        $x$, then the limit of the difference quotient of $fg$ is $f'g + fg'$. As an example, differentiate $x^2
        \\sin x$ and find the slope of the tangent line to its graph at the origin. The function has a local
        minimum there.""",
    ),
    "calculus that moves": (
        "mathematics",
        """A ball is thrown upward, and its height is given by the function $h(t) = 40t - 5t^2$. Find its velocity
        by computing the derivative of $h$, and determine the interval on which the function is increasing. At
        which $t$ does the derivative equal zero? Use the second derivative to show that this critical point is
        a local maximum, and sketch the graph of the quadratic function with its vertex and both intercepts.""",
    ),
    "statistics": (
        "mathematics",
        """A clinic measures how long 36 patients wait. The sample mean is 22 minutes and the sample standard
        deviation is 6. Construct a 95% confidence interval for the population mean, and state the margin of
        error. Would a hypothesis test at the 5% significance level reject the null hypothesis that the mean is
        20?""",
    ),
    "algebra": (
        "mathematics",
        """To solve a system of two linear equations by elimination, multiply one equation so that the coefficients
        of one variable are opposite, and add. Then solve the equation that is left and substitute. Check the
        ordered pair in both equations. Exercises: solve $x + y = 7$ and $2x - y = 2$; simplify $3(x - 4) + 5$.""",
    ),
    "mechanics": (
        "physics",
        """A crate of mass 20 kg is pulled up a ramp by a rope. Draw the free-body diagram: the weight, the normal
        force, the tension and the friction. Resolve the forces into components along the incline, so that
        Newton's second law gives an equation for the acceleration. Solve it, and find the speed of the crate
        after 2 s and the work done by the tension. How much kinetic energy does it have?""",
    ),
    "electricity": (
        "physics",
        """Two resistors in parallel share the same voltage, and the current divides between them. Ohm's law gives
        the current in each, and by conservation of charge the battery supplies the sum. The equivalent
        resistance is found from the equation $1/R = 1/R_1 + 1/R_2$. Calculate the power that is dissipated in
        each resistor.""",
    ),
    "vectors of physics": (
        "physics",
        """Displacement, velocity and force are vectors: they have a magnitude and a direction. Mass, energy and
        temperature are scalars. To add two forces, add their components along each axis; the magnitude of the
        resultant follows from the Pythagorean theorem, and its angle from the tangent. A particle in
        equilibrium feels no net force.""",
    ),
    "modern physics": (
        "physics",
        """A photon carries the energy $hf$. In the photoelectric effect, electrons leave a metal only when the
        frequency of the light exceeds a threshold, however great its intensity. Planck's constant follows from
        the slope of the kinetic energy against the frequency. The wave function of a particle gives the
        probability to find it.""",
    ),
    "physics that solves equations": (
        "physics",
        """Kirchhoff's junction rule says that the currents that enter a junction add up to those that leave it; the
        loop rule, that the potential changes around a closed loop sum to zero. Label the currents, write one
        equation for each loop, and solve the linear system by elimination. A negative current means that its
        direction was guessed wrongly.""",
    ),
    "physics that draws graphs": (
        "physics",
        """A train leaves the station with constant acceleration. On a graph of velocity against time, the slope is
        the acceleration and the area below the line is the displacement. Compare the average velocity with the
        final velocity, and find how far the train moves before it brakes.""",
    ),
    "measuring": (
        "physics",
        """A result can have no more significant figures than the least precise of the measurements behind it. The
        percent uncertainty of a length is the ratio of its uncertainty to its value. Write large values in
        scientific notation and convert them to SI units: the metre, the kilogram and the second.""",
    ),
    "chemistry": (
        "chemistry",
        """How many moles of hydrogen react with 2.0 mol of oxygen? Balance the equation of the reaction first; the
        ratio of the coefficients is the ratio of the moles. Multiply by the molar mass to find the grams of
        water that form. The limiting reactant determines the yield. Titration with a base of known molarity
        neutralizes the acid.""",
    ),
    "biology": (
        "biology",
        """Each parent passes on one allele of a gene, so the genotype of the offspring is a combination. Of 400
        plants in the second generation, about 3 in 4 show the dominant phenotype. Mutation changes the DNA
        sequence, and natural selection changes how frequent an allele is in the population.""",
    ),
    "economics": (
        "economics",
        """When the price rises, consumers buy less, and the demand curve slopes down. Where it crosses the supply
        curve, the market is in equilibrium. A tax on the producer shifts the supply curve; how much of it the
        consumer pays depends on the elasticity. A firm maximizes profit where marginal cost equals marginal
        revenue.""",
    ),
    "history": (
        "history",
        """The assembly met in the spring of 1776, after two years of war. Its members doubted that the king would
        grant the colonies any rights, and half of the army had gone home. The treaty of 1783 ended the
        revolution, and 13 states sent delegates to write a constitution.""",
    ),
}


def rated(text: str, domain: str | Domain) -> Rating:
    """The embedded teacher's rating of a text for a domain."""

    async def teacher(request: Request) -> Completion:
        prompt = request.messages[-1]["content"]
        return Completion(reply(prompt, seed=1, temperature=0.7), "stop", 1, 1)

    row = asyncio.run(rate(Document("a", text), teacher, DOMAINS[domain] if isinstance(domain, str) else domain, 1))
    assert isinstance(row, Rating)
    return row


def known(name: str) -> Domain:
    """A domain of which only the name and a sentence are given."""
    return DOMAINS.get(name) or Domain(name, name.capitalize(), f"Relevant is what teaches {name}.", ())


@pytest.mark.parametrize("name", list(PASSAGES))
def test_a_passage_is_relevant_to_its_own_field_and_to_no_other(name: str) -> None:
    field, text = PASSAGES[name]
    for other in dict.fromkeys(field for field, _ in PASSAGES.values()):
        relevance = rated(text, known(other)).relevance
        assert relevance >= 6 if other == field else relevance <= 5, (other, relevance)


@pytest.mark.parametrize(
    "text",
    [
        """Inside an infinite square well the Schrodinger equation is a second-order differential equation, whose
        solutions are sines and cosines. The wave function vanishes at both walls, which leaves the energy levels
        $E_n = n^2 \\pi^2 \\hbar^2 / 2mL^2$. Normalize the ground state by an integral, and find the expectation
        value of the momentum.""",
        """The partition function sums $e^{-E/kT}$ over all microstates; the derivative of its logarithm is the mean
        energy, and the variance of the energy gives the heat capacity. Lagrange multipliers yield the Boltzmann
        distribution as that of the greatest entropy.""",
        """The curl of Faraday's law, with Gauss's law in free space, gives the wave equation. Its plane waves travel
        at the speed of light. The divergence theorem turns the flux of the electric field through a closed
        surface into the charge inside.""",
    ],
)
def test_physics_whose_language_is_mathematics_is_still_physics(text: str) -> None:
    assert rated(text, "physics").relevance >= 6
    assert rated(text, known("chemistry")).relevance <= 5


@pytest.mark.parametrize(
    ("documented", "mathematical"),
    [
        (np.linalg.det, True),
        (np.linalg.eig, True),
        (np.gcd, True),
        (scipy.integrate.quad, True),
        (networkx.minimum_spanning_tree, True),
        (statistics.linear_regression, True),
        (http.client, False),
        (argparse, False),
        (subprocess.run, False),
        (json.dumps, False),
        (unittest.TestCase, False),
        (tempfile.NamedTemporaryFile, False),
    ],
)
def test_ratings_tell_documentation_of_mathematics_from_that_of_programs(
    documented: object, mathematical: bool
) -> None:
    assert documented.__doc__
    relevance = rated(documented.__doc__, "mathematics").relevance
    assert relevance >= 5 if mathematical else relevance <= 3


def test_a_domain_whose_words_are_unknown_is_known_by_its_definition() -> None:
    domain = Domain(
        "sailing", "Sailing", "Relevant is what teaches sailing: hulls, keels, rudders, tacking, knots, moorings.", ()
    )
    sailing = """Bring the rudder over slowly while tacking, and let the keel bite. A hull that heels too far makes
    leeway. Two knots hold the moorings: the bowline and the cleat hitch. Sailing upwind, the rudder is felt
    first."""
    assert rated(sailing, domain).relevance >= 6
    assert all(rated(text, domain).relevance <= 3 for _, text in PASSAGES.values())


def test_length_alone_changes_little() -> None:
    _, text = PASSAGES["statistics"]
    other = PASSAGES["mechanics"][1]
    assert abs(rated(text, "mathematics").relevance - rated("\n\n".join([text] * 4), "mathematics").relevance) <= 1
    assert abs(rated(other, "mathematics").relevance - rated("\n\n".join([other] * 4), "mathematics").relevance) <= 1


@pytest.mark.parametrize(
    ("domain", "field"),
    [
        ("Mathematics", "mathematics"),
        ("mathematics: numbers, physics and chance", "mathematics"),
        ("Physics of materials", "physics"),
        ("Computer science", "computing"),
        ("Lawn care", None),
    ],
)
def test_a_domain_is_known_by_the_first_field_that_its_name_holds(domain: str, field: str | None) -> None:
    assert fields().field_of(domain) == field


def test_a_term_of_two_fields_speaks_for_both_by_what_it_is_to_each() -> None:
    densities = fields().densities(words("entropy " + "filler " * 99))
    assert densities["physics"] == densities["chemistry"] == pytest.approx(0.5)  # a word of both, one in a hundred
    densities = fields().densities(words("velocity " + "filler " * 99))
    assert densities["physics"] == pytest.approx(0.75)  # its own, and shared with calculus
    assert densities["mathematics"] == pytest.approx(0.25)
    assert sum(fields().densities(words("standard deviation " + "filler " * 98)).values()) == pytest.approx(2)
    assert fields().densities(words("velocity " * 100))["physics"] == pytest.approx(1.5)  # twice in a hundred at most
