# Polychoric correlations of simulated answers by lavaan, psych and polycor, with lavaan's asymptotic covariance matrix
# (NACOV), and bivariate normal probabilities by mvtnorm. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(lavaan); library(psych); library(polycor); library(mvtnorm)})
out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), psych = as.character(packageVersion("psych")),
                            polycor = as.character(packageVersion("polycor")), mvtnorm = as.character(packageVersion("mvtnorm"))))

set.seed(20240305)
n <- 400
trait <- cbind(rnorm(n), rnorm(n))
cut_at <- list(c(.4), c(-.5, .8), c(-1, 0, 1.2), c(-1.6, -.8, .1, 1), c(.2, .9, 1.5, 2), c(-2, -1.4, -.6, .5), c(-1.5, -.9, -.3, .3, .9, 1.5))
loads <- c(.8, .6, .7, .5, .75, .65, .7)
answers <- sapply(1:7, function(i) findInterval(loads[i] * trait[, 1 + (i > 4)] * c(1, 1, -1, 1, 1, 1, 1)[i] + .25 * trait[, 1 + (i <= 4)] + sqrt(1 - loads[i]^2) * rnorm(n), cut_at[[i]]) + 1)
colnames(answers) <- paste0("q", 1:7)
holes <- answers
holes[cbind(sample(n, 150), sample(7, 150, replace = TRUE))] <- NA
frame <- function(x) { d <- as.data.frame(x); d[] <- lapply(d, ordered); d }
lav <- function(x, missing) {
  fit <- lavCor(frame(x), ordered = colnames(x), output = "fit", missing = missing, se = "standard")
  s <- lavInspect(fit, "sampstat"); g <- lavTech(fit, "gamma")[[1]]
  list(R = unname(unclass(s$cov)), th = unname(as.numeric(s$th)), gamma = unname(g), n = lavInspect(fit, "nobs"))
}
out$data <- as.list(as.data.frame(answers)); out$holes <- as.list(as.data.frame(holes))
out$lavaan <- list(complete = lav(answers, "listwise"), listwise = lav(holes, "listwise"), pairwise = lav(holes, "pairwise"))
quiet <- function(e) suppressMessages(suppressWarnings(e))
out$psych <- list(correct0 = unname(quiet(polychoric(answers, correct = 0, smooth = FALSE))$rho),
                  correct5 = unname(quiet(polychoric(answers, correct = .5, global = FALSE, smooth = FALSE))$rho))
pairs <- list(c(2, 3), c(3, 4), c(1, 2), c(4, 6))
out$polycor <- lapply(pairs, function(p) {
  t <- table(answers[, p[1]], answers[, p[2]])
  m <- quiet(polychor(t, ML = TRUE, std.err = TRUE)); two <- quiet(polychor(t, ML = FALSE))
  list(pair = p, two_step = two, ml = m$rho, se = sqrt(m$var[1, 1]), rows = unname(m$row.cuts), columns = unname(m$col.cuts), chisq = m$chisq, df = m$df)
})

# fourfold tables: one empty cell, an even one, a skewed one
fourfold <- list(empty = c(0, 12, 30, 58), even = c(35, 15, 15, 35), skewed = c(80, 6, 9, 5))
out$fourfold <- lapply(fourfold, function(v) {
  d <- data.frame(a = rep(c(0, 0, 1, 1), v), b = rep(c(0, 1, 0, 1), v))
  list(counts = v, lavaan = quiet(lavCor(frame(d), ordered = c("a", "b")))[1, 2], psych = quiet(tetrachoric(as.matrix(d), correct = 0, smooth = FALSE))$rho[1, 2])
})

# a table whose counts are exactly those that normal variables expect: the observed information is the expected one
h <- c(-Inf, -.7, .4, Inf); k <- c(-Inf, -1.1, -.2, .9, Inf); r <- .55
box <- function(i, j) pmvnorm(c(h[i], k[j]), c(h[i + 1], k[j + 1]), corr = matrix(c(1, r, r, 1), 2))[1]
expected <- 500 * outer(1:3, 1:4, Vectorize(box))
m <- quiet(polychor(expected, ML = TRUE, std.err = TRUE))
out$exact <- list(counts = unname(expected), rho = r, n = 500, rows = h[2:3], columns = k[2:4], se = sqrt(m$var[1, 1]))

grid <- expand.grid(h = c(-3, -1.2, -.3, 0, .5, 2), k = c(-2.5, -.3, 0, .8, 2.2), r = c(-.999, -.9, -.4, 0, .2, .7, .95, .9999))
p <- mapply(function(h, k, r) pmvnorm(upper = c(h, k), corr = matrix(c(1, r, r, 1), 2), algorithm = TVPACK(abseps = 1e-15))[1], grid$h, grid$k, grid$r)
out$probability <- list(h = grid$h, k = grid$k, r = grid$r, p = p)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
