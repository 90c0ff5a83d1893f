# Johnson's relative weights by their formula and dominance from lm over all subsets, on data that R ships. Run: Rscript make.R
library(jsonlite)
v <- c("complaints", "privileges", "learning", "raises"); R <- cor(attitude[c(v, "rating")]); e <- eigen(R[1:4, 1:4]); W <- e$vectors %*% diag(sqrt(e$values)) %*% t(e$vectors)
rw <- as.vector(W^2 %*% (solve(W) %*% R[1:4, 5])^2)
r2 <- function(s) if (!length(s)) 0 else summary(lm(reformulate(s, "rating"), attitude))$r.squared
pairs <- do.call(c, lapply(1:3, function(i) lapply((i + 1):4, function(j) { rest <- v[-c(i, j)]; subs <- c(list(character(0)), as.list(rest), list(rest)); d <- sapply(subs, function(s) r2(c(s, v[i])) - r2(c(s, v[j]))); list(a = v[i], b = v[j], share = mean(d > 0), by_size = c(d[1], mean(d[2:3]), d[4])) })))
write_json(list(versions = list(R = R.version.string), data = as.list(attitude[c("rating", v)]), weights = rw, pairs = pairs), "values.json", digits = NA, auto_unbox = TRUE)
