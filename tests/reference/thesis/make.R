# Durbin-Watson by lmtest (exact and normal), Spearman by cor.test, partial correlations from residuals of lm, nested models by anova,
# on data that R ships. Run: Rscript make.R
library(jsonlite); suppressPackageStartupMessages(library(lmtest))
f <- rating ~ complaints + privileges + learning + raises + critical + advance
m <- lm(f, attitude)
dw <- function(m, exact) { p <- sapply(c("greater", "less", "two.sided"), function(a) dwtest(m, alternative = a, exact = exact, tol = 1e-14)$p.value); list(d = unname(dwtest(m)$statistic), positive = p[[1]], negative = p[[2]], both = p[[3]]) }
set.seed(20240301); long <- data.frame(a = rnorm(1500)); long$y <- .3 * long$a + as.numeric(arima.sim(list(ar = .05), 1500))
parts <- lapply(names(attitude)[-1], function(v) { rest <- setdiff(names(attitude), c("rating", v))
  e <- resid(lm(reformulate(rest, v), attitude)); list(term = v, zero = cor(attitude$rating, attitude[[v]]), partial = cor(resid(lm(reformulate(rest, "rating"), attitude)), e), part = cor(attitude$rating, e)) })
pairs <- function(d, test) do.call(c, lapply(1:(ncol(d) - 1), function(i) lapply((i + 1):ncol(d), function(j) test(d, i, j))))
partial <- pairs(attitude[1:4], function(d, i, j) { z <- as.matrix(d[-c(i, j)]); r <- cor(resid(lm(d[[i]] ~ z)), resid(lm(d[[j]] ~ z))); df <- nrow(d) - 4; t <- r * sqrt(df / (1 - r^2)); list(a = names(d)[i], b = names(d)[j], r = r, t = t, p = 2 * pt(-abs(t), df)) })
air <- airquality[1:4]
rank <- pairs(air, function(d, i, j) { t <- suppressWarnings(cor.test(d[[i]], d[[j]], method = "spearman", exact = FALSE)); list(a = names(d)[i], b = names(d)[j], r = unname(t$estimate), p = t$p.value, n = sum(complete.cases(d[c(i, j)]))) })
small <- lm(rating ~ complaints, attitude); mid <- lm(rating ~ complaints + learning, attitude); av <- anova(small, mid); av2 <- anova(mid, m)
out <- list(versions = list(R = R.version.string, lmtest = as.character(packageVersion("lmtest"))), attitude = as.list(attitude), air = as.list(air), long = as.list(long),
  dw_exact = dw(m, TRUE), dw_long = dw(lm(y ~ a, long), FALSE), dw_cars = dw(lm(dist ~ speed, cars), TRUE), cars = as.list(cars),
  parts = parts, partial = partial, spearman = rank, blocks = list(r2 = c(summary(small)$r.squared, summary(mid)$r.squared, summary(m)$r.squared), F = c(unname(summary(small)$fstatistic[1]), av$F[2], av2$F[2]), p = c(anova(small)$`Pr(>F)`[1], av$`Pr(>F)`[2], av2$`Pr(>F)`[2])))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null")
