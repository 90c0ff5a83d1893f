# Kendall's W from R's own friedman.test: chi2 = m (n - 1) W, with its correction for ties. Run: Rscript make.R
library(jsonlite)
ties <- outer(1:9, 1:4, function(i, j) 1 + (i + (i * j) %% 3) %% 5)
plain <- cbind(1:7, c(2, 1, 3, 5, 4, 7, 6), c(1, 3, 2, 4, 6, 5, 7))
of <- function(x) { f <- friedman.test(t(x)); list(data = as.data.frame(x), W = unname(f$statistic) / (ncol(x) * (nrow(x) - 1)), chi2 = unname(f$statistic), p = f$p.value) }
perms <- function(v) if (length(v) < 2) list(v) else do.call(c, lapply(seq_along(v), function(i) lapply(perms(v[-i]), function(p) c(v[i], p))))
small <- cbind(c(1, 2, 3, 4), c(2, 1, 3, 4), c(1, 2, 4, 3)); s <- function(r) sum((rowSums(r) - mean(rowSums(r)))^2); all4 <- perms(1:4)
seen <- s(small); reached <- 0; for (p in all4) for (q in all4) reached <- reached + (s(cbind(small[, 1], small[p, 2], small[q, 3])) >= seen - 1e-9)
out <- list(versions = list(R = R.version.string), ties = of(ties), plain = of(plain), small = c(of(small), list(exact = reached / length(all4)^2)))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE, dataframe = "columns")
