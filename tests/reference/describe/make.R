# Description by R; skewness and kurtosis of type 2 (SPSS, SAS) written out. Run: Rscript make.R
library(jsonlite)
skew2 <- function(x) { n <- length(x); d <- x - mean(x); mean(d^3) / mean(d^2)^1.5 * sqrt(n * (n - 1)) / (n - 2) }
kurt2 <- function(x) { n <- length(x); d <- x - mean(x); g <- mean(d^4) / mean(d^2)^2 - 3; ((n + 1) * g + 6) * (n - 1) / ((n - 2) * (n - 3)) }
one <- function(x) {
  m <- sum(is.na(x)); x <- x[!is.na(x)]; q <- unname(quantile(x, c(.25, .5, .75), type = 7))
  list(n = length(x), missing = m, mean = mean(x), sd = sd(x), se = sd(x) / sqrt(length(x)), q1 = q[1], median = q[2], q3 = q[3],
       min = min(x), max = max(x), skewness = skew2(x), kurtosis = kurt2(x))
}
data <- airquality[, c("Ozone", "Solar.R", "Wind", "Temp")]
out <- list(versions = list(R = R.version.string), data = as.list(data), rows = lapply(data, one))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
