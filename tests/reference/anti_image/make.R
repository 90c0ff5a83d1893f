# Anti-image matrices by psych's KMO, of data that R ships (Harman74.cor, attitude). Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages(library(psych))
one <- function(R, n) { k <- KMO(R); list(names = rownames(R), R = unname(R), n = n, covariance = unname(k$ImCov), correlation = unname(k$Image), msa = unname(k$MSAi)) }
out <- list(versions = list(R = R.version.string, psych = as.character(packageVersion("psych"))),
  harman = one(Harman74.cor$cov, 145), attitude = one(cor(attitude), 30))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = FALSE)
