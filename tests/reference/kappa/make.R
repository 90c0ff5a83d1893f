# Kappa. irr is not in Debian: its formulas in base R (Fleiss, Cohen & Everitt 1969; Fleiss, Nee & Landis 1979; Gwet 2021),
# and psych's cohen.kappa beside them. Data: an ordered rating by a rule, and the table of Fleiss's kappa that textbooks use.
# Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(psych))
n <- 60; i <- 1:n
base <- 1 + (i * 7) %% 4
a <- base; b <- ifelse(i %% 5 == 0, 1 + base %% 4, ifelse(i %% 7 == 0, pmax(base - 1, 1), base)); c <- ifelse(i %% 4 == 0, pmin(base + 1, 4), base)
cohen <- function(a, b, k, kind) {
  p <- table(factor(a, 1:k), factor(b, 1:k)) / length(a); p <- matrix(p, k)
  d <- abs(outer(1:k, 1:k, "-")) / (k - 1)
  w <- switch(kind, unweighted = diag(k), linear = 1 - d, quadratic = 1 - d^2)
  pi. <- rowSums(p); p.j <- colSums(p); po <- sum(w * p); pe <- sum(w * outer(pi., p.j)); kap <- (po - pe) / (1 - pe)
  wi <- as.vector(w %*% p.j); wj <- as.vector(pi. %*% w); m <- length(a); s <- outer(wi, wj, "+")
  null <- (sum(outer(pi., p.j) * (w - s)^2) - pe^2) / (m * (1 - pe)^2)
  full <- (sum(p * (w - s * (1 - kap))^2) - (kap - pe * (1 - kap))^2) / (m * (1 - pe)^2)
  list(value = kap, se_null = sqrt(null), se = sqrt(full), z = kap / sqrt(null), p = 2 * pnorm(-abs(kap / sqrt(null))), low = kap - qnorm(.975) * sqrt(full), high = kap + qnorm(.975) * sqrt(full)) }
kinds <- c("unweighted", "linear", "quadratic")
ck <- cohen.kappa(cbind(a, b))
counts <- matrix(c(0,0,0,0,14, 0,2,6,4,2, 0,0,3,5,6, 0,3,9,2,0, 2,2,8,1,1, 7,7,0,0,0, 3,2,6,3,0, 2,5,3,2,2, 6,5,2,1,0, 0,2,2,3,7), ncol = 5, byrow = TRUE)
fleiss <- function(x) { m <- rowSums(x); n <- nrow(x); sh <- x / m; pi <- colMeans(sh); pe <- sum(pi^2)
  pa <- rowSums(x * (x - 1)) / (m * (m - 1)); k <- (mean(pa) - pe) / (1 - pe)
  star <- (pa - pe) / (1 - pe) - 2 * (1 - k) * (as.vector(sh %*% pi) - pe) / (1 - pe)
  se <- sqrt(sum((star - k)^2) / (n * (n - 1))); t <- qt(.975, n - 1)
  out <- list(value = k, observed = mean(pa), se = se, low = k - t * se, high = k + t * se)
  if (all(m == m[1])) { r <- m[1]; q <- 1 - pi
    out$se_null <- sqrt(2) / (sum(pi * q) * sqrt(n * r * (r - 1))) * sqrt(sum(pi * q)^2 - sum(pi * q * (q - pi)))
    out$category <- 1 - colSums(x * (r - x)) / (n * r * (r - 1) * pi * q); out$category_se <- sqrt(2 / (n * r * (r - 1))) }
  out }
uneven <- counts; uneven[1, 5] <- 9; uneven[4, 3] <- 4; uneven[10, 5] <- 2
pairs <- sapply(list(list(a, b), list(a, c), list(b, c)), function(p) cohen(p[[1]], p[[2]], 4, "linear")$value)
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych"))),
  data = list(a = a, b = b, c = c), cohen = setNames(lapply(kinds, function(k) cohen(a, b, 4, k)), kinds),
  psych = list(kappa = ck$kappa, weighted = ck$weighted.kappa, se = sqrt(ck$var.kappa)),
  light = mean(pairs), fleiss = c(list(counts = counts), fleiss(counts)), uneven = c(list(counts = uneven), fleiss(uneven)))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
