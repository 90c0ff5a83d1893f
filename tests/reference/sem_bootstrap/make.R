# Bootstrap with missing answers: lavaan's full-information estimates of every resample, fitted on its own. Answers and resamples come
# from Park and Miller's generator, which any language repeats in whole numbers. Run: Rscript make.R
suppressPackageStartupMessages({library(jsonlite); library(lavaan)})
state <- 20240401
draw <- function(n) { out <- numeric(n); for (i in seq_len(n)) { state <<- (16807 * state) %% 2147483647; out[i] <- state }; out }
normals <- function(n) { u <- draw(2 * n) / 2147483647; sqrt(-2 * log(u[seq_len(n)])) * cos(2 * pi * u[n + seq_len(n)]) }
holes <- function(x, part) { x[draw(length(x)) / 2147483647 < part] <- NA; x }

of <- function(model, d, R) {
  fit <- function(rows) {
    f <- suppressWarnings(sem(model, rows, missing = "fiml", meanstructure = TRUE, control = list(rel.tol = 1e-14, iter.max = 2000)))
    p <- parameterEstimates(f, se = FALSE, ci = FALSE); p <- p[p$op == ":=" | (p$op != "~1" & !(p$lhs == "x" & p$rhs == "x")), ]
    setNames(p$est, paste(p$lhs, p$op, ifelse(p$op == ":=", "", p$rhs)))
  }
  force(d); seed <- state; at <- matrix(draw(nrow(d) * R) %% nrow(d) + 1, R, nrow(d), byrow = TRUE); all <- fit(d)
  drawn <- t(apply(at, 1, function(i) fit(d[i, ])))
  list(model = model, data = as.list(d), seed = seed, resamples = R, names = names(all), est = unname(all), se = unname(apply(drawn, 2, sd)),
       low = unname(apply(drawn, 2, quantile, .025)), high = unname(apply(drawn, 2, quantile, .975)))
}
n <- 120; x <- normals(n); m <- .5 * x + normals(n); y <- .4 * m + .1 * x + normals(n)
path <- of("m ~ a*x\ny ~ b*m + c*x\nindirect := a*b", data.frame(x = round(x, 3), m = holes(round(m, 3), .15), y = holes(round(y, 3), .2)), 60)
g <- normals(n); items <- as.data.frame(sapply(1:5, function(j) holes(round(c(.9, .8, .7, .6, .5)[j] * g + .6 * normals(n), 3), .1)))
names(items) <- paste0("q", 1:5)
latent <- of("f =~ q1 + q2 + q3\nq4 ~ a*f\nq5 ~ b*q4\nthrough := a*b", items, 60)
write_json(list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))), path = path, latent = latent),
           "values.json", digits = NA, auto_unbox = TRUE, na = "null")
