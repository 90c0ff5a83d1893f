# Models of simulated ordinal answers by lavaan: WLSMV, WLSM, DWLS, ULSMV, with pairwise deletion, groups, equal loadings,
# a second order, regressions among latent variables, defined parameters. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lavaan))
set.seed(20240307)
n <- 500
phi <- matrix(c(1, .5, .3, .5, 1, .4, .3, .4, 1), 3)
f <- matrix(rnorm(3 * n), n) %*% chol(phi)
loads <- c(.8, .7, .6, .75, .65, .5, .7, .8, .6)
cuts <- list(c(-1, 0, 1), c(.3, 1), c(-1.2, -.4, .5, 1.3), c(0), c(-.8, .2, 1.1), c(.4, .9, 1.5), c(-1.4, -.7, .1), c(-.3, .8), c(-.9, 0, .7, 1.4))
latent <- sapply(1:9, function(i) loads[i] * f[, (i - 1) %/% 3 + 1] + sqrt(1 - loads[i]^2) * rnorm(n))
latent[, 3] <- latent[, 3] + .35 * (latent[, 6])
x <- as.data.frame(sapply(1:9, function(i) findInterval(latent[, i], cuts[[i]]) + 1)); names(x) <- paste0("y", 1:9)
x$place <- sample(c("north", "south"), n, replace = TRUE, prob = c(.45, .55))
holes <- x; holes[cbind(sample(n, 200), sample(9, 200, replace = TRUE))] <- NA
three <- "a =~ y1 + y2 + y3\nb =~ y4 + y5 + y6\nc =~ y7 + y8 + y9"
items <- paste0("y", 1:9)
one <- function(model, data, ...) {
  fit <- suppressWarnings(cfa(model, data, ordered = items, ...))
  p <- parameterEstimates(fit, standardized = TRUE); p$group <- if (is.null(p$group)) 1 else p$group
  p <- p[!(p$op %in% c("~1", "~*~")), c("lhs", "op", "rhs", "group", "est", "se", "std.all")]
  left <- if (lavInspect(fit, "ngroups") == 1) suppressWarnings(lavResiduals(fit, type = "raw", summary = FALSE))
  list(residuals = unname(unclass(left$cov)), residuals_z = unname(unclass(left$cov.z)), par = p, fit = as.list(fitMeasures(fit)), n = lavInspect(fit, "ntotal"), labels = lavInspect(fit, "group.label"),
       r2 = unlist(lavInspect(fit, "r2")), shift = if (length(fit@test) > 1) sum(fit@test[[2]]$shift.parameter))
}
out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))), data = as.list(x), holes = as.list(holes), cases = list(
  wlsmv = one(three, x, estimator = "WLSMV"),
  wlsm = one(three, x, estimator = "WLSM"),
  dwls = one(three, x, estimator = "DWLS", se = "standard", test = "standard"),
  ulsmv = one(three, x, estimator = "ULSMV"),
  variance = one(three, x, estimator = "WLSMV", std.lv = TRUE),
  listwise = one(three, holes, estimator = "WLSMV"),
  pairwise = one(three, holes, estimator = "WLSMV", missing = "pairwise"),
  groups = one(three, x, estimator = "WLSMV", group = "place"),
  equal = one(three, x, estimator = "WLSMV", group = "place", group.equal = "loadings"),
  residual = one(paste0(three, "\ny3 ~~ y6"), x, estimator = "WLSMV"),
  higher = one(paste0(three, "\ng =~ a + b + c"), x, estimator = "WLSMV"),
  paths = one("a =~ y1 + y2 + y3\nb =~ y4 + y5 + y6\nc =~ y7 + y8 + y9\nb ~ p*a\nc ~ q*b + a\nindirect := p*q", x, estimator = "WLSMV")))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
