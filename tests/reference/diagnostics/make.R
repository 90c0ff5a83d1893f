# Breusch-Pagan (Koenker), Shapiro-Wilk, Jarque-Bera, influence of two regressions on data that R ships. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lmtest))
one <- function(f, d) { m <- lm(f, d); b <- bptest(m); s <- shapiro.test(residuals(m)); e <- residuals(m); z <- e - mean(e)
  sk <- mean(z^3) / mean(z^2)^1.5; ku <- mean(z^4) / mean(z^2)^2; jb <- length(e) / 6 * (sk^2 + (ku - 3)^2 / 4)
  list(data = as.list(d[all.vars(f)]), formula = deparse(f), bp = unname(c(b$statistic, b$parameter, b$p.value)), shapiro = unname(c(s$statistic, s$p.value)),
    jb = c(jb, pchisq(jb, 2, lower.tail = FALSE)), skewness = sk, kurtosis = ku - 3, hat = unname(hatvalues(m)), rstudent = unname(rstudent(m)), cooks = unname(cooks.distance(m))) }
write_json(list(versions = list(R = R.version.string, lmtest = as.character(packageVersion("lmtest"))),
  attitude = one(rating ~ complaints + learning + advance, attitude), cars = one(dist ~ speed, cars)), "values.json", digits = NA, auto_unbox = TRUE)
