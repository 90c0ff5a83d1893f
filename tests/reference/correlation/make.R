# Correlations by cor.test on airquality, pair by pair and on complete rows. Run: Rscript make.R
library(jsonlite)
air <- airquality[, c("Ozone", "Solar.R", "Wind", "Temp")]
pairs_of <- function(d) unlist(lapply(1:3, function(i) lapply((i + 1):4, function(j) {
  t <- cor.test(d[[i]], d[[j]], conf.level = .9)
  list(a = names(d)[i], b = names(d)[j], r = unname(t$estimate), t = unname(t$statistic), df = unname(t$parameter), p = t$p.value,
       low = t$conf.int[1], high = t$conf.int[2])
})), recursive = FALSE)
out <- list(versions = list(R = R.version.string), level = .9, data = as.list(air), pairwise = pairs_of(air), listwise = pairs_of(na.omit(air)))
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
