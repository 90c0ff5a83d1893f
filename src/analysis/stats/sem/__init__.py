"""Confirmatory factor analysis and structural equation models, as lavaan 0.6-20 defines them.

``parameters`` a model becomes a table of parameters · ``matrices`` the moments that they imply · ``sample`` what the
data give · ``discrepancy`` how far the two are apart, one class for each estimator · ``optimise`` the nearest point ·
``information`` standard errors · ``fit`` indices · ``cfa`` the verbs.
"""
