# Linearised and jackknife errors by their published formulas (Wolter 2007; Lumley 2010), written out in base R: the package `survey`
# is not needed. Stratified one-stage clusters with population counts. Run: Rscript make.R
library(jsonlite)
set.seed(20240301); H <- 4; nh <- c(5, 6, 4, 7); N <- c(20, 40, 9, 60); d <- do.call(rbind, lapply(1:H, function(h) do.call(rbind, lapply(1:nh[h], function(c) { m <- sample(2:6, 1); e <- rnorm(1); data.frame(h = h, c = c, N = N[h], w = N[h] / nh[h] * runif(m, 1, 2), a = rnorm(m), y0 = e + h / 2 + rnorm(m)) }))))
d$y <- d$y0 + .5 * d$a; d$z <- exp(d$a / 2) + 1; d$g <- ifelse(d$a > 0, "p", "q"); d$b <- as.integer(d$y > 1); d$y0 <- NULL
psu <- interaction(d$h, d$c, drop = TRUE); f <- nh / N
lin <- function(z) { V <- 0; z <- as.matrix(z); for (h in 1:H) { i <- d$h == h; t <- rowsum(z[i, , drop = FALSE], as.character(psu[i])); t <- sweep(t, 2, colMeans(t)); V <- V + (1 - f[h]) * nh[h] / (nh[h] - 1) * crossprod(t) }; V }
jk <- function(stat) { th <- stat(d$w); V <- 0; for (p in levels(psu)) { h <- d$h[psu == p][1]; w <- d$w; w[d$h == h] <- w[d$h == h] * nh[h] / (nh[h] - 1); w[psu == p] <- 0; e <- stat(w) - th; V <- V + (1 - f[h]) * (nh[h] - 1) / nh[h] * outer(e, e) }; sqrt(diag(as.matrix(V))) }
mean_w <- function(y, i = TRUE) { w <- d$w * i; m <- sum(w * y) / sum(w); c(m, sqrt(lin(w * (y - m) / sum(w)))) }
X <- model.matrix(~ a + g, d); fit <- lm(y ~ a + g, d, weights = w); e <- d$y - X %*% coef(fit); inv <- solve(crossprod(X, d$w * X))
lg <- suppressWarnings(glm(b ~ a, binomial, d, weights = w, control = glm.control(epsilon = 1e-14, maxit = 100))); X2 <- model.matrix(~ a, d); p <- as.vector(plogis(X2 %*% coef(lg))); inv2 <- solve(crossprod(X2, d$w * p * (1 - p) * X2))
R <- sum(d$w * d$y) / sum(d$w * d$z)
m <- mean_w(d$y); n <- nrow(d); s2 <- n / (n - 1) * sum(d$w * (d$y - m[1])^2) / sum(d$w)
rake <- function(w) { for (k in 1:500) { for (v in list(list(d$g, c(p = 300, q = 500)), list(as.character(d$h), c(`1` = 100, `2` = 250, `3` = 50, `4` = 400)))) w <- w * (v[[2]] / tapply(w, v[[1]], sum)[names(v[[2]])])[v[[1]]] }; unname(w) }
write_json(list(versions = list(R = R.version.string), data = as.list(d), mean = m, deff = m[2]^2 / (s2 / n), kish = n * sum(d$w^2) / sum(d$w)^2,
  by_p = mean_w(d$y, d$g == "p"), by_q = mean_w(d$y, d$g == "q"), total = c(sum(d$w * d$y), sqrt(lin(d$w * d$y))), ratio = c(R, sqrt(lin(d$w * (d$y - R * d$z) / sum(d$w * d$z)))),
  share_p = mean_w(as.numeric(d$g == "p")), jk_mean = jk(function(w) sum(w * d$y) / sum(w)), jk_ratio = jk(function(w) sum(w * d$y) / sum(w * d$z)),
  ols = list(b = unname(coef(fit)), se = unname(sqrt(diag(lin((X * as.vector(d$w * e)) %*% inv))))), jk_ols = unname(jk(function(w) coef(lm.wfit(X, d$y, w)))),
  logit = list(b = unname(coef(lg)), se = unname(sqrt(diag(lin((X2 * (d$w * (d$b - p))) %*% inv2))))), raked = rake(d$w)), "values.json", digits = NA, auto_unbox = TRUE)
