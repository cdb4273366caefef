"""Physics, from school mechanics to the first graduate years."""

from .definition import Domain, sessions_of

RELEVANCE = """\
Relevant is what teaches or practises physics itself: laws, models, derivations, experiments, worked examples and
exercises of mechanics, waves, thermodynamics, electricity and magnetism, optics, relativity, quantum, nuclear, particle
and solid-state physics, fluids and astrophysics. Give 9 or 10 to a document that is physics throughout, 7 or 8 to one
that mostly is, 6 where it is about half, 4 or 5 to one of another subject that leans on physical laws (engineering,
chemistry, applied mathematics), 2 or 3 to one that only mentions energy, machines or space in passing, and 1 to the
rest."""

SYLLABUS = """\
Mechanics | Kinematics | Motion in one dimension | displacement; velocity; acceleration; free fall
Mechanics | Kinematics | Motion in two dimensions | projectile motion; relative velocity; circular motion; centripetal acceleration
Mechanics | Dynamics | Newton's laws of motion | force; mass; Newton's second law; free-body diagram; friction; tension
Mechanics | Dynamics | Gravitation | Newton's law of gravitation; orbit; Kepler's laws; escape velocity
Mechanics | Energy | Work and conservation of energy | work; kinetic energy; potential energy; conservation of energy; power
Mechanics | Momentum | Collisions | momentum; impulse; elastic collision; inelastic collision; center of mass
Mechanics | Rotation | Torque and angular momentum | torque; moment of inertia; angular momentum; rolling; static equilibrium
Mechanics | Fluids | Pressure and flow | pressure; buoyancy; Archimedes' principle; Bernoulli's equation; viscosity
Mechanics | Analytical mechanics | Lagrangian and Hamiltonian | generalized coordinates; Lagrangian; Hamiltonian; least action
Waves | Oscillations | Simple harmonic motion | spring constant; pendulum; period; damping; resonance
Waves | Waves | Travelling and standing waves | wavelength; frequency; superposition; interference; standing wave
Waves | Sound | Sound and hearing | speed of sound; decibel; Doppler effect; beats
Thermodynamics | Heat | Temperature and heat transfer | temperature; specific heat; latent heat; conduction; radiation
Thermodynamics | Gases | Kinetic theory | ideal gas law; mean free path; root-mean-square speed; equipartition
Thermodynamics | Laws | The laws of thermodynamics | internal energy; entropy; heat engine; Carnot cycle; adiabatic process
Thermodynamics | Statistical mechanics | Ensembles | partition function; Boltzmann distribution; Fermi-Dirac statistics
Electromagnetism | Electrostatics | Charge and field | Coulomb's law; electric field; Gauss's law; electric potential; capacitor
Electromagnetism | Circuits | Direct current | current; resistance; Ohm's law; Kirchhoff's rules; electric power
Electromagnetism | Magnetism | Magnetic fields and forces | magnetic field; Lorentz force; Ampere's law; solenoid
Electromagnetism | Induction | Faraday's law | magnetic flux; induced emf; Lenz's law; inductance; transformer; alternating current
Electromagnetism | Fields | Maxwell's equations | Maxwell's equations; electromagnetic wave; Poynting vector; polarization
Optics | Geometric optics | Mirrors and lenses | reflection; refraction; Snell's law; focal length; magnification
Optics | Wave optics | Interference and diffraction | double slit; diffraction grating; thin film; single slit
Modern physics | Relativity | Special relativity | time dilation; length contraction; Lorentz transformation; mass-energy equivalence
Modern physics | Relativity | General relativity | equivalence principle; spacetime curvature; gravitational lensing; black hole
Modern physics | Quantum | Photons and matter waves | photoelectric effect; photon; de Broglie wavelength; Compton scattering
Modern physics | Quantum | The Schrodinger equation | wave function; uncertainty principle; potential well; tunneling; spin
Modern physics | Atoms | Atomic structure | Bohr model; quantum number; emission spectrum; laser
Modern physics | Nuclei | Radioactivity and reactions | nucleus; binding energy; radioactive decay; fission; fusion; half-life
Modern physics | Particles | The standard model | quark; lepton; gauge boson; antimatter; conservation laws
Modern physics | Solids | Condensed matter | crystal lattice; band gap; semiconductor; superconductivity
Astrophysics | Stars | Stellar structure | luminosity; main sequence; stellar evolution; neutron star
Astrophysics | Cosmology | The expanding universe | Hubble's law; redshift; cosmic microwave background; dark matter
Experiment | Measurement | Units and uncertainty | SI units; dimensional analysis; significant figures; measurement uncertainty
"""  # noqa: E501

DOMAIN = Domain("physics", "Physics", RELEVANCE, sessions_of(SYLLABUS))
