# Logit and probit by glm, ordinal models by MASS::polr, Brant's test from glm fits by its formula, Firth by its score equation with
# optim, multinomial by nnet, counts by glm and MASS, Huber by MASS::rlm, medians by quantreg. Run: Rscript make.R
library(jsonlite); suppressPackageStartupMessages({ library(MASS); library(nnet); library(quantreg) })
set.seed(20240301); n <- 250
d <- data.frame(a = rnorm(n), b = runif(n, 0, 4), g = sample(c("u", "v", "w"), n, TRUE))
eta <- .8 * d$a - .5 * d$b + .6 * (d$g == "w")
d$y <- as.integer(runif(n) < plogis(eta + .5)); d$o <- findInterval(eta + rlogis(n), c(-2.5, -1, .2, 1.5)) + 1
d$m <- c("p", "q", "r")[apply(cbind(0, .5 * d$a, -.4 + .6 * d$b) + matrix(-log(-log(runif(3 * n))), n), 1, which.max)]
d$c <- rnbinom(n, size = 2, mu = exp(.6 + .4 * d$a)); d$l <- eta + rt(n, 2)
tab <- function(m) { s <- coef(summary(m)); list(b = unname(s[, 1]), se = unname(s[, 2]), p = unname(s[, 4]), loglik = as.numeric(logLik(m)), aic = AIC(m), bic = BIC(m)) }
ctl <- glm.control(epsilon = 1e-15, maxit = 100)
lo <- glm(y ~ a + b + g, binomial, d, control = ctl); pr <- glm(y ~ a + b + g, binomial("probit"), d, control = ctl)
null <- as.numeric(logLik(glm(y ~ 1, binomial, d)))
polr_of <- function(method) { m <- polr(factor(o) ~ a + b + g, d, method = method, Hess = TRUE, control = list(reltol = 1e-16, maxit = 2000)); s <- coef(summary(m)); list(b = unname(s[, 1]), se = unname(s[, 2]), loglik = as.numeric(logLik(m))) }
brant <- function() { x <- model.matrix(~ a + b + g, d); J <- max(d$o); k <- ncol(x) - 1
  fits <- lapply(1:(J - 1), function(j) glm((d$o > j) ~ a + b + g, binomial, d, control = ctl)); p <- lapply(fits, fitted)
  inv <- lapply(p, function(q) solve(t(x) %*% (x * q * (1 - q)))); V <- matrix(0, (J - 1) * k, (J - 1) * k)
  for (i in 1:(J - 1)) for (j in i:(J - 1)) { B <- (inv[[i]] %*% t(x) %*% (x * (p[[j]] - p[[i]] * p[[j]])) %*% inv[[j]])[-1, -1]; V[(i - 1) * k + 1:k, (j - 1) * k + 1:k] <- B; V[(j - 1) * k + 1:k, (i - 1) * k + 1:k] <- t(B) }
  b <- unlist(lapply(fits, function(m) coef(m)[-1])); D <- do.call(rbind, lapply(2:(J - 1), function(j) { M <- matrix(0, k, (J - 1) * k); M[, 1:k] <- diag(k); M[, (j - 1) * k + 1:k] <- -diag(k); M }))
  X <- drop(t(D %*% b) %*% solve(D %*% V %*% t(D)) %*% (D %*% b)); one <- sapply(1:k, function(c) { R <- D[seq(c, nrow(D), k), , drop = FALSE]; drop(t(R %*% b) %*% solve(R %*% V %*% t(R)) %*% (R %*% b)) })
  list(X2 = X, df = nrow(D), p = pchisq(X, nrow(D), lower.tail = FALSE), each = one) }
firth <- function(f, d) { x <- model.matrix(f, d); y <- d[[all.vars(f)[1]]]; pen <- function(b) { p <- plogis(x %*% b); -(sum(dbinom(y, 1, p, log = TRUE)) + .5 * as.numeric(determinant(t(x) %*% (x * as.vector(p * (1 - p))))$modulus)) }
  o <- optim(rep(0, ncol(x)), pen, method = "BFGS", control = list(reltol = 1e-15, maxit = 1000)); p <- as.vector(plogis(x %*% o$par)); list(b = o$par, se = unname(sqrt(diag(solve(t(x) %*% (x * p * (1 - p)))))), loglik = -o$value) }
sep <- data.frame(y = c(0, 0, 0, 0, 1, 1, 1, 1), a = 1:8, b = c(3, 1, 2, 5, 2, 4, 1, 3))
mn <- multinom(m ~ a + b, d, trace = FALSE, reltol = 1e-14, maxit = 1000); ms <- summary(mn)
po <- glm(c ~ a + b, poisson, d, control = ctl); nb <- glm.nb(c ~ a + b, d, control = ctl); rl <- rlm(l ~ a + b, d, scale.est = "MAD", acc = 1e-12, maxit = 200)
out <- list(versions = list(R = R.version.string, MASS = as.character(packageVersion("MASS")), nnet = as.character(packageVersion("nnet")), quantreg = as.character(packageVersion("quantreg"))),
  data = as.list(d), logit = tab(lo), probit = tab(pr), null = null, polr_logit = polr_of("logistic"), polr_probit = polr_of("probit"), brant = brant(), firth = firth(y ~ a + b + g, d), sep = as.list(sep), firth_sep = firth(y ~ a + b, sep),
  multinom = list(b = unname(coef(mn)), se = unname(ms$standard.errors), loglik = as.numeric(logLik(mn))), poisson = tab(po), nb = list(b = unname(coef(nb)), theta = nb$theta, loglik = as.numeric(logLik(nb))),
  rlm = list(b = unname(coef(rl)), se = unname(coef(summary(rl))[, 2])), rq = unname(coef(rq(l ~ a + b, .5, d))))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", matrix = "rowmajor")
