# Wilson, Clopper-Pearson and Agresti-Coull intervals; a mean's t interval. Run: Rscript make.R
library(jsonlite)
ac <- function(x, n, l) { z <- qnorm(1 - (1 - l) / 2); m <- n + z^2; p <- (x + z^2 / 2) / m; p + c(-1, 1) * z * sqrt(p * (1 - p) / m) }
one <- function(x, n, level) list(x = x, n = n, level = level, wilson = as.numeric(suppressWarnings(prop.test(x, n, conf.level = level, correct = FALSE))$conf.int),
  exact = as.numeric(binom.test(x, n, conf.level = level)$conf.int), agresti = pmin(1, pmax(0, ac(x, n, level))))
t <- t.test(attitude$rating, conf.level = .9)
write_json(list(versions = list(R = R.version.string), cases = list(one(37, 120, .95), one(0, 20, .95), one(20, 20, .9), one(1, 7, .99), one(361, 400, .95)),
  mean = list(data = attitude$rating, low = t$conf.int[1], high = t$conf.int[2], mean = unname(t$estimate), se = t$stderr)), "values.json", digits = NA, auto_unbox = TRUE)
