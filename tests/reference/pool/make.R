# Rubin's rules by mice: pool() over lm fits to imputed data sets that stand in the values, and pool.scalar() on bare numbers.
# Data: airquality (ships with R), imputed by mice. Run: Rscript make.R
suppressPackageStartupMessages({ library(jsonlite); library(mice) })
imp <- mice(airquality[c("Ozone", "Solar.R", "Wind", "Temp")], m = 7, maxit = 5, seed = 20240301, printFlag = FALSE)
sets <- lapply(1:7, function(i) as.list(complete(imp, i)))
fits <- with(imp, lm(Ozone ~ Solar.R + Wind + Temp)); p <- pool(fits); s <- summary(p, conf.int = TRUE)
few <- with(imp, lm(Temp ~ Ozone)); q <- pool(few); u <- summary(q, conf.int = TRUE)
take <- function(p, s) list(b = s$estimate, se = s$std.error, t = s$statistic, df = s$df, p = s$p.value, low = s[["2.5 %"]], high = s[["97.5 %"]], within = p$pooled$ubar, between = p$pooled$b, riv = p$pooled$riv, fmi = p$pooled$fmi, df_complete = p$pooled$dfcom)
scalar <- function(Q, U, n, k) { r <- pool.scalar(Q, U, n = n, k = k); list(Q = Q, se = sqrt(U), n = n, k = k, b = r$qbar, within = r$ubar, between = r$b, total = r$t, df = r$df, riv = r$r, fmi = r$fmi) }
set.seed(1)
write_json(list(versions = list(R = R.version.string, mice = as.character(packageVersion("mice"))), sets = sets,
  three = c(list(r2 = unname(pool.r.squared(fits)[1, "est"])), take(p, s)), one = c(list(r2 = unname(pool.r.squared(few)[1, "est"])), take(q, u)),
  scalar = list(scalar(c(.31, .42, .27), c(.01, .012, .009), 120, 4), scalar(rnorm(20, 2, .5), runif(20, .1, .3), 30, 6), scalar(c(1.01, 1.02, 1, .99, 1.03), rep(.25, 5), 2000, 9))),
  "values.json", digits = NA, auto_unbox = TRUE)
