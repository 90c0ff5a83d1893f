# Indirect effects by lm, BCa and percentile limits by boot (20,000 resamples; the Monte-Carlo error is that of ten runs of 2,000),
# simple slopes from vcov(lm) and the bounds of Johnson and Neyman by uniroot. Run: Rscript make.R
library(jsonlite); library(boot)
set.seed(20240301); n <- 120
d <- data.frame(a = rnorm(n), c = rnorm(n)); d$m <- .5 * d$a + .3 * d$c + rnorm(n); d$w <- .4 * d$m + .2 * d$a + rnorm(n); d$y <- .3 * d$a + .4 * d$m + .5 * d$w + .2 * d$a * d$c + rnorm(n)
par_ <- function(d) { a1 <- coef(lm(m ~ a + c, d))[["a"]]; a2 <- coef(lm(w ~ a + c, d))[["a"]]; y <- coef(lm(y ~ a + m + w + c, d)); c(direct = y[["a"]], indirect = a1 * y[["m"]] + a2 * y[["w"]], total = coef(lm(y ~ a + c, d))[["a"]], m = a1 * y[["m"]], w = a2 * y[["w"]]) }
ser <- function(d) { a1 <- coef(lm(m ~ a + c, d))[["a"]]; w <- coef(lm(w ~ a + m + c, d)); y <- coef(lm(y ~ a + m + w + c, d)); p <- c(a1 * y[["m"]], w[["a"]] * y[["w"]], a1 * w[["m"]] * y[["w"]]); c(y[["a"]], sum(p), coef(lm(y ~ a + c, d))[["a"]], p) }
stat <- function(d, i) par_(d[i, ])["m"]
lim <- function(R) { b <- boot(d, stat, R); o <- boot.ci(b, type = c("bca", "perc"), L = empinf(data = d, statistic = stat, stype = "i", type = "jack")); c(o$bca[4:5], o$percent[4:5]) }
runs <- replicate(6, lim(1000)); big <- lim(8000)
mod <- lm(y ~ a * c, d); b <- coef(mod); V <- vcov(mod); at <- mean(d$c) + c(-1, 0, 1) * sd(d$c); df <- mod$df.residual
slope <- b["a"] + b["a:c"] * at; se <- sqrt(V["a", "a"] + 2 * at * V["a", "a:c"] + at^2 * V["a:c", "a:c"])
g <- function(m) abs(b[["a"]] + b[["a:c"]] * m) / sqrt(V["a", "a"] + 2 * m * V["a", "a:c"] + m^2 * V["a:c", "a:c"]) - qt(.975, df)
grid <- seq(min(d$c), max(d$c), length.out = 2001); s <- sign(sapply(grid, g)); k <- which(diff(s) != 0)
write_json(list(versions = list(R = R.version.string, boot = as.character(packageVersion("boot"))), data = as.list(d), parallel = unname(par_(d)), serial = unname(ser(d)), bca = big, monte_carlo_se = max(apply(runs, 1, sd)),
  slopes = list(at = at, b = unname(slope), se = unname(se), p = unname(2 * pt(-abs(slope / se), df))), bounds = I(sapply(k, function(i) uniroot(g, grid[i + 0:1], tol = 1e-12)$root))), "values.json", digits = NA, auto_unbox = TRUE)
