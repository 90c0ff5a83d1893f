"""A first look at a file of answers: what its columns are, and a study page proposed from them. It only proposes."""

from .proposal import Proposal, propose

__all__ = ["Proposal", "propose"]
