# Indices of careless responding by their formulas in base R, on answers generated here. Run: Rscript make.R
library(jsonlite)
set.seed(20240611)
n <- 40; k <- 12
trait <- matrix(rnorm(n * 3), n)
x <- sapply(1:k, function(i) pmin(5, pmax(1, round(3 + 1.3 * trait[, (i - 1) %/% 4 + 1] * ifelse(i %% 4 == 0, -1, 1) + rnorm(n, sd = .5)))))
x[1, ] <- 3; x[2, ] <- rep(c(1, 5), 6); x[5, 4] <- NA; x[9, c(1, 2, 12)] <- NA
longstring <- apply(x, 1, function(r) { e <- rle(r); max(e$lengths[!is.na(e$values)]) })
irv <- apply(x, 1, sd, na.rm = TRUE)
whole <- complete.cases(x)
d2 <- rep(NA, n); d2[whole] <- mahalanobis(x[whole, ], colMeans(x[whole, ]), cov(x[whole, ]))
R <- cor(x, use = "pairwise.complete.obs")
pairs <- function(keep) { w <- which(keep & upper.tri(R), arr.ind = TRUE); w[order(w[, 1], w[, 2]), , drop = FALSE] }
own <- function(w) apply(x, 1, function(r) { a <- r[w[, 1]]; b <- r[w[, 2]]; ok <- !is.na(a) & !is.na(b)
  if (sum(ok) < 3 || sd(a[ok]) == 0 || sd(b[ok]) == 0) NA else cor(a[ok], b[ok]) })
syn <- pairs(R > .6); ant <- pairs(R < -.6)
keyed <- x; keyed[, c(4, 8, 12)] <- 6 - keyed[, c(4, 8, 12)]
half <- function(start) sapply(0:2, function(s) rowMeans(keyed[, 4 * s + seq(start, 4, 2)], na.rm = TRUE))
odd <- half(1); even <- half(2)
eo <- sapply(1:n, function(i) { if (sd(odd[i, ]) == 0 || sd(even[i, ]) == 0) return(NA); r <- cor(odd[i, ], even[i, ]); max(-1, 2 * r / (1 + r)) })
# Guttman errors of the first scale by counting pairs of steps; the maximum over all 5^4 patterns with the same sum
s1 <- keyed[, 1:4]; ok <- complete.cases(s1)
steps <- expand.grid(step = 2:5, item = 1:4)
share <- mapply(function(i, m) mean(s1[ok, i] >= m), steps$item, steps$step)
o <- order(-share)
errors <- function(r) { y <- mapply(function(i, m) r[i] >= m, steps$item[o], steps$step[o]); sum(sapply(seq_along(y), function(j) if (y[j]) sum(!y[seq_len(j - 1)]) else 0)) }
g <- rep(NA, n); g[ok] <- apply(s1[ok, ], 1, errors)
all <- as.matrix(expand.grid(rep(list(1:5), 4))); ge <- apply(all, 1, errors)
most <- rep(NA, n); most[ok] <- sapply(rowSums(s1[ok, ]), function(t) max(ge[rowSums(all) == t]))
write_json(list(versions = list(R = R.version.string), x = x, longstring = longstring, irv = irv, mahalanobis = d2, synonyms = list(pairs = unname(syn) - 1, value = own(syn)),
  antonyms = list(pairs = unname(ant) - 1, value = own(ant)), even_odd = eo, guttman = list(errors = g, most = most)), "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
