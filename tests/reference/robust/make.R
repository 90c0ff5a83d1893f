# M-estimates by MASS::rlm, quantiles by quantreg: stackloss (ships with R), starsCYG and coleman (ship with robustbase).
# Quantile solutions may be faces of a polytope: the loss at the optimum is kept beside the coefficients. Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(MASS); library(robustbase); library(quantreg) })
one <- function(f, d) { r <- rlm(f, d, scale.est = "MAD", acc = 1e-13, maxit = 500, psi = psi.huber); s <- coef(summary(r))
  q <- function(tau) { m <- rq(f, tau, d); nid <- suppressWarnings(summary(m, se = "nid")$coefficients); list(b = unname(coef(m)), loss = m$rho, se = unname(nid[, 2])) }
  list(data = as.list(d[all.vars(f)]), formula = deparse(f), rlm = list(b = unname(coef(r)), se = unname(s[, 2]), scale = r$s),
    quantiles = list(q25 = q(.25), q50 = q(.5), q75 = q(.75))) }
names(stackloss) <- c("air", "water", "acid", "loss"); data(starsCYG); names(starsCYG) <- c("te", "light"); data(coleman); names(coleman) <- c("salary", "father", "status", "teacher", "mother", "score")
write_json(list(versions = list(R = R.version.string, MASS = as.character(packageVersion("MASS")), robustbase = as.character(packageVersion("robustbase")), quantreg = as.character(packageVersion("quantreg"))),
  stackloss = one(loss ~ air + water + acid, stackloss), stars = one(light ~ te, starsCYG), coleman = one(score ~ status + teacher, coleman)), "values.json", digits = NA, auto_unbox = TRUE)
