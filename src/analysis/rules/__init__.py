"""Floor 1: dated parameters of law and method; what a study may override and a report must name."""

from .methods import METHODS, Rule, cutoff, rule

__all__ = ["METHODS", "Rule", "cutoff", "rule"]
