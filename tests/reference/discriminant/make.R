# HTMT, HTMT2, Fornell-Larcker, Harman, full collinearity and the marker correction by their formulas (semTools is not
# used). Harman74.cor (ships with R, n = 145); Holzinger-Swineford (ships with lavaan, n = 301), whose bootstrap
# quantiles are kept, not its rows. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(lavaan); library(psych)})
ratio <- function(R, sets, geometric) {
  m <- function(v) if (geometric) exp(mean(log(abs(v)))) else mean(abs(v))
  inner <- sapply(sets, function(s) { B <- R[s, s]; m(B[lower.tri(B)]) })
  apply(combn(length(sets), 2), 2, function(p) m(R[sets[[p[1]]], sets[[p[2]]]]) / sqrt(inner[p[1]] * inner[p[2]]))
}
larcker <- function(R, sets, n) {
  one <- lapply(sets, function(s) { l <- abs(as.numeric(loadings(factanal(covmat = R[s, s], factors = 1, n.obs = n, control = list(opt = list(factr = 1e3))))))
    c(ave = mean(l^2), cr = sum(l)^2 / (sum(l)^2 + sum(1 - l^2))) })
  S <- sapply(sets, function(a) sapply(sets, function(b) sum(R[a, b]))); S <- S / sqrt(diag(S) %o% diag(S))
  cr <- sapply(one, `[[`, "cr"); L <- S / sqrt(cr %o% cr)
  list(ave = unname(sapply(one, `[[`, "ave")), observed = S[lower.tri(S)], latent = L[lower.tri(L)], vif = unname(diag(solve(S))))
}
one <- function(R, n, sets) {
  items <- unlist(sets); A <- R[items, items]; f <- fa(A, 1, fm = "pa", n.obs = n, min.err = 1e-12, max.iter = 10000)
  c(list(sets = lapply(sets, function(s) rownames(R)[s]), n = n, htmt = ratio(R, sets, FALSE), htmt2 = ratio(R, sets, TRUE),
    pc1 = eigen(A)$values[1] / length(items), paf1 = sum(f$loadings^2) / length(items)), larcker(R, sets, n))
}
R <- Harman74.cor$cov
sets <- list(spatial = 1:4, verbal = 5:9, speed = 10:13, memory = 14:18)
harman <- c(list(names = rownames(R), R = unname(R)), one(R, 145, sets))
with <- c(sets, list(marker = 19)); S <- sapply(with, function(a) sapply(with, function(b) sum(R[a, b]))); S <- S / sqrt(diag(S) %o% diag(S))
m <- min(S[5, 1:4]); r <- S[1:4, 1:4][lower.tri(diag(4))]; a <- (r - m) / (1 - m); t <- a * sqrt((145 - 3) / (1 - a^2))
harman$marker <- list(name = rownames(R)[19], m = m, adjusted = a, t = t, p = 2 * pt(-abs(t), 142))
x <- as.matrix(HolzingerSwineford1939[, paste0("x", 1:9)]); three <- list(visual = 1:3, textual = 4:6, speed = 7:9)
hs <- one(cor(x), 301, three)
set.seed(20240307)
b <- replicate(4000, { i <- sample(301, replace = TRUE); C <- cor(x[i, ]); c(ratio(C, three, FALSE), ratio(C, three, TRUE)) })
hs$low <- unname(apply(b, 1, quantile, .025)); hs$high <- unname(apply(b, 1, quantile, .975)); hs$se <- unname(apply(b, 1, sd))
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych")), lavaan = as.character(packageVersion("lavaan"))), harman = harman, hs = hs)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
