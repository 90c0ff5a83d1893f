# White's test and RESET by lmtest, added squares by anova, DFFITS and DFBETAS by base R, condition indices by svd, on data that R
# ships. Run: Rscript make.R
library(jsonlite); suppressPackageStartupMessages(library(lmtest))
m <- lm(rating ~ complaints + learning + advance, attitude); w <- bptest(m, ~ (complaints + learning + advance)^2 + I(complaints^2) + I(learning^2) + I(advance^2), data = attitude); r <- resettest(m, 2:3)
sq <- sapply(c("complaints", "learning", "advance"), function(v) { a <- anova(m, update(m, as.formula(paste0(". ~ . + I(", v, "^2)")))); c(a$F[2], a$`Pr(>F)`[2]) })
X <- model.matrix(m); s <- svd(sweep(X, 2, sqrt(colSums(X^2)), "/")); phi <- sweep(s$v, 2, s$d, "/")^2; prop <- t(phi / rowSums(phi))
write_json(list(versions = list(R = R.version.string, lmtest = as.character(packageVersion("lmtest"))), data = as.list(attitude), white = unname(c(w$statistic, w$parameter, w$p.value)), reset = unname(c(r$statistic, r$parameter[1], r$p.value)),
  squares = unname(t(sq)), dffits = max(abs(dffits(m))), dfbetas = max(abs(dfbetas(m))), dfbetas_beyond = sum(apply(abs(dfbetas(m)), 1, max) > 2 / sqrt(30)), index = max(s$d) / s$d, shares = prop), "values.json", digits = NA, auto_unbox = TRUE, matrix = "rowmajor")
