# Power of t, analysis of variance, regression, correlation, RMSEA, chi-square. Run: Rscript make.R
library(jsonlite)
pt2 <- function(n, d, type) power.t.test(n = n, delta = d, sd = 1, type = type, strict = TRUE)$power
fp <- function(nc, a, b, al = .05) pf(qf(1 - al, a, b), a, b, nc, lower.tail = FALSE)
cor_power <- function(r, n, al = .05) { e <- qt(1 - al / 2, n - 2)
  integrate(function(w) dchisq(w, n - 1) * sapply(w, function(v) { nc <- r / sqrt(1 - r^2) * sqrt(v)
    pt(e, n - 2, nc, lower.tail = FALSE) + suppressWarnings(pt(-e, n - 2, nc)) }), qchisq(1e-13, n - 1), qchisq(1 - 1e-13, n - 1),
    rel.tol = 1e-11, subdivisions = 500)$value }
rp <- function(n, df, e0, e1, al = .05) { a <- (n - 1) * df * e0^2; b <- (n - 1) * df * e1^2
  if (e1 > e0) pchisq(qchisq(1 - al, df, a), df, b, lower.tail = FALSE) else pchisq(qchisq(al, df, a), df, b) }
g <- expand.grid(n = c(5, 20, 64), d = c(0.2, 0.5, 1))
a <- expand.grid(k = c(3, 6), n = c(5, 30), f = c(.1, .25, .4))
r <- expand.grid(k = c(1, 7), n = c(30, 260), f2 = c(.02, .15))
co <- expand.grid(r = c(.1, .3, .6), n = c(10, 84, 260))
m <- expand.grid(df = c(5, 50, 200), n = c(100, 260), e1 = c(.01, .08))
out <- list(versions = list(R = R.version.string),
  t = c(g, list(two = mapply(pt2, g$n, g$d, "two.sample"), one = mapply(pt2, g$n, g$d, "one.sample"))),
  t_n = power.t.test(delta = .5, power = .8, strict = TRUE, tol = 1e-10)$n, t_d = power.t.test(n = 64, power = .8, strict = TRUE, tol = 1e-10)$delta,
  anova = c(a, list(power = mapply(function(k, n, f) power.anova.test(groups = k, n = n, between.var = f^2 * k / (k - 1), within.var = 1)$power, a$k, a$n, a$f))),
  anova_n = power.anova.test(groups = 3, between.var = .25^2 * 3 / 2, within.var = 1, power = .8)$n,
  regression = c(r, list(power = mapply(function(k, n, f) fp(f * n, k, n - k - 1), r$k, r$n, r$f2),
    one = mapply(function(k, n, f) fp(f * n, 1, n - k - 1), r$k, r$n, r$f2))),
  correlation = c(co, list(power = mapply(cor_power, co$r, co$n))),
  rmsea = c(m, list(power = mapply(function(df, n, e) rp(n, df, .05, e), m$df, m$n, m$e1))),
  chi = pchisq(qchisq(.95, 4), 4, 260 * .2^2, lower.tail = FALSE))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
