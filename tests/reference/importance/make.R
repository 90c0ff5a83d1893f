# Lindeman, Merenda and Gold's importance by its definition (all orders); relaimpo 2.2-7 gives the same for attitude.
# Run: Rscript make.R
library(jsonlite)
perms <- function(v) if (length(v) <= 1) list(v) else do.call(c, lapply(seq_along(v), function(i) lapply(perms(v[-i]), function(p) c(v[i], p))))
r2 <- function(y, terms, d) if (!length(terms)) 0 else summary(lm(reformulate(terms, y), d))$r.squared
lmg <- function(y, terms, d) {
  gains <- sapply(perms(terms), function(p) { g <- diff(sapply(0:length(p), function(i) r2(y, p[seq_len(i)], d))); g[match(terms, p)] })
  setNames(as.list(rowMeans(gains)), terms)
}
cars <- transform(mtcars, gear = paste0("g", gear))
write_json(list(versions = list(R = R.version.string),
  attitude = list(data = as.list(attitude[1:5]), r2 = r2("rating", names(attitude)[2:5], attitude), lmg = lmg("rating", names(attitude)[2:5], attitude)),
  cars = list(data = as.list(cars[c("mpg", "wt", "hp", "gear")]), r2 = r2("mpg", c("wt", "hp", "gear"), cars), lmg = lmg("mpg", c("wt", "hp", "gear"), cars))),
  "values.json", digits = NA, auto_unbox = TRUE)
