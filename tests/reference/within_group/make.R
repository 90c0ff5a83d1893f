# r_wg, r_wg(j), a_wg and AD by their formulas in base R (multilevel is not in Debian). Run: Rscript make.R
library(jsonlite)
i <- 1:47; g <- paste0("U", 1 + (i * 5) %% 6)
d <- data.frame(g = g, q1 = 1 + (i * 3 + i %% 4) %% 5, q2 = 2 + (i %% 3), q3 = 3 + (i %% 2))
awg1 <- function(x, L = 1, H = 5) { k <- length(x); m <- mean(x); if (m < (L * (k - 1) + H) / k || m > (H * (k - 1) + L) / k) return(NA)
  1 - 2 * var(x) / (((H + L) * m - m^2 - H * L) * k / (k - 1)) }
of <- function(items, v) lapply(split(d, factor(d$g, unique(d$g))), function(e) { x <- as.matrix(e[items]); j <- length(items); s <- mean(apply(x, 2, var)) / v
  list(n = nrow(e), mean = mean(colMeans(x)), variance = s * v, raw = 1 - s, rwg = if (s >= 1) 0 else j * (1 - s) / (j * (1 - s) + s),
    a_wg = mean(apply(x, 2, awg1)), ad = mean(apply(x, 2, function(y) mean(abs(y - mean(y)))))) })
out <- list(versions = list(R = R.version.string), data = as.list(d), one = of("q1", 2), scale = of(c("q1", "q2", "q3"), 2), skew = of(c("q1", "q2", "q3"), 1.34))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
