# Invariance of ordinal items by lavaan and semTools: configural, thresholds, loadings, intercepts, residuals, identified as
# Wu and Estabrook (2016), theta parameterisation; differences by lavTestLRT (Satorra, 2000). Data: simulated here (two
# groups with one shifted threshold, three groups, items of two to five categories, binary items) and psych's bfi.
# Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({ library(lavaan); library(semTools) })
kinds <- c("thresholds", "loadings", "intercepts", "residuals")
names_of <- c("configural", "thresholds", "metric", "scalar", "strict")
keep <- c("npar", "fmin", "chisq", "df", "pvalue", "chisq.scaled", "df.scaled", "pvalue.scaled", "chisq.scaling.factor", "baseline.chisq", "baseline.df",
  "baseline.chisq.scaled", "baseline.chisq.scaling.factor", "cfi", "tli", "cfi.scaled", "tli.scaled", "nfi", "ifi", "rni", "rmsea", "rmsea.ci.lower", "rmsea.ci.upper",
  "rmsea.scaled", "rmsea.ci.lower.scaled", "rmsea.ci.upper.scaled", "rmsea.pvalue.scaled", "rmr", "srmr", "crmr", "gfi", "agfi", "pgfi", "mfi", "cn_05", "cn_01")
tight <- list(rel.tol = 1e-13, iter.max = 10000)
told <- function(f) {
  p <- parameterEstimates(f, standardized = TRUE); p <- p[p$op != "~*~", c("lhs", "op", "rhs", "group", "est", "se", "std.all")]
  m <- unclass(fitMeasures(f)); list(par = p, fit = as.list(m[intersect(keep, names(m))]), labels = lavInspect(f, "group.label"), n = lavInspect(f, "ntotal"), converged = lavInspect(f, "converged"))
}
fit <- function(syntax, data, items, ...) {
  one <- function(...) suppressWarnings(cfa(syntax, data, ordered = items, parameterization = "theta", group = "g", ...))
  f <- one(control = tight, ...); if (!lavInspect(f, "converged")) f <- one(...); f
}
syntax_of <- function(model, data, items, held, partial) as.character(suppressWarnings(measEq.syntax(model, data = data, ordered = items, parameterization = "theta",
  ID.fac = "std.lv", ID.cat = "Wu.Estabrook.2016", group = "g", group.equal = held, group.partial = partial)))
ladder <- function(syntaxes, data, items, ...) {
  fits <- lapply(syntaxes, fit, data = data, items = items, ...)
  tests <- lapply(seq_along(fits)[-1], function(i) { t <- suppressWarnings(lavTestLRT(fits[[i - 1]], fits[[i]])); list(chisq = t[["Chisq diff"]][2], df = t[["Df diff"]][2], p = t[["Pr(>Chisq)"]][2]) })
  list(steps = lapply(fits, told), tests = tests)
}
standard <- function(model, data, items, ..., partial = "", upto = 4) {
  s <- lapply(0:upto, function(k) syntax_of(model, data, items, if (k) kinds[seq_len(k)] else "", partial)); names(s) <- names_of[seq_len(upto + 1)]
  ladder(s, data, items, ...)
}
draw <- function(latent, cuts) findInterval(latent, cuts) + 1
set.seed(20240811)
# two groups, two factors of four items; threshold 2 of q3 lies .5 higher in "south", whose first factor has mean .3 and variance 1.4
n <- c(500, 400); g <- rep(c("north", "south"), n); south <- g == "south"
f <- matrix(rnorm(2 * sum(n)), ncol = 2) %*% chol(matrix(c(1, .5, .5, 1), 2)); f[south, 1] <- .3 + sqrt(1.4) * f[south, 1]
loads <- c(1, .9, .8, 1.1, .9, 1, .7, .8); cuts <- list(c(-1, 0, 1), c(-1.2, -.3, .5, 1.4), c(-.9, .1, 1.1), c(-.6, .4, 1.3), c(-1.1, -.2, .9), c(-.7, 0, .6, 1.5), c(-.8, .3, 1), c(-1, .2, .8))
y <- sapply(1:8, function(j) loads[j] * f[, (j - 1) %/% 4 + 1] + rnorm(sum(n)))
two <- as.data.frame(sapply(1:8, function(j) ifelse(south & j == 3, draw(y[, j], cuts[[j]] + c(0, .5, 0)), draw(y[, j], cuts[[j]])))); names(two) <- paste0("q", 1:8); two$g <- g
holes <- two; holes[cbind(sample(sum(n), 300), sample(8, 300, replace = TRUE))] <- NA
# three groups, one factor of five items, all equal but the intercept of q2 in "c"
g3 <- rep(c("a", "b", "c"), c(300, 350, 400)); f3 <- rnorm(1050) + .2 * (g3 == "b") - .3 * (g3 == "c")
y3 <- sapply(1:5, function(j) loads[j] * f3 + rnorm(1050)); y3[g3 == "c", 2] <- y3[g3 == "c", 2] + .5
three <- as.data.frame(sapply(1:5, function(j) draw(y3[, j], list(c(-1, 0, 1), c(-.8, .4, 1.2), c(-1.1, -.2, .7), c(-.5, .5), c(-1, .1, 1.1))[[j]]))); names(three) <- paste0("q", 1:5); three$g <- g3
# items of two, three and four categories, and binary ones, the same in both groups but the residual variance of q1
mixed <- as.data.frame(sapply(1:6, function(j) draw(loads[j] * f[, 1] + rnorm(sum(n), sd = ifelse(south & j == 1, 1.8, 1)), list(c(-1, 0, 1), c(.2), c(-.6, .7), c(-.9, .3, 1.2), c(-.3), c(-1.1, .2, .9))[[j]]))); names(mixed) <- paste0("q", 1:6); mixed$g <- g
binary <- as.data.frame(sapply(1:5, function(j) draw(loads[j] * f[, 1] + rnorm(sum(n)), c(-.4, .2, .6, -.1, .4)[j]))); names(binary) <- paste0("q", 1:5); binary$g <- g
items8 <- paste0("q", 1:8); items5 <- paste0("q", 1:5); items6 <- paste0("q", 1:6)
model8 <- "f =~ q1 + q2 + q3 + q4\nh =~ q5 + q6 + q7 + q8"; model5 <- "f =~ q1 + q2 + q3 + q4 + q5"
# measEq.syntax keeps residual variances of binary items at 1 until intercepts are equal, which tests them with the loadings; here they are free
# from equal loadings on (first residual of an all-binary factor: from equal intercepts on)
by_hand <- function(items, count, held) {
  equal <- function(k) k %in% held
  lines <- unlist(lapply(items, function(i) { k <- count[[i]]
    c(if (equal("loadings")) sprintf("f =~ NA*%s + c(l.%s, l.%s)*%s", i, i, i, i) else sprintf("f =~ c(NA, NA)*%s", i),
      sprintf(if (equal("thresholds")) "%1$s | c(%1$s.%2$d, %1$s.%2$d)*t%2$d" else "%1$s | c(NA, NA)*t%2$d", i, seq_len(k)),
      if (equal("thresholds") && !equal("intercepts")) sprintf("%s ~ c(0, NA)*1", i) else sprintf("%s ~ c(0, 0)*1", i),
      if (equal("thresholds") && !equal("residuals") && (k > 1 || equal("intercepts") || (equal("loadings") && max(unlist(count)) > 1))) sprintf("%1$s ~~ c(1, NA)*%1$s", i) else sprintf("%1$s ~~ c(1, 1)*%1$s", i)) }))
  paste(c(lines, if (equal("intercepts")) "f ~ c(0, NA)*1" else "f ~ c(0, 0)*1", if (equal("loadings")) "f ~~ c(1, NA)*f" else "f ~~ c(1, 1)*f"), collapse = "\n")
}
hand <- function(data, items, steps) { count <- sapply(items, function(i) length(unique(data[[i]])) - 1, simplify = FALSE)
  s <- lapply(steps, function(k) by_hand(items, count, if (k) kinds[seq_len(k)] else character(0))); names(s) <- names_of[steps + 1]; ladder(s, data, items, estimator = "WLSMV") }
data(bfi, package = if (nzchar(system.file(package = "psychTools"))) "psychTools" else "psych"); big <- bfi[complete.cases(bfi[, c(paste0("A", 1:5), paste0("C", 1:5), "gender")]), ]; big$g <- big$gender
modelb <- "A =~ A1 + A2 + A3 + A4 + A5\nC =~ C1 + C2 + C3 + C4 + C5"; itemsb <- c(paste0("A", 1:5), paste0("C", 1:5))
out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan")), semTools = as.character(packageVersion("semTools"))),
  two = as.list(two), holes = as.list(holes), three = as.list(three), mixed = as.list(mixed), binary = as.list(binary),
  cases = list(
    wlsmv = standard(model8, two, items8, estimator = "WLSMV"),
    wlsm = standard(model8, two, items8, estimator = "WLSM", upto = 2),
    dwls = standard(model8, two, items8, estimator = "DWLS", se = "standard", test = "standard", upto = 2),
    ulsmv = standard(model8, two, items8, estimator = "ULSMV", upto = 3),
    pairwise = standard(model8, holes, items8, estimator = "WLSMV", missing = "pairwise", upto = 3),
    partial = standard(model8, two, items8, estimator = "WLSMV", partial = c("q3 | t2", "h =~ q6", "q2 ~ 1", "q7 ~~ q7")),
    three = standard(model5, three, items5, estimator = "WLSMV"),
    mixed = hand(mixed, items6, 0:4),
    binary = hand(binary, items5, c(0, 3, 4)),
    bfi = standard(modelb, big, itemsb, estimator = "WLSMV")))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE, dataframe = "columns")
