# Regressions fitted again: HC3, without Cook's distances above 4 / n, Huber, centred squares, without a collinear term.
# Data that R ships (mtcars). Run: Rscript make.R
library(jsonlite)
suppressPackageStartupMessages({library(sandwich); library(MASS); library(car)})
d <- mtcars[c("mpg", "hp", "wt", "disp")]; m <- lm(mpg ~ hp + wt + disp, d)
keep <- cooks.distance(m) <= 4 / nrow(d); w <- lm(mpg ~ hp + wt + disp, d[keep, ])
h <- rlm(mpg ~ hp + wt + disp, d, scale.est = "MAD", psi = psi.huber, acc = 1e-12, maxit = 500)
c2 <- data.frame(d$mpg, scale(d[-1], scale = FALSE)); names(c2)[1] <- "mpg"; q <- lm(mpg ~ hp + wt + disp + I(wt^2) + I(disp^2), c2) # these two bend
near <- cbind(d, near = d$wt + 0.15 * sin(seq_len(nrow(d)))); v <- lm(mpg ~ hp + wt + near, near)
s <- function(f) unname(summary(f)$coefficients[c("hp", "wt", "disp"), ])
write_json(list(versions = list(R = R.version.string, sandwich = as.character(packageVersion("sandwich")), MASS = as.character(packageVersion("MASS")),
  car = as.character(packageVersion("car"))), data = as.list(d), hc3 = unname(sqrt(diag(vcovHC(m, "HC3"))))[-1], kept = sum(keep), without = s(w), huber = unname(coef(h))[-1],
  squares = s(q), near = near$near, vif = unname(vif(v)), bent = sapply(c("hp", "wt", "disp"), function(k) anova(m, lm(as.formula(paste("mpg ~ hp + wt + disp + I(", k, "^2)")), d))[2, 6]), beta = unname(coef(lm(scale(mpg) ~ scale(hp) + scale(wt) + scale(near), near)))[-1],
  without_wt = unname(summary(lm(mpg ~ hp + near, near))$coefficients[-1, ]), without_near = unname(summary(lm(mpg ~ hp + wt, near))$coefficients[-1, ])), "values.json", digits = NA, auto_unbox = TRUE)
