# Simulated power of measurement and structural models by lavaan: covariances that simulateData implies with residual variances written out (its own standardized = TRUE misses the variance of a factor
# at the end of a chain), errors of the
# analysis in the population (expected information), and 400 simulated studies of two models. Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(lavaan) })
models <- list(
  one = list(population = "f =~ 0.7*a + 0.6*b + 0.8*c + 0.2*d", residuals = "f ~~ 1*f; a ~~ 0.51*a; b ~~ 0.64*b; c ~~ 0.36*c; d ~~ 0.96*d", analysis = "f =~ NA*a + b + c + d; f ~~ 1*f", n = 150),
  paths = list(population = "k =~ 0.7*a1 + 0.8*a2 + 0.6*a3; m =~ 0.7*b1 + 0.7*b2 + 0.7*b3; r =~ 0.8*c1 + 0.7*c2 + 0.6*c3; m ~ 0.4*k; r ~ 0.3*m + 0.1*k",
    residuals = "k ~~ 1*k; m ~~ 0.84*m; r ~~ 0.876*r; a1 ~~ 0.51*a1; a2 ~~ 0.36*a2; a3 ~~ 0.64*a3; b1 ~~ 0.51*b1; b2 ~~ 0.51*b2; b3 ~~ 0.51*b3; c1 ~~ 0.36*c1; c2 ~~ 0.51*c2; c3 ~~ 0.64*c3",
    analysis = "k =~ NA*a1 + a2 + a3; m =~ NA*b1 + b2 + b3; r =~ NA*c1 + c2 + c3; m ~ p*k; r ~ q*m + k; k ~~ 1*k; m ~~ 0.84*m; r ~~ 0.876*r; ind := p*q", n = 120),
  two = list(population = "f =~ 0.7*a + 0.7*b + 0.5*c; g =~ 0.6*d + 0.8*e + 0.7*h; f ~~ 0.3*g; y ~ 0.25*f + 0.2*g",
    residuals = "f ~~ 1*f; g ~~ 1*g; y ~~ 0.8675*y; a ~~ 0.51*a; b ~~ 0.51*b; c ~~ 0.75*c; d ~~ 0.64*d; e ~~ 0.36*e; h ~~ 0.51*h",
    analysis = "f =~ NA*a + b + c; g =~ NA*d + e + h; f ~~ g; y ~ f + g; f ~~ 1*f; g ~~ 1*g", n = 200))
implied <- function(m) { set.seed(1); x <- simulateData(paste(m$population, m$residuals, sep = "; "), sample.nobs = 10, return.fit = TRUE); S <- fitted(attr(x, "fit"))$cov; unclass(S) }
one <- function(m, simulate) {
  S <- implied(m); names <- rownames(S)
  fit <- lavaan(m$analysis, sample.cov = S, sample.nobs = m$n, sample.cov.rescale = FALSE, auto.var = TRUE, se = "standard"); pe <- parameterEstimates(fit)
  keep <- (pe$op %in% c("=~", "~", ":=") | (pe$op == "~~" & pe$lhs != pe$rhs)); pe <- pe[keep, ]; z <- qnorm(.975); r <- abs(pe$est) / pe$se
  out <- list(population = m$population, n = m$n, names = names, cov = S, lhs = pe$lhs, op = pe$op, rhs = pe$rhs, est = pe$est, se = pe$se, expected = pnorm(r - z) + pnorm(-r - z))
  if (simulate) { set.seed(20240301); L <- chol(S)
    draws <- lapply(1:400, function(i) { x <- as.data.frame(matrix(rnorm(m$n * ncol(S)), m$n) %*% L); names(x) <- names
      f <- tryCatch(suppressWarnings(lavaan(m$analysis, x, auto.var = TRUE)), error = function(e) NULL); if (is.null(f) || !lavInspect(f, "converged")) return(NULL)
      p <- parameterEstimates(f)[keep, ]; list(b = p$est, se = p$se) })
    ok <- Filter(Negate(is.null), draws); b <- sapply(ok, `[[`, "b"); se <- sapply(ok, `[[`, "se")
    out$simulated <- list(converged = length(ok), mean = rowMeans(b), sd = apply(b, 1, sd), se = rowMeans(se), coverage = rowMeans(abs(b - pe$est) <= z * se), power = rowMeans(abs(b) > z * se)) }
  out }
write_json(c(list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")))), Map(one, models, c(TRUE, TRUE, FALSE))), "values.json", digits = NA, auto_unbox = TRUE, matrix = "rowmajor")
