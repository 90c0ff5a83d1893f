# Moments by EM as lavaan's saturated model, and Little's d2 by its formula in base R with those moments. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(lavaan))
set.seed(20240612)
one <- function(d) {
  fit <- lavCor(d, missing = "ml", output = "fit", em.h1.tol = 1e-11, em.h1.iter.max = 20000L)
  s <- lavInspect(fit, "sampstat"); mu <- as.numeric(s$mean); S <- unclass(s$cov)
  x <- as.matrix(d); x <- x[rowSums(!is.na(x)) > 0, ]
  key <- apply(is.na(x), 1, function(r) paste(as.integer(r), collapse = ""))
  d2 <- 0; ks <- 0
  for (p in unique(key)) {
    o <- which(strsplit(p, "")[[1]] == "0"); m <- colMeans(x[key == p, o, drop = FALSE]) - mu[o]
    d2 <- d2 + sum(key == p) * drop(m %*% solve(S[o, o, drop = FALSE]) %*% m); ks <- ks + length(o)
  }
  df <- ks - ncol(x)
  ll <- sum(apply(x, 1, function(r) { o <- !is.na(r); e <- r[o] - mu[o]; V <- S[o, o, drop = FALSE]
    -0.5 * (sum(o) * log(2 * pi) + as.numeric(determinant(V)$modulus) + drop(e %*% solve(V) %*% e)) }))
  list(columns = as.list(d), mean = mu, cov = unname(S), loglik = ll, chisq = d2, df = df,
       p = pchisq(d2, df, lower.tail = FALSE), patterns = length(unique(key)))
}
n <- 80
f <- rnorm(n)
likert <- as.data.frame(sapply(1:5, function(i) pmin(5, pmax(1, round(3 + f + rnorm(n, sd = .8))))))
names(likert) <- paste0("q", 1:5)
for (i in 2:5) likert[runif(n) < .12, i] <- NA
late <- likert; late$q2[late$q1 > 3 & runif(n) < .6] <- NA
write_json(list(versions = list(R = R.version.string, lavaan = as.character(packageVersion("lavaan"))), airquality = one(airquality[, 1:4]), likert = one(likert), late = one(late)),
  "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
