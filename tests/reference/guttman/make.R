# Guttman's lambdas and split halves by psych, of correlations; all splits by enumeration of covariances. Data that R ships.
# psych 2.2.9 has a wrong lambda 4 in guttman(): it is taken from the enumeration. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(psych))
splits <- function(C) {
  k <- ncol(C); s <- combn(k, k %/% 2)
  if (k %% 2 == 0) s <- s[, s[1, ] == 1, drop = FALSE]
  g <- apply(s, 2, function(a) 4 * sum(C[a, -a]) / sum(C))
  r <- apply(s, 2, function(a) sum(C[a, -a]) / sqrt(sum(C[a, a]) * sum(C[-a, -a])))
  list(n = ncol(s), best = max(g), worst = min(g), mean = mean(g), sb = c(max(2 * r / (1 + r)), min(2 * r / (1 + r)), mean(2 * r / (1 + r))))
}
one <- function(C, n) {
  R <- cov2cor(C); g <- suppressWarnings(guttman(R)); k <- ncol(C); D <- C; diag(D) <- 0
  list(names = rownames(C), C = unname(C), n = n, correlations = c(g$lambda.1, g$lambda.2, g$lambda.3, g$lambda.5, g$lambda.6),
       covariances = c(1 - tr(C) / sum(C), (sum(D) + sqrt(k / (k - 1) * sum(D^2))) / sum(C), k / (k - 1) * (1 - tr(C) / sum(C)),
                       (sum(D) + 2 * sqrt(max(colSums(D^2)))) / sum(C), 1 - sum((1 - smc(R)) * diag(C)) / sum(C)),
       of_covariances = splits(C), of_correlations = splits(R))
}
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych"))),
  attitude = one(cov(attitude), 30), ability = one(ability.cov$cov, 112), harman12 = one(Harman74.cor$cov[1:12, 1:12], 145))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
