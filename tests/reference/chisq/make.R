# Chi-square tests of tables that R ships. Linear-by-linear is (n - 1) r^2. Run: Rscript make.R
library(jsonlite)
one <- function(t) {
  p <- suppressWarnings(chisq.test(t, correct = FALSE)); E <- p$expected
  g <- 2 * sum(ifelse(t > 0, t * log(t / E), 0)); df <- unname(p$parameter)
  long <- as.data.frame(as.table(t)); r <- with(long[rep(seq_len(nrow(long)), long$Freq), ], cor(as.integer(Var1), as.integer(Var2)))
  n <- sum(t); m <- min(dim(t)) - 1; x2 <- unname(p$statistic)
  ncp <- function(q) if (pchisq(x2, df) <= q) 0 else uniroot(function(l) pchisq(x2, df, l) - q, c(0, 10 * x2 + 50), tol = 1e-11)$root
  out <- list(counts = unname(unclass(t)), rows = rownames(t), cols = colnames(t), chi2 = x2, df = df, p = p$p.value, G = g, Gp = pchisq(g, df, lower.tail = FALSE),
    linear = (n - 1) * r^2, expected_min = min(E), v = sqrt(x2 / (n * m)), v_low = sqrt(ncp(.975) / (n * m)), v_high = min(1, sqrt(ncp(.025) / (n * m))), residual = unname(unclass(p$stdres)))
  if (all(dim(t) == 2)) { y <- suppressWarnings(chisq.test(t)); out$yates <- unname(y$statistic); out$fisher <- fisher.test(t)$p.value }
  out
}
plain <- function(t) { dimnames(t) <- unname(lapply(dimnames(t), as.character)); unclass(t) }
hair <- plain(margin.table(HairEyeColor, c(1, 2))); adm <- plain(margin.table(UCBAdmissions, c(1, 2)))
tea <- matrix(c(3, 1, 1, 3), 2, dimnames = list(c("milk", "tea"), c("milk", "tea"))); cyl <- plain(table(mtcars$cyl, mtcars$gear))
write_json(list(versions = list(R = R.version.string), hair = one(hair), admissions = one(adm), tea = one(tea), cars = one(cyl)),
  "values.json", digits = NA, auto_unbox = TRUE, matrix = "rowmajor")
