# Krippendorff's alpha. irr is not in Debian: the coincidence matrix of Krippendorff (2011), in base R, on his own example
# of four observers and twelve units. Run: Rscript make.R
library(jsonlite)
x <- rbind(A = c(1, 2, 3, 3, 2, 1, 4, 1, 2, NA, NA, NA), B = c(1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NA, 3),
  C = c(NA, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NA), D = c(1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NA))
alpha <- function(x, metric) {
  v <- sort(unique(as.vector(x))); k <- length(v); o <- matrix(0, k, k)
  for (u in seq_len(ncol(x))) { s <- x[!is.na(x[, u]), u]; m <- length(s); if (m < 2) next
    for (i in seq_len(m)) for (j in seq_len(m)) if (i != j) { a <- match(s[i], v); b <- match(s[j], v); o[a, b] <- o[a, b] + 1 / (m - 1) } }
  n <- rowSums(o); d <- matrix(0, k, k)
  for (a in 1:k) for (b in 1:k) d[a, b] <- switch(metric, nominal = as.numeric(a != b), interval = (v[a] - v[b])^2, ratio = ((v[a] - v[b]) / (v[a] + v[b]))^2,
    ordinal = (sum(n[min(a, b):max(a, b)]) - (n[a] + n[b]) / 2)^2)
  1 - (sum(n) - 1) * sum(o * d) / sum(outer(n, n) * d) }
metrics <- c("nominal", "ordinal", "interval", "ratio")
y <- outer(1:15, 1:5, function(i, j) 1 + (i * 3 + (i * j) %% 4) %% 7); y[cbind(1:15, 1 + (1:15) %% 5)] <- NA; y[2, 1:4] <- NA
all_of <- function(x) setNames(lapply(metrics, function(m) alpha(x, m)), metrics)
out <- list(versions = list(R = R.version.string), canonical = list(data = as.data.frame(t(x)), printed = list(nominal = .743, ordinal = .815, interval = .849, ratio = .797), alpha = all_of(x)),
  built = list(data = as.data.frame(y), alpha = all_of(t(y))))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE, dataframe = "columns")
