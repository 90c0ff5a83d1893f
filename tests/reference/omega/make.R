# Omega by psych (Schmid-Leiman of minres and oblimin) and by lavaan (one factor, ML), on data that R ships and on answers
# generated here. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(psych); library(lavaan)})
congeneric <- function(S, n) {
  k <- ncol(S); dimnames(S) <- list(paste0("v", 1:k), paste0("v", 1:k))
  fit <- cfa(paste("f =~", paste(rownames(S), collapse = " + ")), sample.cov = S, sample.nobs = n, std.lv = TRUE)
  e <- lavInspect(fit, "est"); l <- sum(e$lambda); t <- sum(diag(e$theta))
  list(value = l^2 / (l^2 + t), loadings = unname(abs(lavInspect(fit, "std")$lambda[, 1])))
}
one <- function(S, n, k) {
  R <- cov2cor(S)
  o <- suppressMessages(suppressWarnings(omega(R, k, n.obs = n, plot = FALSE, flip = FALSE, min.err = 1e-10)))
  L <- unclass(o$schmid$orthog)
  list(residual = sum((R - L %*% t(L))[lower.tri(R)]^2), names = rownames(R), S = unname(S), n = n, k = k, total = o$omega.tot, hierarchical = o$omega_h, limit = o$omega.lim, ecv = o$ECV,
       g = unname(o$schmid$sl[, 1]), h2 = unname(o$schmid$sl[, "h2"]), group = unname(as.matrix(o$omega.group)), congeneric = congeneric(S, n))
}
set.seed(20240302)
n <- 150
general <- rnorm(n)
bundles <- matrix(rnorm(3 * n), n)
likert <- sapply(1:9, function(i) pmin(5, pmax(1, round(3 + .6 * general + .5 * bundles[, (i - 1) %/% 3 + 1] + rnorm(n, sd = .6 + .05 * i)))))
colnames(likert) <- paste0("q", 1:9)
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych")), lavaan = as.character(packageVersion("lavaan")),
                            GPArotation = as.character(packageVersion("GPArotation"))),
  harman = one(Harman74.cor$cov, 145, 4), ability = one(ability.cov$cov, 112, 2), likert = c(one(cov(likert), n, 3), list(data = as.list(as.data.frame(likert)))))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
