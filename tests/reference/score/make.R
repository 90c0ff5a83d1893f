# Score tests of equality constraints by lavaan's lavTestScore: loadings and intercepts equal across groups (Holzinger &
# Swineford, 1939; ML, complete and with missing answers), labels in one group (Political Democracy), three groups, and
# thresholds, loadings of ordinal items (simulated, Wu and Estabrook's identification). Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lavaan))
HS <- HolzingerSwineford1939; hs <- "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
HS$third <- c("one", "two", "three")[(seq_len(nrow(HS)) %% 3) + 1]
hole <- HS; for (j in 1:9) hole[((seq_len(nrow(HS)) * 7 + (j + 6) * 11) %% 9) == 0, paste0("x", j)] <- NA
pd <- "ind60 =~ x1 + x2 + x3\ndem60 =~ y1 + a*y2 + b*y3 + c*y4\ndem65 =~ y5 + a*y6 + b*y7 + c*y8\ndem60 ~ ind60\ndem65 ~ ind60 + dem60"
told <- function(f) { s <- suppressWarnings(lavTestScore(f)); p <- parTable(f); r <- match(s$uni$rhs, p$plabel)
  list(X2 = s$test$X2, df = s$test$df, uni = data.frame(lhs = p$lhs[r], op = p$op[r], rhs = p$rhs[r], group = p$group[r], X2 = s$uni$X2, p = s$uni$p.value)) }
tight <- list(rel.tol = 1e-10)
set.seed(77)
n <- c(450, 450); g <- rep(c("a", "b"), n); b <- g == "b"; f <- rnorm(900) + .3 * b
y <- sapply(1:5, function(j) c(1, .9, .8, 1.1, .7)[j] * f + rnorm(900))
cuts <- list(c(-1, 0, 1), c(-1.2, -.3, .5, 1.4), c(-.9, .1, 1.1), c(-.6, .4, 1.3), c(-1.1, -.2, .9))
ordinal <- as.data.frame(sapply(1:5, function(j) ifelse(b & j == 2, findInterval(y[, j], cuts[[j]] + c(0, .4, 0, 0)[seq_along(cuts[[j]])]), findInterval(y[, j], cuts[[j]])) + 1)); names(ordinal) <- paste0("q", 1:5); ordinal$g <- g
items <- paste0("q", 1:5)
steps <- function(loadings) paste(c(unlist(lapply(seq_along(items), function(j) { i <- items[j]; k <- length(cuts[[j]])
  c(if (loadings) sprintf("f =~ NA*%s + c(l.%s, l.%s)*%s", i, i, i, i) else sprintf("f =~ c(NA, NA)*%s", i), sprintf("%1$s | c(%1$s.%2$d, %1$s.%2$d)*t%2$d", i, seq_len(k)), sprintf("%s ~ c(0, NA)*1", i), sprintf("%1$s ~~ c(1, NA)*%1$s", i)) })),
  "f ~ c(0, 0)*1", if (loadings) "f ~~ c(1, NA)*f" else "f ~~ c(1, 1)*f"), collapse = "\n")
dwls <- function(loadings) cfa(steps(loadings), ordinal, ordered = items, parameterization = "theta", group = "g", estimator = "DWLS", se = "standard", test = "standard", control = tight)
out <- list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))), ordinal = as.list(ordinal), cases = list(
  scalar = told(cfa(hs, HS, group = "school", group.equal = c("loadings", "intercepts"), control = tight)),
  strict = told(cfa(hs, HS, group = "school", group.equal = c("loadings", "intercepts", "residuals"), control = tight)),
  three = told(cfa(hs, HS, group = "third", group.equal = c("loadings", "intercepts"), control = tight)),
  labels = told(sem(pd, PoliticalDemocracy, control = tight)),
  missing = told(cfa(hs, hole, group = "school", group.equal = "loadings", missing = "ml", control = tight)),
  thresholds = told(dwls(FALSE)), metric = told(dwls(TRUE))))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE, dataframe = "columns")
