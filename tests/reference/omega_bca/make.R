# BCa intervals of omega by Efron's formulae, each resample and each row left out refitted on its own: one factor by maximum
# likelihood and by least squares of the correlations (optim), three group factors by psych::omega. Answers and resamples come from Park and Miller's
# generator, which any language repeats in whole numbers; answers are kept with the values. Run: Rscript make.R
suppressPackageStartupMessages({library(jsonlite); library(psych); library(GPArotation)})
state <- 20240312
draw <- function(n) { out <- numeric(n); for (i in seq_len(n)) { state <<- (16807 * state) %% 2147483647; out[i] <- state }; out }
normals <- function(n) { u <- draw(2 * n) / 2147483647; sqrt(-2 * log(u[seq_len(n)])) * cos(2 * pi * u[n + seq_len(n)]) }
resample <- function(n, R) matrix(draw(n * R) %% n + 1, R, n, byrow = TRUE)

least <- .005 # uniqueness, at least, as in factanal and psych
bounded <- function(start, f, slope, low, high) optim(start, f, slope, method = "L-BFGS-B", lower = low, upper = high,
                                                      control = list(factr = 1e-3, pgtol = 0, maxit = 2000))$par
congeneric <- function(d) {
  S <- cov(d); sd <- sqrt(diag(S)); R <- cov2cor(S); k <- ncol(R); at <- seq_len(k)
  C <- function(p) tcrossprod(p[at]) + diag(exp(p[-at]))
  slope <- function(p) { A <- solve(C(p)); G <- A - A %*% R %*% A; c(2 * G %*% p[at], diag(G) * exp(p[-at])) }
  f <- function(p) c(determinant(C(p))$modulus) + sum(R * solve(C(p)))
  p <- bounded(c(rep(.6, k), rep(log(.6), k)), f, slope, c(rep(-2, k), rep(log(least), k)), c(rep(2, k), rep(0, k)))
  common <- sum(p[at] * sd)^2; common / (common + sum((1 - p[at]^2) * sd^2))
}
least_squares <- function(d) {
  R <- cor(d); k <- ncol(R)
  left <- function(u) { e <- eigen(R - diag(u), symmetric = TRUE); list(w = e$vectors[, -1], v = e$values[-1], l = e$vectors[, 1] * sqrt(e$values[1])) }
  u <- bounded(rep(.5, k), function(u) sum(left(u)$v^2) / 2, function(u) { e <- left(u); -as.vector(e$w^2 %*% e$v) }, rep(least, k), rep(1, k))
  (sum(R) - sum(1 - left(u)$l^2)) / sum(R)
}
hierarchical <- function(d) {
  o <- suppressMessages(suppressWarnings(omega(cor(d), nfactors = 3, plot = FALSE, n.obs = nrow(d))))
  c(o$omega.tot, o$omega_h)
}
bca <- function(value, drawn, without) {
  bias <- qnorm(mean(drawn < value)); away <- mean(without) - without
  a <- sum(away^3) / (6 * sum(away^2)^1.5); z <- bias + qnorm(c(.025, .975))
  list(value = value, drawn = drawn, without = without, bca = unname(quantile(drawn, pnorm(bias + z / (1 - a * z)), type = 7)))
}
one <- function(x, at, statistic) bca(statistic(x), apply(at, 1, function(i) statistic(x[i, ])),
                                      sapply(seq_len(nrow(x)), function(i) statistic(x[-i, ])))

n <- 80; trait <- normals(n)
x <- sapply(c(.9, .8, .7, .6, .8), function(l) round(exp(.8 * (l * trait + sqrt(1 - l^2) * normals(n))), 2))
seed_one <- state; at <- resample(n, 400)
single <- list(x = x, seed = seed_one, resamples = 400, congeneric = one(x, at, congeneric), total = one(x, at, least_squares))

m <- 120; g <- normals(m); bundle <- sapply(1:3, function(i) normals(m))
y <- sapply(1:9, function(j) round(.7 * g + .7 * bundle[, (j - 1) %/% 3 + 1] + .6 * normals(m), 2))
seed_three <- state; at <- resample(m, 100)
point <- hierarchical(y); drawn <- apply(at, 1, function(i) hierarchical(y[i, ]))
without <- sapply(seq_len(m), function(i) hierarchical(y[-i, ]))
several <- list(x = y, seed = seed_three, resamples = 100, total = bca(point[1], drawn[1, ], without[1, ]),
                hierarchical = bca(point[2], drawn[2, ], without[2, ]))
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych")),
                            GPArotation = as.character(packageVersion("GPArotation"))), one_factor = single, three_groups = several)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null")
