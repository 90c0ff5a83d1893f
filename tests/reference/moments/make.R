# Moments by R: listwise on attitude, pairwise on airquality (both ship with R). Run: Rscript make.R
library(jsonlite)
air <- airquality[, c("Ozone", "Solar.R", "Wind", "Temp")]
out <- list(
  versions = list(R = R.version.string),
  attitude = list(data = as.list(attitude), mean = colMeans(attitude), cov = unname(cov(attitude)), cor = unname(cor(attitude))),
  airquality = list(
    data = as.list(air), cov_pairwise = unname(cov(air, use = "pairwise")), cor_pairwise = unname(cor(air, use = "pairwise")),
    cov_listwise = unname(cov(air, use = "complete")), n_listwise = sum(complete.cases(air))
  )
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
