# Linear models by lm, sandwich, lmtest and car on data that ship with R. Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({ library(sandwich); library(lmtest); library(car) })
cars <- mtcars[, c("mpg", "wt", "hp", "qsec")]
cars$cyl <- factor(mtcars$cyl); cars$am <- factor(mtcars$am, labels = c("auto", "manual")); cars$carb <- mtcars$carb
table_of <- function(m, v, df) {
  t <- coeftest(m, vcov. = v, df = df); ci <- coefci(m, vcov. = v, df = df)
  list(se = unname(t[, 2]), t = unname(t[, 3]), p = unname(t[, 4]), low = unname(ci[, 1]), high = unname(ci[, 2]))
}
wald <- function(m, v, df) {
  b <- coef(m); keep <- names(b) != "(Intercept)"; b <- b[keep]; v <- v[keep, keep, drop = FALSE]
  f <- drop(t(b) %*% solve(v, b)) / length(b); list(F = f, df1 = length(b), df2 = df, F_p = pf(f, length(b), df, lower.tail = FALSE))
}
one <- function(f) {
  m <- lm(f, cars); s <- summary(m); x <- model.matrix(m); g <- length(unique(cars$carb)); df <- m$df.residual
  rows <- lapply(c(HC0 = "HC0", HC1 = "HC1", HC2 = "HC2", HC3 = "HC3", HC4 = "HC4"), function(k) c(table_of(m, vcovHC(m, type = k), df), wald(m, vcovHC(m, type = k), df)))
  cl <- vcovCL(m, ~carb, type = "HC1")
  slopes <- colnames(x) != "(Intercept)"
  list(
    formula = paste(deparse(f), collapse = ""), terms = colnames(x), b = unname(coef(m)), classical = table_of(m, vcov(m), df), robust = rows,
    cluster = c(table_of(m, cl, g - 1), list(G = g)),
    vif = if (all(slopes)) NULL else unname(diag(solve(cor(x[, slopes, drop = FALSE])))),
    r2 = s$r.squared, adj_r2 = s$adj.r.squared, sigma = s$sigma, F = unname(s$fstatistic[1]), df1 = unname(s$fstatistic[2]),
    df2 = unname(s$fstatistic[3]), p = unname(pf(s$fstatistic[1], s$fstatistic[2], s$fstatistic[3], lower.tail = FALSE)),
    loglik = as.numeric(logLik(m)), aic = AIC(m), bic = BIC(m), dw = unname(dwtest(m)$statistic), ss_res = deviance(m),
    residuals = unname(resid(m))
  )
}
plain <- lm(mpg ~ wt + hp + qsec, cars)
out <- list(
  versions = list(R = R.version.string, sandwich = as.character(packageVersion("sandwich")), lmtest = as.character(packageVersion("lmtest")),
                  car = as.character(packageVersion("car"))),
  data = list(mpg = cars$mpg, wt = cars$wt, hp = cars$hp, qsec = cars$qsec, cyl = as.character(cars$cyl), am = as.character(cars$am), carb = cars$carb),
  models = list(
    numeric = one(mpg ~ wt + hp + qsec), factor = one(mpg ~ wt + cyl), interaction = one(mpg ~ wt * am), factors = one(mpg ~ wt + cyl + am + wt:cyl),
    products = one(mpg ~ wt * hp), origin = one(mpg ~ 0 + wt + hp), cells = one(mpg ~ 0 + cyl + wt), slopes = one(mpg ~ wt:am)
  ),
  vif_car = as.list(car::vif(plain)),
  predict = list(at = list(wt = 3, hp = 150, qsec = 18), interval = unname(predict(plain, data.frame(wt = 3, hp = 150, qsec = 18), interval = "confidence")[1, ]))
)
write_json(out, "values.json", digits = NA, auto_unbox = TRUE, na = "null", pretty = TRUE)
