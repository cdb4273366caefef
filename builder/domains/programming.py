"""Programming, from first functions to algorithms and data structures; its answers are Python functions with tests."""

from .definition import Domain, sessions_of

RELEVANCE = """\
Relevant is what teaches or practises programming itself: how to write functions, algorithms and data structures, with
what a language or a library call does explained by examples, worked code, exercises or questions and their solutions;
strings, collections, recursion, sorting, searching, parsing, graphs, dynamic programming, numerical and object-oriented
code, complexity and testing. Give 9 or 10 to a document that is programming throughout, 7 or 8 to one that mostly is,
6 where it is about half, 4 or 5 to one of another subject that computes along the way (mathematics, statistics,
engineering) or that lists an interface without saying how to use it, 2 or 3 to one that only mentions software, such as
installation notes, release announcements and product news, and 1 to the rest."""

SYLLABUS = """\
Foundations | Expressions | Numbers and operators | integer division; modulo; operator precedence; floating-point error; rounding
Foundations | Control flow | Conditions and loops | conditional; for loop; while loop; early return; boolean logic
Foundations | Functions | Parameters and return values | function; default argument; keyword argument; scope; pure function
Foundations | Functions | Higher-order functions | lambda; map and filter; closure; decorator; partial application
Foundations | Errors | Exceptions | exception; try and except; raising errors; input validation
Foundations | Iteration | Iterators and generators | iterator; generator; comprehension; lazy evaluation; enumerate and zip
Text | Strings | String methods | slicing; splitting and joining; case folding; stripping; palindrome
Text | Strings | Formatting and conversion | format string; number base conversion; padding; Roman numeral
Text | Strings | Searching in text | substring search; prefix function; edit distance; longest common substring
Text | Regular expressions | Patterns | regular expression; capture group; quantifier; tokenizer
Text | Encoding | Characters and codes | Unicode; run-length encoding; Caesar cipher; checksum; base64
Text | Parsing | Grammars and expressions | recursive descent; expression evaluation; bracket matching; comma-separated values
Data structures | Sequences | Lists and tuples | list; tuple; in-place update; rotation; flattening
Data structures | Mappings | Dictionaries | dictionary; counting; grouping; inverting a mapping; default value
Data structures | Sets | Set operations | set; union; intersection; difference; duplicate removal
Data structures | Linear structures | Stacks and queues | stack; queue; deque; monotonic stack; circular buffer
Data structures | Linked structures | Linked lists | linked list; reversal; cycle detection; two pointers
Data structures | Trees | Binary trees | binary search tree; traversal; depth; lowest common ancestor; balanced tree
Data structures | Trees | Heaps and tries | heap; priority queue; trie; segment tree
Data structures | Disjoint sets | Union-find | union-find; connected components; path compression
Algorithms | Searching | Binary search | binary search; lower bound; search on the answer; peak finding
Algorithms | Sorting | Comparison sorts | merge sort; quicksort; stable sort; sort key; inversion count
Algorithms | Sorting | Sorting by counting | counting sort; bucket sort; radix sort; k-th smallest element
Algorithms | Recursion | Divide and conquer | recursion; base case; memoization; tower of Hanoi
Algorithms | Recursion | Backtracking | permutation generation; subset enumeration; N queens; sudoku
Algorithms | Greedy algorithms | Intervals and schedules | interval merging; activity selection; greedy choice; Huffman code
Algorithms | Dynamic programming | Sequences | longest increasing subsequence; knapsack; coin change; edit distance
Algorithms | Dynamic programming | Grids | grid path; minimum path sum; longest common subsequence
Algorithms | Sliding window | Subarrays | sliding window; prefix sum; maximum subarray; subarray sum
Algorithms | Graphs | Traversal | adjacency list; breadth-first search; depth-first search; topological sort; flood fill
Algorithms | Graphs | Paths and trees | Dijkstra's algorithm; Bellman-Ford; spanning tree; shortest path in a maze
Algorithms | Number algorithms | Primes and divisors | sieve; greatest common divisor; modular exponentiation; prime factorization
Algorithms | Bits | Bit manipulation | bitwise operator; bit mask; population count; Gray code
Algorithms | Geometry | Points and polygons | cross product; convex hull; point in polygon; closest pair
Algorithms | Matrices | Two-dimensional arrays | transpose; rotation of a matrix; spiral order; matrix multiplication
Algorithms | Simulation | State machines and games | finite state machine; cellular automaton; game of life; event simulation
Analysis | Complexity | Time and space | big O notation; amortized cost; space complexity; worst case
Design | Objects | Classes | class; method; inheritance; data class; operator overloading
Design | Testing | Unit tests | unit test; edge case; assertion; invariant; property-based test
Design | Dates and units | Calendars and conversions | leap year; day of the week; time interval; unit conversion
Libraries | Standard library | Collections and itertools | counter; named tuple; combinations; accumulate; bisect
Libraries | Data | Records and tables | JSON; filtering records; joining tables; aggregation; moving average
"""  # noqa: E501

DOMAIN = Domain("programming", "Programming", RELEVANCE, sessions_of(SYLLABUS), answers="code")
