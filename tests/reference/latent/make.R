# A structural model of three scales beside OLS of their scores, and OLS of correlations without errors of measurement.
# Answers on five levels, made here. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lavaan))
set.seed(20240115); n <- 240
a <- rnorm(n); b <- 0.4 * a + sqrt(1 - 0.16) * rnorm(n); y <- 0.5 * a + 0.2 * b + 0.6 * rnorm(n)
items <- function(f, name, noise) { d <- sapply(1:3, function(i) pmin(pmax(round(3 + 0.9 * f + noise * rnorm(n)), 1), 5)); colnames(d) <- paste0(name, 1:3); d }
d <- data.frame(items(a, "A", 0.9), items(b, "B", 0.6), items(y, "Y", 0.7))
f <- sem("A =~ A1+A2+A3\nB =~ B1+B2+B3\nY =~ Y1+Y2+Y3\nY ~ A + B", d, estimator = "MLR", control = list(rel.tol = 1e-10))
s <- standardizedSolution(f); p <- parameterEstimates(f); path <- s$op == "~"
l <- function(name) s$est.std[s$op == "=~" & s$lhs == name]
cr <- sapply(c("A", "B", "Y"), function(name) sum(l(name))^2 / (sum(l(name))^2 + sum(1 - l(name)^2)))
score <- data.frame(scale(sapply(c("A", "B", "Y"), function(name) rowMeans(d[paste0(name, 1:3)]))))
m <- summary(lm(Y ~ A + B, score))$coefficients; r <- cor(score) / sqrt(outer(cr, cr)); diag(r) <- 1
write_json(list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))), data = as.list(d),
  path = s$est.std[path], path_se = s$se[path], path_p = p$pvalue[p$op == "~"], r2 = unname(lavInspect(f, "r2")["Y"]), reliability = as.list(cr),
  beta = unname(m[-1, 1]), beta_p = unname(m[-1, 4]), corrected = unname(solve(r[1:2, 1:2], r[1:2, 3])), fit = as.list(fitMeasures(f, c("cfi", "rmsea", "srmr")))),
  "values.json", digits = NA, auto_unbox = TRUE)
