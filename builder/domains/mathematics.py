"""Mathematics, from arithmetic to the first graduate years, pure and applied, statistics included."""

from .definition import Domain, sessions_of

RELEVANCE = """\
Relevant is what teaches or practises mathematics itself: definitions, theorems, proofs, methods, worked examples and
exercises of arithmetic, algebra, geometry, trigonometry, calculus, linear algebra, number theory, combinatorics, graph
theory, probability, statistics, logic, differential equations, numerical methods and optimisation. A word problem or
an application counts when the reader does mathematics with it. Give 9 or 10 to a document that is mathematics
throughout, 7 or 8 to one that mostly is, 6 where it is about half, 4 or 5 to one of another subject that computes along
the way (chemistry, physics, finance, programming), 2 or 3 to one that only mentions numbers, dates or measurements, and
1 to the rest."""

SYLLABUS = """\
Arithmetic | Whole numbers | Place value and rounding | place value; rounding; order of operations; estimation
Arithmetic | Whole numbers | Long division | quotient; remainder; divisibility; long division
Arithmetic | Fractions | Adding and comparing fractions | fraction; common denominator; equivalent fractions; mixed number
Arithmetic | Decimals and percentages | Percentage change | percentage; percent increase; decimal; simple interest
Arithmetic | Ratios | Ratio and proportion | ratio; proportion; unit rate; scale factor
Number theory | Divisibility | Primes and factorisation | prime number; prime factorization; sieve of Eratosthenes
Number theory | Divisibility | The Euclidean algorithm | greatest common divisor; least common multiple; Euclidean algorithm; Bezout's identity
Number theory | Modular arithmetic | Congruences | modular arithmetic; congruence; modular inverse; Chinese remainder theorem
Number theory | Modular arithmetic | Fermat and Euler | Fermat's little theorem; Euler's totient function; primitive root
Number theory | Diophantine equations | Linear Diophantine equations | Diophantine equation; integer solution; Pell's equation
Algebra | Equations | Linear equations and inequalities | linear equation; inequality; absolute value; interval notation
Algebra | Equations | Quadratic equations | quadratic equation; discriminant; completing the square; quadratic formula
Algebra | Equations | Systems of equations | system of linear equations; substitution; elimination; consistent system
Algebra | Polynomials | Factoring polynomials | polynomial; factoring; greatest common factor; difference of squares
Algebra | Polynomials | Roots and division | synthetic division; remainder theorem; rational root theorem; Vieta's formulas
Algebra | Exponents | Radicals and rational exponents | exponent; radical; rational exponent; rationalizing the denominator
Algebra | Complex numbers | Arithmetic in the complex plane | complex number; modulus; argument; De Moivre's theorem
Algebra | Abstract algebra | Groups | group; subgroup; cyclic group; Lagrange's theorem; homomorphism
Algebra | Abstract algebra | Rings and fields | ring; ideal; field; polynomial ring; quotient ring
Functions | Foundations | Domain, range and composition | function; domain; range; composition of functions; inverse function
Functions | Foundations | Transformations of graphs | graph of a function; translation; reflection; stretching; even and odd functions
Functions | Exponential functions | Growth and decay | exponential function; exponential growth; half-life; compound interest
Functions | Logarithms | Laws of logarithms | logarithm; natural logarithm; change of base; logarithmic equation
Functions | Rational functions | Asymptotes | rational function; vertical asymptote; horizontal asymptote; partial fractions
Sequences | Arithmetic and geometric sequences | Sums of series | arithmetic sequence; geometric series; common ratio; sigma notation
Sequences | Recurrences | Solving recurrences | recurrence relation; Fibonacci sequence; characteristic equation
Geometry | Triangles | Congruence and similarity | triangle; congruence; similar triangles; Pythagorean theorem
Geometry | Circles | Chords, arcs and tangents | circle; chord; tangent line; inscribed angle; arc length
Geometry | Polygons | Area and perimeter | polygon; area; perimeter; interior angle; regular polygon
Geometry | Solids | Volume and surface area | volume; surface area; prism; cylinder; cone; sphere
Geometry | Coordinate geometry | Lines and conics | slope; distance formula; midpoint; parabola; ellipse; hyperbola
Geometry | Vectors | Dot and cross product | vector; dot product; cross product; projection; plane equation
Trigonometry | Right triangles | Sine, cosine and tangent | sine; cosine; tangent; angle of elevation; radian
Trigonometry | Identities | Trigonometric identities | trigonometric identity; double-angle formula; sum formula
Trigonometry | Oblique triangles | Laws of sines and cosines | law of sines; law of cosines; area of a triangle
Trigonometry | Equations | Trigonometric equations | unit circle; period; amplitude; inverse trigonometric function
Calculus | Limits | Limits and continuity | limit; one-sided limit; continuity; squeeze theorem; intermediate value theorem
Calculus | Derivatives | Definition and rules | derivative; difference quotient; product rule; quotient rule; chain rule
Calculus | Derivatives | Implicit differentiation and related rates | implicit differentiation; related rates; logarithmic differentiation
Calculus | Applications of derivatives | Extrema and curve sketching | critical point; mean value theorem; concavity; inflection point; optimization
Calculus | Applications of derivatives | Linear approximation | linear approximation; differential; Newton's method; L'Hopital's rule
Calculus | Integrals | The definite integral | Riemann sum; definite integral; fundamental theorem of calculus; antiderivative
Calculus | Integrals | Techniques of integration | substitution; integration by parts; trigonometric substitution; partial fractions; improper integral
Calculus | Applications of integrals | Areas, volumes and lengths | area between curves; solid of revolution; arc length; center of mass; work
Calculus | Series | Convergence tests | infinite series; ratio test; comparison test; alternating series; absolute convergence
Calculus | Series | Power series | power series; radius of convergence; Taylor series; Maclaurin polynomial; remainder
Calculus | Parametric curves | Polar coordinates | parametric equations; polar coordinates; area in polar coordinates; cycloid
Calculus | Several variables | Partial derivatives | partial derivative; gradient; directional derivative; tangent plane; Lagrange multipliers
Calculus | Several variables | Multiple integrals | double integral; triple integral; cylindrical coordinates; spherical coordinates; Jacobian
Calculus | Vector calculus | Line and surface integrals | vector field; line integral; Green's theorem; Stokes' theorem; divergence theorem; curl
Differential equations | First order | Separable and linear equations | differential equation; separable equation; integrating factor; initial-value problem; direction field
Differential equations | Second order | Linear equations with constant coefficients | characteristic equation; homogeneous equation; undetermined coefficients
Differential equations | Systems and transforms | Laplace transforms | Laplace transform; Fourier series; system of differential equations; boundary-value problem
Linear algebra | Matrices | Matrix arithmetic and elimination | matrix; matrix multiplication; Gaussian elimination; row echelon form; inverse matrix
Linear algebra | Vector spaces | Basis and dimension | vector space; linear independence; basis; dimension; rank; null space
Linear algebra | Eigenvalues | Diagonalisation | determinant; eigenvalue; eigenvector; diagonalization; characteristic polynomial
Linear algebra | Inner products | Orthogonality and least squares | inner product; Gram-Schmidt; orthogonal projection; least squares; singular value decomposition
Combinatorics | Counting | Permutations and combinations | permutation; combination; factorial; binomial theorem; multiplication principle
Combinatorics | Counting | Inclusion and exclusion | inclusion-exclusion principle; pigeonhole principle; generating function; Catalan numbers
Graph theory | Graphs | Paths, trees and colourings | graph; vertex; edge; tree; Euler path; Hamiltonian cycle; chromatic number
Graph theory | Algorithms | Shortest paths and flows | shortest path; Dijkstra's algorithm; spanning tree; maximum flow; bipartite matching
Probability | Events | Conditional probability | sample space; event; conditional probability; independence; Bayes' theorem; tree diagram
Probability | Discrete distributions | Binomial and Poisson | random variable; probability distribution; expected value; binomial distribution; Poisson distribution
Probability | Continuous distributions | The normal distribution | probability density function; uniform distribution; normal distribution; z-score; exponential distribution
Probability | Limit theorems | The central limit theorem | central limit theorem; law of large numbers; sampling distribution; standard error
Statistics | Describing data | Center and spread | mean; median; mode; standard deviation; variance; quartile; outlier
Statistics | Describing data | Graphs of data | histogram; box plot; stem-and-leaf plot; frequency table; percentile; skewness
Statistics | Sampling | Collecting data | population; sample; random sampling; stratified sample; bias; experiment design
Statistics | Estimation | Confidence intervals | confidence interval; margin of error; Student's t distribution; point estimate; sample size
Statistics | Tests | Hypothesis tests | null hypothesis; alternative hypothesis; p-value; significance level; test statistic; type I error
Statistics | Tests | Two samples and proportions | two-sample test; matched pairs; population proportion; pooled variance; degrees of freedom
Statistics | Categorical data | Chi-square tests | chi-square test; goodness of fit; contingency table; test of independence
Statistics | Regression | Linear regression and analysis of variance | scatter plot; correlation coefficient; regression line; residual; F distribution; ANOVA
Optimisation | Linear programming | The simplex method | linear programming; objective function; constraint; feasible region; simplex method; duality
Optimisation | Convexity | Convex functions | convex set; convex function; gradient descent; Karush-Kuhn-Tucker conditions
Logic and sets | Logic | Propositions and quantifiers | proposition; truth table; quantifier; implication; contrapositive
Logic and sets | Proof | Methods of proof | proof by contradiction; mathematical induction; direct proof; counterexample
Logic and sets | Sets | Sets and relations | set; union; intersection; Venn diagram; equivalence relation; cardinality
Analysis | Real analysis | Sequences and completeness | Cauchy sequence; supremum; compactness; uniform convergence; metric space
Analysis | Complex analysis | Residues | analytic function; Cauchy-Riemann equations; contour integral; residue theorem
Analysis | Topology | Topological spaces | open set; closed set; connectedness; homeomorphism; continuous map
Numerical methods | Approximation | Interpolation and quadrature | interpolation; numerical integration; trapezoidal rule; Simpson's rule; truncation error
"""  # noqa: E501

DOMAIN = Domain("mathematics", "Mathematics", RELEVANCE, sessions_of(SYLLABUS))
