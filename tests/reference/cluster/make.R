# CR2 with Satterthwaite's degrees of freedom by clubSandwich, clusters of two kinds by sandwich, wild cluster bootstrap by its
# definition (all signs; refit of every draw), on data that R ships and generated data of 18 clusters. Run: Rscript make.R
library(jsonlite); suppressPackageStartupMessages({ library(clubSandwich); library(sandwich) })
set.seed(20240301)
size <- sample(3:14, 18, TRUE); u <- rep(seq_along(size), size); n <- length(u)
d <- data.frame(unit = u, month = sample(1:6, n, TRUE), a = rnorm(18)[u] + rnorm(n), z = rnorm(18)[u], g = ifelse(u <= 3, "few", "many"))
d$y <- .3 * d$a + .5 * rnorm(18)[u] + rnorm(n)
cr2 <- function(m, cl) { t <- coef_test(m, vcov = "CR2", cluster = cl, test = "Satterthwaite"); ci <- conf_int(m, vcov = "CR2", cluster = cl, test = "Satterthwaite")
  list(b = t$beta, se = t$SE, t = t$tstat, df = t$df_Satt, p = t$p_Satt, low = ci$CI_L, high = ci$CI_U) }
two <- function(m, f) { v <- vcovCL(m, f, type = "HC1"); list(se = unname(sqrt(diag(v)))) }
m <- lm(y ~ a + z + g, d); cars <- lm(mpg ~ wt + hp + factor(cyl), mtcars)
wild <- function(f, name, d, cl) {
  full <- lm(f, d); x <- model.matrix(full); k <- ncol(x); n <- nrow(x); G <- length(unique(cl)); c1 <- G / (G - 1) * (n - 1) / (n - k)
  t_of <- function(y) { b <- qr.coef(qr(x), y); e <- y - x %*% b; inv <- solve(crossprod(x)); s <- rowsum(x * as.vector(e), cl); V <- c1 * inv %*% crossprod(s) %*% inv; b[name] / sqrt(V[name, name]) }
  x0 <- x[, colnames(x) != name, drop = FALSE]; f0 <- qr.fitted(qr(x0), d$y); u0 <- d$y - f0
  signs <- as.matrix(expand.grid(rep(list(c(-1, 1)), G))); at <- match(cl, sort(unique(cl)))
  draws <- apply(signs, 1, function(v) t_of(f0 + v[at] * u0)); obs <- t_of(d$y)
  list(t = unname(obs), p = mean(abs(draws) >= abs(obs) * (1 - 1e-10)))
}
few <- d[d$unit <= 8, ]
out <- list(versions = list(R = R.version.string, clubSandwich = as.character(packageVersion("clubSandwich")), sandwich = as.character(packageVersion("sandwich"))),
  data = as.list(d), cr2 = cr2(m, d$unit), two = two(m, ~ unit + month), cars = as.list(mtcars[c("mpg", "wt", "hp", "carb")]), cyl = as.character(mtcars$cyl),
  cr2_cars = cr2(cars, mtcars$carb), wild_a = wild(y ~ a + z, "a", few, few$unit), wild_z = wild(y ~ a + z, "z", few, few$unit))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null")
