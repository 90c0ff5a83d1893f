# Cronbach's alpha by psych, Feldt's interval by its formula. Answers are generated here. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(psych))
set.seed(20240301)
n <- 120
trait <- rnorm(n)
likert <- as.data.frame(lapply(1:6, function(i) pmin(5, pmax(1, round(3 + .7 * trait + rnorm(n, sd = .4 + .15 * i))))))
names(likert) <- paste0("q", 1:6)
holes <- likert
holes[cbind(sample(n, 30), sample(6, 30, TRUE))] <- NA
feldt <- function(a, n, k, level) 1 - (1 - a) * qf(c(1 - (1 - level) / 2, (1 - level) / 2), n - 1, (n - 1) * (k - 1))
one <- function(x, n, level) {
  a <- suppressWarnings(psych::alpha(x, warnings = FALSE))
  list(data = as.list(x), n = n, level = level, raw_alpha = a$total$raw_alpha, std_alpha = a$total$std.alpha, average_r = a$total$average_r,
       ase = a$total$ase, mean = a$total$mean, sd = a$total$sd, r_drop = a$item.stats$r.drop, alpha_drop = a$alpha.drop$raw_alpha,
       feldt = feldt(a$total$raw_alpha, n, ncol(x), level))
}
out <- list(
  versions = list(R = R.version.string, psych = as.character(packageVersion("psych"))),
  note = "std_alpha of `pairwise` is that of psych < 2.5 (standardised pairwise covariances); newer versions take pairwise correlations",
  attitude = one(attitude, 30, .95), likert = one(likert, n, .9), listwise = one(na.omit(holes), nrow(na.omit(holes)), .95),
  pairwise = one(holes, n, .95)
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
